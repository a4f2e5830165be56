package adapter_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// replyCase is one way to reply, once, to an envelope.
type replyCase struct {
	script string
	events int           // in the envelope
	posts  int           // that it takes until every event has ended
	dead   int           // of them
	detail string        // of the dead: a part of it
	twice  bool          // they arrive twice
	wait   time.Duration // at least, before the second POST
}

// each makes cases of several replies that end alike.
func each(scripts string, like replyCase) []replyCase {
	var cases []replyCase
	for script := range strings.FieldsSeq(scripts) {
		like.script = script
		cases = append(cases, like)
	}
	return cases
}

// replyCases are all the replies that are known of collectors, and all the words in which they are scripted.
func replyCases() []replyCase {
	return slices.Concat(
		// accepted, whatever the reply looks like
		each("200 201 202 203 204 206", replyCase{events: 4, posts: 1}),
		each("202/empty 200/status 202/job 202/text 202/html 202/garbage 202/endless 202/cut garbage endless cut", replyCase{events: 4, posts: 1}),
		each("slow:0.05s drip:0.05s slow:0.02s+202 drip:0.02s+202/job", replyCase{events: 4, posts: 1}),
		// an event is refused by its place
		each("400@0 400@1 422@3 400@2/paths", replyCase{events: 4, posts: 2, dead: 1, detail: collector.Scripted}),
		each("400@2/keys", replyCase{events: 4, posts: 2, dead: 1, detail: "Unrecognized key(s)"}),
		each("400@4", replyCase{events: 4, posts: 1}), // there is none at that place
		// the envelope is refused: it is halved until the bad event is found, and here there is none
		each("400@1/status 400@1/text 400@1/html 400@1/empty 400@1/garbage 400@1/endless 400@1/cut", replyCase{events: 4, posts: 4}),
		each("400 409 415 418 422 400/status 422/html 400/empty 400/garbage", replyCase{events: 4, posts: 4}),
		each("400x2", replyCase{events: 4, posts: 5}),
		each("413 413/status", replyCase{events: 4, posts: 3}),
		// an event is refused alone
		each("400 400/text 400/status 400/endless", replyCase{events: 1, posts: 1, dead: 1, detail: "400 Bad Request (scripted)"}),
		each("400/empty 400/garbage", replyCase{events: 1, posts: 1, dead: 1, detail: "answered 400 Bad Request"}),
		each("400/cut", replyCase{events: 1, posts: 1, dead: 1, detail: "400 Bad Request"}),
		each("415/html 422/empty", replyCase{events: 1, posts: 1, dead: 1, detail: "answered 4"}),
		each("409 418 413/text", replyCase{events: 1, posts: 1, dead: 1, detail: collector.Scripted}),
		each("400@0 400@0/paths", replyCase{events: 1, posts: 1, dead: 1, detail: collector.Scripted}),
		// not now
		each("408 421 423 425 429 500 501 502 503 504 507 599 503/html (503,202)x2 hangup close", replyCase{events: 4, posts: 2}),
		each("503x3 500x3 closex3", replyCase{events: 4, posts: 4}),
		each("429:Retry-After=0 503:Retry-After=soon 500:Retry-After=date-1h", replyCase{events: 4, posts: 2}),
		each("429:Retry-After=1 503:Retry-After=1;X-Reason=none", replyCase{events: 4, posts: 2, wait: time.Second}),
		each("408:Retry-After=2", replyCase{events: 4, posts: 2, wait: 2 * time.Second}),
		each("503:Retry-After=date+2s", replyCase{events: 4, posts: 2, wait: time.Second}), // a date has no fractions
		each("lost", replyCase{events: 4, posts: 2, twice: true}),
		// not so: tried again later, with the settings as they are
		each("301 302 303 304 307 308 401 402 403 404 405 406 407 410 411 412 414 417 426 428 431 451", replyCase{events: 4, posts: 2}),
	)
}

// TestEveryReplyEndsAsItShould lets a collector reply in every way, each once. Some are played side by side: it is all
// waiting.
func TestEveryReplyEndsAsItShould(t *testing.T) {
	const lanes = 4
	cases := replyCases()
	for lane := range lanes {
		t.Run(fmt.Sprintf("lane %d", lane+1), func(t *testing.T) {
			t.Parallel()
			rigs := map[int]*replyRig{1: newReplyRig(t, 1), 4: newReplyRig(t, 4)}
			for i := lane; i < len(cases); i += lanes {
				c := cases[i]
				t.Run(fmt.Sprintf("%s to %d", c.script, c.events), func(t *testing.T) { rigs[c.events].play(t, c) })
			}
		})
	}
}

// replyRig is a rig that sends events of one person in envelopes of so many.
type replyRig struct {
	*rig
	user user
	sum  want
}

func newReplyRig(t *testing.T, events int) *replyRig {
	c, url := newCollector(t, collector.Options{Keep: -1, KeepBodies: true})
	r := &replyRig{rig: &rig{t: t, collector: c, url: url, dir: t.TempDir(), store: embedded, sources: oneSource, log: quiet(), backoff: hasty()}, user: newUser()}
	r.extra = fmt.Sprintf("    batch: { max_events: %d, max_wait: 60s }", events)
	r.start()
	r.set(r.user, uuid.New())
	return r
}

// play posts an envelope and looks at what became of it.
func (r *replyRig) play(t *testing.T, c replyCase) {
	r.t = t
	l := newLedger()
	r.collector.SetScript(parseScript(t, c.script))
	r.collector.Reset()
	r.mustPost(envelope(l.events(r.user, c.events)...))
	before := r.sum
	r.sum.Dead += uint64(c.dead)
	r.sum.Delivered += uint64(c.events - c.dead)
	r.settled(r.sum)
	e := readEvidence(t, r.collector)
	letters := r.dead()[before.Dead:]
	e.checkDead(letters)
	dead := map[string]bool{}
	for _, d := range letters {
		dead["urn:uuid:"+d.ID.String()] = true
		if !strings.Contains(d.Detail, c.detail) {
			t.Errorf("dead with %q, want %q", d.Detail, c.detail)
		}
	}
	l.checkBut(t, e.arrived, dead, e.explains)
	e.checkBytes()
	r.checkRequests(t, c)
	if n := len(e.arrived); n != c.events-c.dead && !c.twice || c.twice && n != 2*c.events {
		t.Errorf("%d events arrived", n)
	}
}

func (r *replyRig) checkRequests(t *testing.T, c replyCase) {
	t.Helper()
	requests := r.collector.Requests()
	if len(requests) != c.posts {
		t.Errorf("it took %d requests, want %d", len(requests), c.posts)
	}
	if c.wait > 0 && len(requests) > 1 {
		if gap := requests[1].At.Sub(requests[0].At); gap < c.wait {
			t.Errorf("it was sent again after %s, want %s", gap, c.wait)
		}
	}
	if s := r.destination("lrs"); s.State != pipeline.Running || s.Reason != "" || s.Failures != 0 || s.InFlight != 0 {
		t.Errorf("afterwards it is %s, %q, after %d failures with %d in flight", s.State, s.Reason, s.Failures, s.InFlight)
	}
}

// stateCase is what a destination is like while a collector replies so for ever.
type stateCase struct {
	script, state string
	reason        string // a part of it
	setting       string // the keys that are to blame: a part of them; "": none is
}

func stateCases() []stateCase {
	const later, stop = pipeline.BackingOff, pipeline.Paused
	return []stateCase{
		{"408*", later, "answered 408 Request Timeout", ""},
		{"425*", later, "answered 425 Too Early", ""},
		{"429:Retry-After=0*", later, "answered 429 Too Many Requests", ""},
		{"500/html*", later, "answered 500 Internal Server Error", ""},
		{"503*", later, "answered 503 Service Unavailable", ""},
		{"(503,504)*", later, "answered 50", ""},
		{"hangup*", later, "POST http://", ""},
		{"close*", later, "POST http://", ""},
		{"lost*", later, "POST http://", ""},
		{"301*", stop, "redirects are not followed", "url"},
		{"307*", stop, "/moved", "url"},
		{"402*", stop, "ask the collector's operator", ""},
		{"401*", stop, "the collector refuses the credential", "auth"},
		{"403*", stop, "answered 403 Forbidden", "auth"},
		{"404*", stop, "nothing takes events there", "url"},
		{"405*", stop, "answered 405 Method Not Allowed", "url"},
		{"407*", stop, "HTTP_PROXY", ""},
		{"410/html*", stop, "answered 410 Gone", "url"},
	}
}

// TestReplyThatStays lets a collector reply badly for ever: the destination says why it does not run and what to change,
// everywhere, nothing is delivered or dead, and it runs again by itself when the collector is mended.
func TestReplyThatStays(t *testing.T) {
	r := newReplyRig(t, 4)
	for _, c := range stateCases() {
		t.Run(c.script, func(t *testing.T) {
			r.t = t
			r.collector.SetScript(parseScript(t, c.script))
			r.collector.Reset()
			l := newLedger()
			r.mustPost(envelope(l.events(r.user, 4)...))
			eventually(t, "it is "+c.state, func() bool { s := r.destination("lrs"); return s.State == c.state && s.Failures > 0 })
			r.checkState(t, c)
			r.collector.SetScript(collector.Script{})
			r.sum.Delivered += 4
			r.settled(r.sum)
			if e := readEvidence(t, r.collector); c.script != "lost*" {
				l.check(t, e.arrived, e.explains)
			}
			eventually(t, "it is running", func() bool { return r.destination("lrs").State == pipeline.Running })
		})
	}
}

func (r *replyRig) checkState(t *testing.T, c stateCase) {
	t.Helper()
	s := r.destination("lrs")
	if !strings.Contains(s.Reason, c.reason) || !strings.Contains(s.Setting, c.setting) || (c.setting == "") != (s.Setting == "") {
		t.Errorf("it does not run because of %q, and %q is to be changed; want %q and %q", s.Reason, s.Setting, c.reason, c.setting)
	}
	var ready admin.Readiness
	if r.api(http.MethodGet, admin.PathReady, "", &ready); !ready.Ready || ready.Destinations["lrs"] != c.state ||
		!strings.Contains(ready.Reasons["lrs"], c.reason) || !strings.Contains(ready.Reasons["lrs"], c.setting) {
		t.Errorf("ready says %+v", ready)
	}
	got, _, rest := r.ended()
	if got != r.sum || rest {
		t.Errorf("ended as %+v, at rest %v, want %+v", got, rest, r.sum)
	}
}

// TestRepliesAreOfAllWords holds the two tables to the script language.
func TestRepliesAreOfAllWords(t *testing.T) {
	var scripts []string
	for _, c := range replyCases() {
		scripts = append(scripts, c.script)
	}
	for _, c := range stateCases() {
		scripts = append(scripts, c.script)
	}
	checkWords(t, scripts)
}
