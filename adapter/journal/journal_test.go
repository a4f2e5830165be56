package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// open opens a journal in a folder and closes it with the test.
func open(t testing.TB, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return j
}

// envelope makes one of n small events; every text is different.
func envelope(source string, n int) journal.Envelope {
	var body bytes.Buffer
	e := journal.Envelope{Source: source, Received: time.Now().UTC()}
	e.Split.Sensor = "site"
	body.WriteString(`{"data":[`)
	for i := range n {
		if i > 0 {
			body.WriteByte(',')
		}
		start := body.Len()
		id := uuid.New()
		fmt.Fprintf(&body, `{"id":%q,"type":"SessionEvent"}`, id)
		e.Split.Items = append(e.Split.Items, blackboard.Item{Start: start, End: body.Len(), ID: id, Type: "SessionEvent"})
	}
	body.WriteString(`]}`)
	e.Body = body.Bytes()
	return e
}

// read returns the first n events of a source from a place on.
func read(t testing.TB, j *journal.Journal, source string, after uint64, n int) []journal.Event {
	t.Helper()
	r, err := j.Read(t.Context(), []string{source}, after)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var events []journal.Event
	for len(events) < n {
		f, err := r.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, f.Events...)
	}
	return events
}

func TestAppendThenRead(t *testing.T) {
	j := open(t, t.TempDir())
	e := envelope("a", 3)
	if err := j.Append(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	got := read(t, j, "a", 0, 3)
	for i, item := range e.Split.Items {
		want := e.Body[item.Start:item.End]
		if !bytes.Equal(got[i].Raw, want) || got[i].ID != item.ID || got[i].Source != "a" || got[i].Sensor != "site" {
			t.Errorf("event %d: got %+v with text %s, want %s", i, got[i], got[i].Raw, want)
		}
		if !got[i].Received.Equal(e.Received.Truncate(time.Microsecond)) {
			t.Errorf("event %d: received %s, want %s", i, got[i].Received, e.Received)
		}
		if got[i].Place.N != i {
			t.Errorf("event %d: place %+v", i, got[i].Place)
		}
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	for range 3 {
		if err := j.Append(t.Context(), envelope("a", 2)); err != nil {
			t.Fatal(err)
		}
	}
	before := read(t, j, "a", 0, 6)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir)
	after := read(t, j, "a", 0, 6)
	for i := range before {
		if before[i].ID != after[i].ID || before[i].Place != after[i].Place {
			t.Errorf("event %d moved: %+v, then %+v", i, before[i], after[i])
		}
	}
	counts, err := j.Received(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := counts["a"]; got.Envelopes != 3 || got.Events["SessionEvent"] != 6 || got.Last.IsZero() {
		t.Errorf("counts after reopening: %+v", got)
	}
}

func TestConcurrentAppendsShareFrames(t *testing.T) {
	j := open(t, t.TempDir())
	const senders, each = 64, 20
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for range each {
				if err := j.Append(t.Context(), envelope("a", 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	events := read(t, j, "a", 0, senders*each)
	seen := map[uuid.UUID]bool{}
	for i, e := range events {
		if seen[e.ID] {
			t.Errorf("event %s stands twice", e.ID)
		}
		seen[e.ID] = true
		if i > 0 && !events[i-1].Place.Before(e.Place) {
			t.Errorf("places out of order: %+v, %+v", events[i-1].Place, e.Place)
		}
	}
	if frames := events[len(events)-1].Place.Seq; frames >= senders*each {
		t.Errorf("%d frames for %d envelopes: none shared a sync", frames, senders*each)
	}
	counts, err := j.Received(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := counts["a"]; got.Envelopes != senders*each || got.Total() != senders*each {
		t.Errorf("counted %+v", got)
	}
}

func TestLargeEnvelopeIsCutBetweenEvents(t *testing.T) {
	j := open(t, t.TempDir())
	e := journal.Envelope{Source: "a", Received: time.Now()}
	add := func(size int) {
		start := len(e.Body)
		e.Body = append(e.Body, bytes.Repeat([]byte{'x'}, size)...)
		e.Split.Items = append(e.Split.Items, blackboard.Item{Start: start, End: len(e.Body), ID: uuid.New(), Type: "unknown"})
		e.Body = append(e.Body, ',')
	}
	for range 5 {
		add(300 << 10)
	}
	add(600 << 10) // one that no frame can hold
	add(10)
	if err := j.Append(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	got := read(t, j, "a", 0, len(e.Split.Items))
	for i, item := range e.Split.Items {
		if got[i].ID != item.ID {
			t.Fatalf("event %d is %s, want %s", i, got[i].ID, item.ID)
		}
		size := item.End - item.Start
		switch {
		case size > 512<<10 && (got[i].Oversize == nil || got[i].Oversize.Bytes != size || len(got[i].Raw) != 64<<10):
			t.Errorf("event %d of %d bytes: oversize %+v, %d bytes kept", i, size, got[i].Oversize, len(got[i].Raw))
		case size <= 512<<10 && len(got[i].Raw) != size:
			t.Errorf("event %d of %d bytes: %d bytes kept", i, size, len(got[i].Raw))
		}
	}
	counts, err := j.Received(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := counts["a"]; got.Envelopes != 1 || got.Total() != uint64(len(e.Split.Items)) {
		t.Errorf("counted %+v", got)
	}
}

func TestEnvelopeWithoutEventsIsCounted(t *testing.T) {
	j := open(t, t.TempDir())
	if err := j.Append(t.Context(), journal.Envelope{Source: "a", Received: time.Now()}); err != nil {
		t.Fatal(err)
	}
	counts, err := j.Received(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := counts["a"]; got.Envelopes != 1 || got.Total() != 0 {
		t.Errorf("counted %+v", got)
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	_, err := journal.Open(t.Context(), journal.Options{Dir: dir})
	var locked *journal.LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("second open: %v, want a LockedError", err)
	}
}

// Held events that are removed while they are listed are left out, and nobody waits for them.
func TestHeldEventsThatGoWhileTheyAreListed(t *testing.T) {
	const events = 3000 // more than are read ahead
	j := open(t, t.TempDir())
	held := make([]journal.Held, events)
	for i := range held {
		held[i] = journal.Held{Key: "k", Event: journal.Event{Place: journal.Place{Seq: 1, N: i}, Source: "a", ID: uuid.New(), Raw: []byte("{}")}}
	}
	first, err := j.Hold(t.Context(), "d", held)
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	err = j.EachHeld(t.Context(), "d", func(journal.Held) {
		if listed++; listed == 1 {
			err = j.PurgeHeld(t.Context(), "d", "k", first+events)
		}
	})
	if err != nil || listed == 0 || listed == events {
		t.Errorf("%d of %d were listed: %v", listed, events, err)
	}
}

func TestHeldEventsComeBackInOrder(t *testing.T) {
	j := open(t, t.TempDir())
	if err := j.Append(t.Context(), envelope("a", 5)); err != nil {
		t.Fatal(err)
	}
	events := read(t, j, "a", 0, 5)
	whom := journal.Whom{UserUUID: uuid.New(), ExternalID: "x"}
	var held []journal.Held
	for _, e := range events {
		held = append(held, journal.Held{Key: "k1", Whom: whom, Event: e})
	}
	held[2].Key, held[4].Key = "k2", "k3"
	first, err := j.Hold(t.Context(), "d", held)
	if err != nil {
		t.Fatal(err)
	}
	var seqs []uint64
	if err := j.EachHeld(t.Context(), "d", func(h journal.Held) { seqs = append(seqs, h.Seq) }); err != nil {
		t.Fatal(err)
	}
	if len(seqs) != 5 || seqs[0] != first || seqs[4] != first+4 {
		t.Fatalf("held at %v, first is %d", seqs, first)
	}
	page := func(key string, from uint64, wanted ...int) (next uint64) {
		t.Helper()
		got, next, err := j.HeldPage(t.Context(), "d", key, from, func(key string) bool { return key != "k3" })
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(wanted) {
			t.Fatalf("%d events, want %v", len(got), wanted)
		}
		for i, n := range wanted {
			h, want := got[i], events[n]
			if h.Event.ID != want.ID || h.Event.Place != want.Place || !bytes.Equal(h.Event.Raw, want.Raw) || h.Whom != whom || h.Seq != first+uint64(n) {
				t.Errorf("got %+v, want event %d", h, n)
			}
		}
		return next
	}
	if next := page("k1", 0, 0, 1, 3); next != first+4 {
		t.Errorf("next page from %d, want %d", next, first+4)
	}
	page("", first+1, 1, 2, 3) // nobody wants k3's
	if next := page("k1", first+4); next != 0 {
		t.Errorf("behind the last is %d", next)
	}
	if err := j.PurgeHeld(t.Context(), "d", "k1", first+1); err != nil {
		t.Fatal(err)
	}
	page("k1", 0, 3)
	page("k2", 0, 2)
}

func TestDeadLetters(t *testing.T) {
	j := open(t, t.TempDir())
	if err := j.Append(t.Context(), envelope("a", 3)); err != nil {
		t.Fatal(err)
	}
	events := read(t, j, "a", 0, 3)
	now := time.Now().UTC()
	letters := []journal.DeadLetter{
		journal.NewDeadLetter(events[0], "malformed", "no id", now),
		journal.NewDeadLetter(events[1], "other_site", "site", now),
		journal.NewDeadLetter(events[2], "malformed", "no type", now),
	}
	for range 2 { // the second time is a repeated attempt
		if _, err := j.Bury(t.Context(), "d", letters[:1]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := j.Bury(t.Context(), "d", letters[1:]); err != nil {
		t.Fatal(err)
	}
	list := func(reason string) (out []journal.DeadLetter) {
		t.Helper()
		err := j.ReadDead(t.Context(), "d", journal.DeadFilter{Reason: reason}, func(d journal.DeadLetter) bool { out = append(out, d); return true })
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if all := list(""); len(all) != 3 || all[1].Reason != "other_site" || !bytes.Equal(all[2].Raw, events[2].Raw) {
		t.Fatalf("all: %+v", all)
	}
	malformed := list("malformed")
	if len(malformed) != 2 || malformed[1].ID != events[2].ID || malformed[1].Event().Place != events[2].Place {
		t.Fatalf("malformed: %+v", malformed)
	}
	for range 2 { // removing twice is no error
		if err := j.RemoveDead(t.Context(), malformed[0].Seq); err != nil {
			t.Fatal(err)
		}
	}
	if all := list(""); len(all) != 2 {
		t.Fatalf("after removing one: %+v", all)
	}
}

func TestRefusedBodiesAreKeptOnce(t *testing.T) {
	j := open(t, t.TempDir())
	for _, size := range []int{10, 3<<20 + 17} {
		body := bytes.Repeat([]byte("no json "), size/8+1)[:size]
		for range 2 {
			if err := j.Refuse(t.Context(), journal.Refusal{Source: "a", Received: time.Now(), Reason: "syntax", Body: body}); err != nil {
				t.Fatal(err)
			}
		}
	}
	var kept []journal.RefusedBody
	if err := j.ListRefused(t.Context(), 0, func(b journal.RefusedBody) bool { kept = append(kept, b); return true }); err != nil {
		t.Fatal(err)
	}
	if len(kept) != 2 {
		t.Fatalf("kept %+v", kept)
	}
	got, err := j.RefusedBytes(t.Context(), kept[1])
	if err != nil || len(got) != 3<<20+17 || !bytes.HasPrefix(got, []byte("no json no json")) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

func TestPositionHasOneOwner(t *testing.T) {
	j := open(t, t.TempDir())
	if err := j.Append(t.Context(), envelope("a", 4)); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Received(t.Context()); err != nil { // the tally has come up to the frame
		t.Fatal(err)
	}
	first, err := j.TakePosition(t.Context(), "d", "one", []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	if first.Floor == 0 || first.Base["a"] != 4 {
		t.Errorf("a new destination starts at %+v, want the end of the journal", first.Progress)
	}
	first.Ended = 7
	if err := first.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, err := j.TakePosition(t.Context(), "d", "two", []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	if second.Epoch != first.Epoch+1 || second.Ended != 7 {
		t.Errorf("taken over as %+v", second.Progress)
	}
	if err := first.Commit(t.Context()); !errors.Is(err, journal.ErrConflict) {
		t.Errorf("the old owner could write: %v", err)
	}
	if err := second.Commit(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNewSourceOfADestinationCountsFromTheFloor(t *testing.T) {
	j := open(t, t.TempDir())
	appendAll := func(source string, n int) {
		t.Helper()
		if err := j.Append(t.Context(), envelope(source, n)); err != nil {
			t.Fatal(err)
		}
	}
	p, err := j.TakePosition(t.Context(), "d", "one", []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	appendAll("b", 3)
	appendAll("a", 1)
	p.Floor = read(t, j, "a", 0, 1)[0].Place.Seq
	if err := p.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	appendAll("b", 5)
	if _, err := j.Received(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err = j.TakePosition(t.Context(), "d", "two", []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if p.Base["b"] != 3 {
		t.Errorf("base of the new source is %d, want the 3 events before the floor", p.Base["b"])
	}
}

func TestMapLogRefusesWhoIsBehind(t *testing.T) {
	j := open(t, t.TempDir())
	log, other := j.MapLog("a"), j.MapLog("b")
	one, err := log.Append(t.Context(), 0, []byte("1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Append(t.Context(), 0, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(t.Context(), 0, []byte("2")); !errors.Is(err, mapping.ErrConflict) {
		t.Fatalf("an append after 0: %v", err)
	}
	two, err := log.Append(t.Context(), one, []byte("2"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var got []string
	caught := make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- log.Follow(ctx, 0, func(seq uint64, _ time.Time, entry []byte) error {
			got = append(got, fmt.Sprintf("%d:%s", seq, entry))
			if string(entry) == "3" {
				cancel()
			}
			return nil
		}, func() { close(caught) })
	}()
	<-caught
	three, err := log.Append(t.Context(), two, []byte("3"))
	if err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	want := fmt.Sprintf("[%d:1 %d:2 %d:3]", one, two, three)
	if fmt.Sprint(got) != want {
		t.Errorf("followed %v, want %s", got, want)
	}
}

func TestFollowingAnEmptyMapLogIsCaughtUp(t *testing.T) {
	j := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	err := j.MapLog("a").Follow(ctx, 0, func(uint64, time.Time, []byte) error { return nil }, cancel)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestMemoryIsImmutableAndDurable(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	m, err := j.Memory(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	who := journal.Whom{UserUUID: uuid.New(), ExternalID: "x"}
	learn := func(f journal.Fact) {
		t.Helper()
		m.Note(f, time.Now())
		if err := m.Save(t.Context(), []journal.Fact{f}); err != nil {
			t.Fatal(err)
		}
	}
	learn(journal.Fact{Session: "s", Person: who})
	learn(journal.Fact{Session: "s", Started: start, Person: journal.Whom{UserUUID: uuid.New()}})
	learn(journal.Fact{Session: "s", Started: start.Add(time.Hour)})
	learn(journal.Fact{Launch: "l", Tool: "https://tool.example"})
	learn(journal.Fact{Launch: "l", Tool: "https://other.example"})
	learn(journal.Fact{Attempt: "a", Started: start})
	learn(journal.Fact{Attempt: "a", Started: start.Add(time.Hour)})
	check := func() {
		t.Helper()
		started, person, known := m.Session("s")
		if !known || !started.Equal(start) || person != who {
			t.Errorf("session is %s, %+v, %v", started, person, known)
		}
		if tool := m.Tool("l"); tool != "https://tool.example" {
			t.Errorf("tool is %q", tool)
		}
		if began := m.Attempt("a"); !began.Equal(start) {
			t.Errorf("attempt began %s", began)
		}
		if _, _, known := m.Session("a"); known || !m.Attempt("s").IsZero() {
			t.Error("takes a session for an attempt")
		}
		if _, _, known := m.Session("t"); known {
			t.Error("knows a session that never was")
		}
	}
	check()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir)
	if m, err = j.Memory(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	check()
}

func TestSiteIsLearnedOnceAndPinned(t *testing.T) {
	j := open(t, t.TempDir())
	for _, site := range []string{"one", "two"} {
		if got, err := j.LearnSite(t.Context(), "a", site); err != nil || got != "one" {
			t.Fatalf("LearnSite(%s) is %q, %v", site, got, err)
		}
	}
	if err := j.PinSite(t.Context(), "a", "two"); err != nil {
		t.Fatal(err)
	}
	if got, err := j.Site(t.Context(), "a"); err != nil || got != "two" {
		t.Fatalf("site is %q, %v", got, err)
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 25} {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			j := open(b, b.TempDir())
			e := envelope("a", n)
			b.ReportAllocs()
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := j.Append(context.Background(), e); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
