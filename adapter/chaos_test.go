package adapter_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// How many scripts there are, and how long each is. BBCALIPER_LONG asks for the long form.
const (
	shortScripts = 3
	longScripts  = 100
	minEntries   = 20
	maxEntries   = 60
)

// TestRandomScriptsAndKills lets a collector reply by a random script, while the adapter that sends to it is killed at
// random moments. In the end the collector replies as it should, and what it got and what is dead are held against the
// guarantees. Each script has a seed of its own: BBCALIPER_SEED repeats it as the first one.
func TestRandomScriptsAndKills(t *testing.T) {
	t.Parallel()
	scripts := uint64(shortScripts)
	if os.Getenv("BBCALIPER_LONG") != "" {
		scripts = longScripts
	}
	first := wreckSeed(t)
	for i := range scripts {
		t.Run(strconv.FormatUint(i+1, 10), func(t *testing.T) { newChaos(t, first+i).test() })
	}
}

// chaos is a wreck whose collector is no better.
type chaos struct {
	*wreck
	script  string
	picky   uint64 // one event in so many is refused for what is in it; 0: none is
	mended  atomic.Bool
	healthy *collector.Collector // of a second destination; nil: there is none
}

func newChaos(t *testing.T, seed uint64) *chaos {
	c := &chaos{}
	draw := drawer{wreckRandom(seed)}
	c.script = draw.draw(minEntries + draw.IntN(maxEntries-minEntries))
	c.picky = pick(draw, []uint64{0, 0, 9, 25})
	c.wreck = newWreck(t, seed, c.options(t, draw))
	c.pauses = draw.IntN(3) == 0
	c.extra = fmt.Sprintf("    batch: { max_events: %d, max_wait: 20ms }\n    in_flight: %d\n    SENSOR\n", 1+draw.IntN(60), 1+draw.IntN(8))
	if c.collector.Demand().OAuth2 != nil {
		c.extra += fmt.Sprintf("    auth: { type: oauth2, token_url: %q, client_id: %s, client_secret: %s }\n",
			strings.TrimSuffix(c.url, "/caliper")+collector.TokenPath, testClient, testSecret)
	}
	if draw.IntN(2) == 0 {
		var url string
		c.healthy, url = newCollector(t, collector.Options{Keep: -1, KeepBodies: true})
		c.extra += fmt.Sprintf("  - { name: healthy, url: %q, app_id: %s, SENSOR, batch: { max_wait: 20ms } }", url, testApp)
	}
	t.Logf("refused is one event in %d, %s\n%s", c.picky, c.extra, c.script)
	return c
}

// options are a collector of a kind that is drawn.
func (c *chaos) options(t *testing.T, draw drawer) collector.Options {
	o := collector.Options{
		Script: parseScript(t, c.script), Refuse: c.refuse,
		RefuseForm: pick(draw, collector.RefusalForms()), MaxEvents: pick(draw, []int{0, 0, 7, 20}),
	}
	if draw.IntN(4) == 0 {
		o.OAuth2 = &collector.OAuth2{ClientID: testClient, ClientSecret: testSecret, Dies: 300 * time.Millisecond}
		o.TokenScript = parseScript(t, pick(draw, []string{"", "503", "garbage", "slow:0.1s", "lost"}))
	}
	return o
}

// refuse is what a collector does not like about some events, for ever or until it is mended.
func (c *chaos) refuse(event []byte) string {
	if c.picky > 0 && !c.mended.Load() && c.ledger.number(event)%int(c.picky) == 3 {
		return "not this one"
	}
	return ""
}

func (c *chaos) test() {
	c.run(1 + c.random.IntN(4))
	rest, _ := c.collector.Scripts()
	c.collector.SetScript(collector.Script{})
	r := c.recover()
	dead := c.verify(r)
	c.mend(r, dead)
	c.resend(r)
	c.t.Logf("%d events in %d lives, %d died, %d arrived; of the script was left: %s",
		c.ledger.len(), c.lives, len(dead), len(c.collector.Events()), rest)
}

// verify looks at what arrived and what is dead, and returns the latter.
func (c *chaos) verify(r *rig) map[string]bool {
	c.t.Helper()
	all := uint64(c.ledger.len())
	got, letters := r.finished(), r.dead()
	dead := map[string]bool{}
	for _, d := range letters {
		dead["urn:uuid:"+d.ID.String()] = true
		delete(c.seen, d.Seq)
	}
	if n := uint64(len(dead)); got.Dead != n || len(letters) != len(dead) || got.Delivered != all-n || got.Skipped != 0 {
		c.t.Errorf("ended as %+v of %d with %d dead letters of %d events", got, all, len(letters), n)
	}
	e := readEvidence(c.t, c.collector)
	for _, d := range c.seen {
		c.t.Errorf("dead letter %d is gone, with %d of %s:%s", d.Letter, d.Status, d.At, e.story("urn:uuid:"+d.EventID))
	}
	c.ledger.checkBut(c.t, e.arrived, dead, e.explains)
	e.checkBytes()
	e.checkDead(letters)
	c.verifyHealthy(r, got.Duplicate)
	return dead
}

// verifyHealthy looks at the destination that was never in trouble.
func (c *chaos) verifyHealthy(r *rig, duplicates uint64) {
	c.t.Helper()
	if c.healthy == nil {
		return
	}
	due := want{Delivered: uint64(c.ledger.len()), Duplicate: duplicates}
	if !r.await(func() bool { got, _, rest := r.endedAt("healthy"); return got == due && rest }) {
		got, _, _ := r.endedAt("healthy")
		c.t.Errorf("the healthy destination ended as %+v, want %+v", got, due)
	}
	e := readEvidence(c.t, c.healthy)
	c.ledger.check(c.t, e.arrived, e.explains)
	e.checkBytes()
}

// mend lets the collector take what it did not like, and has all dead letters retried: they come out of order.
func (c *chaos) mend(r *rig, dead map[string]bool) {
	c.t.Helper()
	c.mended.Store(true)
	before := len(c.collector.Events())
	r.retry("")
	all := uint64(c.ledger.len())
	if !r.await(func() bool { return r.finished().Delivered == all }) {
		c.t.Fatalf("ended as %+v, want %d delivered", r.finished(), all)
	}
	arrived := c.collector.Events()
	if n := c.ledger.missing(arrived); n > 0 {
		c.t.Errorf("%d events are missing", n)
	}
	if n := len(arrived) - before; n != len(dead) || len(r.dead()) > 0 {
		c.t.Errorf("%d events arrived when %d dead ones were retried, %d are still dead", n, len(dead), len(r.dead()))
	}
	readEvidence(c.t, c.collector).checkBytes()
}
