package resolver_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// fromStream is what a SessionEvent says of somebody: no e-mail address.
func fromStream(n int) Person {
	p := person(n)
	p.Identity.Email = ""
	return p
}

// The way that a Blackboard site with a TimeBack roster takes: Learn knows the
// e-mail address, the roster knows who has it.
func TestWhatIsLearnedServesTheNextResolver(t *testing.T) {
	learn, roster := newSite(atLearn(1), atLearn(2)), newRoster(enrolled(1))
	r := newRig(t, entry("learn", blackboardOf(t, learn)), entry("roster", oneRosterOf(t, roster)))
	r.resolve(fromStream(1), fromStream(2), fromStream(3))
	all := r.found.all()
	if len(all) != 1 || all[0].PlatformID != platform(1) {
		t.Fatalf("found %v", all)
	}
	f := all[0]
	if f.Person.Identity != fromStream(1).Identity || f.Person.Source != "school" || f.Learned.Identity.Email != person(1).Identity.Email {
		t.Errorf("found for %#v with %#v", f.Person.Identity, f.Learned.Identity)
	}
	_, endpoint, _ := strings.Cut(f.Evidence.Endpoint, "://")
	_, path, _ := strings.Cut(endpoint, "/")
	if got := f.Evidence.String(); !strings.HasPrefix(got, "oneroster roster, by email (via learn), at http://127.0.0.1") || path != "rostering/1.0/users" {
		t.Errorf("evidence %s", got)
	}
	if !f.Evidence.At.Equal(r.clock.Now()) {
		t.Errorf("found at %v", f.Evidence.At)
	}
	expectCounts(t, r.stat(0), counted{asked: 3, hits: 2, misses: 1})
	expectCounts(t, r.stat(1), counted{asked: 2, hits: 1, misses: 1}) // of 3, nobody knows the address
	if got := r.stat(1).Reasons; got[NotFound] != 1 || got[NoAlias] != 1 {
		t.Errorf("reasons %v", got)
	}
	expectDiscreet(t, f.Evidence.String())
}

type counted struct{ asked, hits, misses, errors, cachedHits, cachedMisses, open, limited uint64 }

func expectCounts(t testing.TB, s Stats, want counted) {
	t.Helper()
	got := counted{s.Asked, s.Hits, s.Misses, s.Errors, s.CachedHits, s.CachedMisses, s.SkippedOpen, s.SkippedLimited}
	if got != want {
		t.Errorf("%s counted %+v, want %+v", s.Name, got, want)
	}
}

func TestResolversAreAskedInOrder(t *testing.T) {
	first, second := newPeople(), newPeople()
	first.replies["/net0001"] = answering(200, platform(1).String())
	second.replies["/net0001"] = answering(200, platform(99).String())
	second.replies["/net0002"] = answering(200, platform(2).String())
	r := newRig(t, entry("first", directoryOf(t, first, "/{external_id}", "")), entry("second", directoryOf(t, second, "/{external_id}", "")))
	r.resolve(person(1), person(2), person(3))
	if ids := r.found.ids(); len(ids) != 2 || ids[platform(1)] != 1 || ids[platform(2)] != 1 {
		t.Errorf("found %v", ids)
	}
	if asked := second.asked(); slices.Contains(asked, "/net0001") {
		t.Errorf("the second was asked although the first knew: %q", asked)
	}
}

func TestSourcesOfAResolver(t *testing.T) {
	d := newPeople()
	r := newRig(t, entry("only", directoryOf(t, d, "/{external_id}", ""), func(e *Entry) { e.Sources = []string{"other"} }))
	if asked := r.Ask(person(1)); asked != Unknown {
		t.Errorf("%s", asked)
	}
	elsewhere := person(1)
	elsewhere.Source = "other"
	r.resolve(elsewhere)
	if asked := d.asked(); len(asked) != 1 {
		t.Errorf("asked %q", asked)
	}
}

func TestAnswersAreRemembered(t *testing.T) {
	roster := newRoster(enrolled(1))
	r := newRig(t, entry("roster", oneRosterOf(t, roster), func(e *Entry) {
		e.Cache.Life, e.Misses.Life = time.Hour, time.Minute
	}))
	r.resolve(person(1), person(2))
	if got := r.Ask(person(2)); got != Unknown {
		t.Errorf("a person whom nobody knows: %s", got)
	}
	if got := r.Ask(person(1)); got != Answered {
		t.Errorf("a person who is known: %s", got)
	}
	r.idle()
	expectCounts(t, r.stat(0), counted{asked: 2, hits: 1, misses: 1, cachedHits: 1, cachedMisses: 1})
	r.clock.Advance(time.Minute)
	r.resolve(person(1), person(2))
	expectCounts(t, r.stat(0), counted{asked: 3, hits: 1, misses: 2, cachedHits: 2, cachedMisses: 1})
	r.clock.Advance(time.Hour)
	r.resolve(person(1))
	expectCounts(t, r.stat(0), counted{asked: 4, hits: 2, misses: 2, cachedHits: 2, cachedMisses: 1})
	if all := r.found.all(); len(all) != 4 || all[1].Evidence.At != all[0].Evidence.At || !all[3].Evidence.At.After(all[0].Evidence.At) {
		t.Errorf("evidence does not say when the answer was given: %v", all)
	}
	r.Forget()
	r.resolve(person(1), person(2))
	expectCounts(t, r.stat(0), counted{asked: 6, hits: 3, misses: 3, cachedHits: 2, cachedMisses: 1})
}

func TestCachesAreBounded(t *testing.T) {
	roster := newRoster(enrolled(1), enrolled(2), enrolled(3))
	few := func(e *Entry) { e.Cache.Entries, e.Misses.Entries = 2, 1 }
	r := newRig(t, entry("roster", oneRosterOf(t, roster), few))
	r.resolve(person(1))
	r.resolve(person(2))
	r.resolve(person(1)) // used later than 2
	r.resolve(person(3))
	r.resolve(person(1))
	r.resolve(person(2))
	r.resolve(person(8), person(9))
	if s := r.stat(0); s.CachedHits != 2 || s.Cached != 3 || s.Asked != 6 {
		t.Errorf("%+v", s)
	}
	none := newRig(t, entry("roster", oneRosterOf(t, roster), func(e *Entry) { e.Cache.Entries, e.Misses.Entries = -1, -1 }))
	none.resolve(person(1))
	none.resolve(person(1))
	if s := none.stat(0); s.CachedHits != 0 || s.Cached != 0 {
		t.Errorf("%+v", s)
	}
}

// An event that says more about somebody makes another question.
func TestMoreAboutAPersonIsAskedAgain(t *testing.T) {
	roster := newRoster(enrolled(1))
	r := newRig(t, entry("roster", oneRosterOf(t, roster)))
	if got := r.Ask(fromStream(1)); got != Deferred {
		t.Errorf("without an address: %s", got)
	}
	r.resolve(person(1))
	if ids := r.found.ids(); ids[platform(1)] != 1 {
		t.Errorf("found %v", ids)
	}
	if got := r.stat(0).Reasons[NoAlias]; got != 1 {
		t.Errorf("%d times without an address", got)
	}
}

// gated is a server that answers when it is told to.
type gated struct {
	http.Handler
	entered chan string // gets the path of each request
	gate    chan struct{}
}

func newGated(h http.Handler) *gated {
	return &gated{h, make(chan string, 1000), make(chan struct{})}
}

func (g *gated) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	g.entered <- req.URL.Path
	select {
	case <-g.gate:
		g.Handler.ServeHTTP(w, req)
	case <-req.Context().Done():
	}
}

func slow(t testing.TB, d *people, path string) (*gated, Resolver) {
	t.Helper()
	g := newGated(d)
	url := serve(t, g)
	return g, must(t)(NewHTTP(HTTPOptions{URL: url + path}))
}

func TestOneQuestionAPerson(t *testing.T) {
	d := newPeople()
	d.replies["/net0001"] = answering(200, platform(1).String())
	g, resolver := slow(t, d, "/{external_id}")
	r := newRig(t, entry("slow", resolver))
	if got := r.Ask(person(1)); got != Asking {
		t.Errorf("first: %s", got)
	}
	<-g.entered
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if got := r.Ask(person(1)); got != Pending {
				t.Errorf("again: %s", got)
			}
		})
	}
	wg.Wait()
	close(g.gate)
	r.idle()
	if asked := d.asked(); len(asked) != 1 || r.found.ids()[platform(1)] != 1 {
		t.Errorf("asked %q, found %v", asked, r.found.ids())
	}
}

// What events say while a question is under way is asked about when its answer
// was no.
func TestMoreAboutAPersonMeanwhile(t *testing.T) {
	d := newPeople()
	g, resolver := slow(t, d, "/{external_id}")
	roster := newRoster(enrolled(1))
	r := newRig(t, entry("slow", resolver), entry("roster", oneRosterOf(t, roster)))
	r.Ask(fromStream(1))
	<-g.entered
	if got := r.Ask(person(1)); got != Pending {
		t.Errorf("%s", got)
	}
	close(g.gate)
	r.idle()
	if all := r.found.all(); len(all) != 1 || all[0].Person.Identity != person(1).Identity {
		t.Errorf("found %v", all)
	}
	expectCounts(t, r.stat(0), counted{asked: 1, misses: 1, cachedMisses: 1})
}

// A resolver that hangs costs others nothing: not those behind it in the chain,
// nor those of other sources, nor whoever asks.
func TestAHangingResolverSlowsNobody(t *testing.T) {
	d := newPeople()
	g, hanging := slow(t, d, "/{external_id}")
	roster := newRoster()
	for n := range 100 {
		roster.users = append(roster.users, enrolled(n))
	}
	r := newRig(t,
		entry("hanging", hanging, func(e *Entry) { e.Concurrency, e.Queue, e.Sources = 2, 3, []string{"school"} }),
		entry("roster", oneRosterOf(t, roster)))
	for n := range 2 {
		r.Ask(person(n))
		<-g.entered // both workers hang
	}
	for n := 2; n < 100; n++ {
		if got := r.Ask(person(n)); got != Asking {
			t.Errorf("person %d: %s", n, got)
		}
	}
	// Two hang and three wait; the lane was full for the other 95.
	eventually(t, "95 are found", func() bool { return len(r.found.all()) == 95 })
	expectCounts(t, r.stat(0), counted{asked: 2, limited: 95})
	if got := r.Load(); got.Open != 5 || r.stat(0).Waiting != 3 {
		t.Errorf("load %+v, %d wait", got, r.stat(0).Waiting)
	}
	// Once their time is over, the roster is asked about them, and the next hang.
	for _, hang := range []int{2, 2, 1} {
		failed := r.stat(0).Errors
		r.clock.Advance(DefaultTimeout)
		eventually(t, "their time is over", func() bool { return r.stat(0).Errors == failed+uint64(hang) })
		eventually(t, "they are found", func() bool { return len(r.found.all()) == 95+int(r.stat(0).Errors) })
		for range min(5-int(r.stat(0).Errors), 2) {
			<-g.entered
		}
	}
	r.idle()
	if s := r.stat(0); len(r.found.ids()) != 100 || s.State != Open {
		t.Errorf("found %d, %s", len(r.found.ids()), s.State)
	}
	if s := r.stat(0); !strings.HasSuffix(s.LastError, ": no answer in time") || s.LastAt.IsZero() {
		t.Errorf("last error %q at %v", s.LastError, s.LastAt)
	}
}

// One that has an answer for everybody must not answer for a roster that is only
// away, or that could not be asked.
func TestTheLastResort(t *testing.T) {
	roster := newRoster(enrolled(1))
	made := must(t)(NewStatic(StaticOptions{Rule: RuleUUIDv5, Namespace: uuid.NameSpaceOID.String()}))
	last := func(e *Entry) { e.LastResort = true }
	r := newRig(t, entry("roster", oneRosterOf(t, roster)), entry("made", made, last))
	roster.faults.queue(answering(500, ""))
	r.resolve(person(1)) // the roster is away
	r.resolve(fromStream(2))
	if all := r.found.all(); len(all) != 0 || r.stat(1).Reasons[HeldBack] != 2 || r.stat(1).Asked != 0 {
		t.Errorf("found %v, %+v", all, r.stat(1))
	}
	r.resolve(person(1))
	r.resolve(person(2))
	want := map[uuid.UUID]int{platform(1): 1, uuid.NewSHA1(uuid.NameSpaceOID, []byte("net0002")): 1}
	if ids := r.found.ids(); fmt.Sprint(ids) != fmt.Sprint(want) {
		t.Errorf("found %v, want %v", ids, want)
	}
	if got := r.found.all()[1].Evidence.String(); got != "static made, by external_id" {
		t.Errorf("evidence %s", got)
	}
	expectCounts(t, r.stat(1), counted{asked: 1, hits: 1})
}

func TestCloseEndsWhatIsAsked(t *testing.T) {
	g, hanging := slow(t, newPeople(), "/{external_id}")
	r := newRig(t, entry("hanging", hanging))
	for n := range 100 {
		r.Ask(person(n))
	}
	<-g.entered
	r.Close()
	if got := r.Ask(person(1)); got != Deferred {
		t.Errorf("asked of a closed chain: %s", got)
	}
	if s := r.stat(0); s.Errors != 0 || s.State != Closed {
		t.Errorf("closing counts as a failure: %+v", s)
	}
}

func TestCloseDropsConnections(t *testing.T) {
	closed := make(chan struct{}, 10)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	r := newRig(t, entry("dir", must(t)(NewHTTP(HTTPOptions{URL: server.URL + "/{external_id}"}))))
	r.resolve(person(1))
	r.Close()
	select {
	case <-closed:
	case <-time.After(time.Minute):
		t.Error("the connection is still open")
	}
}

func TestChainsThatMakeNoSense(t *testing.T) {
	rule := must(t)(NewStatic(StaticOptions{Rule: RuleUUID}))
	take := (&found{}).take
	for name, test := range map[string]struct {
		options Options
		entries []Entry
		says    string
	}{
		"nobody listens": {Options{}, nil, "found: is missing"},
		"no name":        {Options{Found: take}, []Entry{{Resolver: rule}}, "resolvers[0]: name:"},
		"a bad name":     {Options{Found: take}, []Entry{{Name: "A b", Resolver: rule}}, "resolvers[0]: name:"},
		"two of a name":  {Options{Found: take}, []Entry{{Name: "a", Resolver: rule}, {Name: "a", Resolver: rule}}, "resolvers[1]: there is another a"},
		"no resolver":    {Options{Found: take}, []Entry{{Name: "a"}}, "resolvers[0]: resolver a: is missing"},
		"below 0":        {Options{Found: take}, []Entry{{Name: "a", Resolver: rule, Timeout: -1}}, "resolvers[0]: resolver a: a limit is below 0"},
	} {
		c, err := New(test.options, test.entries...)
		if c != nil || err == nil || !strings.HasPrefix(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty := newRig(t)
	if got := empty.Ask(person(1)); got != Unknown {
		t.Errorf("a chain of none: %s", got)
	}
}

// Many who ask, some resolvers that fail, and what is found is right: run it
// with the race detector.
func TestManyAskAtOnce(t *testing.T) {
	const n = 300
	learn, roster := newSite(), newRoster()
	for i := range n {
		learn.users = append(learn.users, atLearn(i))
		roster.users = append(roster.users, enrolled(i))
	}
	r := newRig(t, entry("learn", blackboardOf(t, learn)), entry("roster", oneRosterOf(t, roster)))
	learn.faults.queue(answering(500, ""), answering(429, ""), breaking)
	roster.faults.queue(nonsense, answering(401, ""))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range n {
				r.Ask(fromStream(i))
				r.Stats()
			}
		})
	}
	wg.Wait()
	eventually(t, "everybody is found", func() bool {
		if r.Load().Open > 0 {
			return false // the clock must not move on while somebody is asked, however long that takes
		}
		if ids := r.found.ids(); len(ids) == n {
			return true
		}
		r.clock.Advance(time.Second)
		for i := range n {
			r.Ask(fromStream(i))
		}
		return false
	})
	r.idle()
	for _, f := range r.found.all() {
		if f.Person.Identity.UserUUID[15] != f.PlatformID[15] || f.Person.Identity.UserUUID[14] != f.PlatformID[14] {
			t.Fatalf("somebody else was found: %v", f)
		}
	}
	for _, s := range r.Stats() {
		if s.Asked != s.Hits+s.Misses+s.Errors {
			t.Errorf("counts do not add up: %+v", s)
		}
	}
}
