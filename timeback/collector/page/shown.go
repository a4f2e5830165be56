package page

import (
	"slices"
	"strings"
)

// maxShown bounds a text that a sender may have made long, in bytes.
const maxShown = 300

// shown prepares a text that a sender chose: without the collector's secrets,
// which may have been put anywhere, and not too long.
func (p *Page) shown(text string) string {
	text = p.collector.Redact(text)
	if len(text) > maxShown {
		return strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}

func (p *Page) shownRequest(r Request) Request {
	for _, text := range []*string{&r.Method, &r.Path, &r.RequestID, &r.Reason} {
		*text = p.shown(*text)
	}
	return r
}

func (p *Page) shownEvent(e Event) Event {
	for _, text := range []*string{&e.ID, &e.Type, &e.Action, &e.Actor, &e.EventTime, &e.Failure} {
		*text = p.shown(*text)
	}
	return e
}

// newestFirst returns the last n of a list, turned round and prepared. What
// is left out is counted.
func newestFirst[T any](list []T, n int, shown func(T) T) (latest []T, older int) {
	older = max(len(list)-n, 0)
	latest = make([]T, 0, len(list)-older)
	for _, v := range slices.Backward(list[older:]) {
		latest = append(latest, shown(v))
	}
	return latest, older
}
