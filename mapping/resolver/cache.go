package resolver

import (
	"container/list"
	"sync"
	"time"
)

// cache remembers answers, bounded in number and age. The one that was used
// least lately goes first.
type cache struct {
	limit int
	life  time.Duration

	mu      sync.Mutex
	entries map[digest]*list.Element
	order   *list.List // of *cached, used last in front
}

// cached is an answer that was remembered.
type cached struct {
	key    digest
	answer Answer
	at     time.Time // when it was given
}

func newCache(limits CacheLimits) *cache {
	return &cache{limit: max(limits.Entries, 0), life: limits.Life, entries: make(map[digest]*list.Element), order: list.New()}
}

func (c *cache) get(key digest, now time.Time) (Answer, time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, found := c.entries[key]
	if !found {
		return Answer{}, time.Time{}, false
	}
	entry := element.Value.(*cached)
	if now.Sub(entry.at) >= c.life {
		c.remove(element)
		return Answer{}, time.Time{}, false
	}
	c.order.MoveToFront(element)
	return entry.answer, entry.at, true
}

func (c *cache) put(key digest, answer Answer, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, found := c.entries[key]; found {
		c.remove(element)
	}
	c.entries[key] = c.order.PushFront(&cached{key, answer, now})
	for len(c.entries) > c.limit {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(element *list.Element) {
	c.order.Remove(element)
	delete(c.entries, element.Value.(*cached).key)
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
	c.order.Init()
}

func (c *cache) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.entries)
}
