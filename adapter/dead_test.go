package adapter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// call calls the admin API, which has to grant it.
func (r *rig) call(method, path, body string, out any) {
	r.t.Helper()
	if status := r.api(method, path, body, out); status/100 != 2 {
		r.t.Fatalf("%s %s answered %d", method, path, status)
	}
}

// denied calls the admin API, which has to refuse it, and returns why.
func (r *rig) denied(status int, method, path, body string) string {
	r.t.Helper()
	var problem struct{ Error string }
	if got := r.api(method, path, body, &problem); got != status {
		r.t.Fatalf("%s %s answered %d, want %d: %s", method, path, got, status, problem.Error)
	}
	return problem.Error
}

// listDead returns what the admin API lists.
func (r *rig) listDead(query string) []admin.DeadEvent {
	r.t.Helper()
	var events []admin.DeadEvent
	r.call(http.MethodGet, admin.PathDead+"?"+query, "", &events)
	return events
}

// countDead returns what the admin API counts, as "destination reason n".
func (r *rig) countDead(query string) string {
	r.t.Helper()
	var counts admin.DeadCounts
	r.call(http.MethodGet, admin.PathDeadCounts+"?"+query, "", &counts)
	var words []string
	for _, c := range counts.Counts {
		words = append(words, fmt.Sprintf("%s %s %d", c.Destination, c.Reason, c.Letters))
	}
	return strings.Join(words, ", ")
}

// discard gives dead letters up.
func (r *rig) discard(query, because string) (result admin.DeadResult) {
	r.t.Helper()
	r.call(http.MethodPost, admin.PathDeadDiscard+"?"+query, fmt.Sprintf(`{"because":%q}`, because), &result)
	return result
}

// newDeadRig has two destinations that refuse an event in three until they are mended, and a body that was refused at
// the door. So many events have been posted one by one, so that the letters of both destinations are mixed.
func newDeadRig(t *testing.T, events int) (r *rig, l *ledger, mend func()) {
	t.Helper()
	var mended atomic.Bool
	l = newLedger()
	options := collector.Options{Keep: -1, Refuse: func(event []byte) string {
		if !mended.Load() && l.number(event)%3 == 0 {
			return "not now"
		}
		return ""
	}}
	_, url := newCollector(t, options)
	r = newRig(t, options, fmt.Sprintf("  - { name: annex, url: %q, app_id: %s, batch: { max_wait: 20ms } }", url, testApp))
	u := newUser()
	r.set(u, uuid.New())
	for n := range events {
		if n == events/2 {
			if status := r.post([]byte("{ not JSON")); status != http.StatusBadRequest {
				t.Fatalf("answered %d", status)
			}
		}
		r.mustPost(envelope(l.next(u)))
	}
	dead := uint64(events+2) / 3
	for _, name := range []string{"lrs", "annex"} {
		r.settledAt(name, want{Delivered: uint64(events) - dead, Dead: dead})
	}
	return r, l, func() { mended.Store(true) }
}

// settledAt is settled for one of several destinations.
func (r *rig) settledAt(destination string, w want) {
	r.t.Helper()
	var got want
	if !r.await(func() (rest bool) { got, _, rest = r.endedAt(destination); return got == w && rest }) {
		r.t.Fatalf("at %s ended as %+v, want %+v", destination, got, w)
	}
}

// TestDeadListIsOneOverAllDestinations pages through it in steps of all sizes.
func TestDeadListIsOneOverAllDestinations(t *testing.T) {
	const events, dead = 30, 10
	r, _, _ := newDeadRig(t, events)
	all := r.listDead("")
	if len(all) != 2*dead+1 {
		t.Fatalf("%d letters are listed", len(all))
	}
	for i := range all {
		if i > 0 && all[i].Letter <= all[i-1].Letter {
			t.Errorf("letter %d comes behind letter %d", all[i].Letter, all[i-1].Letter)
		}
	}
	for size := 1; size <= len(all)+1; size++ {
		var paged []admin.DeadEvent
		for page := r.listDead(fmt.Sprintf("limit=%d", size)); len(page) > 0; {
			paged = append(paged, page...)
			page = r.listDead(fmt.Sprintf("limit=%d&after=%d", size, page[len(page)-1].Letter))
		}
		if !slices.Equal(paged, all) {
			t.Errorf("in pages of %d: %+v", size, paged)
		}
	}
	if counts := r.countDead(""); counts != "annex refused 10, lrs refused 10, receive syntax 1" {
		t.Errorf("counted %s", counts)
	}
	r.checkFilters(all)
}

// checkFilters compares every filter of the list with the list.
func (r *rig) checkFilters(all []admin.DeadEvent) {
	r.t.Helper()
	middle, last := all[len(all)/2], all[len(all)-1]
	for query, chosen := range map[string]func(e *admin.DeadEvent) bool{
		"destination=annex":   func(e *admin.DeadEvent) bool { return e.Destination == "annex" },
		"destination=receive": func(e *admin.DeadEvent) bool { return e.Destination == "receive" },
		"reason=refused":      func(e *admin.DeadEvent) bool { return e.Reason == "refused" },
		"type=SessionEvent":   func(e *admin.DeadEvent) bool { return e.Type == "SessionEvent" },
		"type=LTIEvent":       func(*admin.DeadEvent) bool { return false },
		"source=myschool":     func(*admin.DeadEvent) bool { return true },
		"id=" + last.EventID:  func(e *admin.DeadEvent) bool { return e.EventID == last.EventID },
		"since=" + stampOf(middle.At) + "&until=" + stampOf(last.At): func(e *admin.DeadEvent) bool {
			return !e.At.Before(middle.At) && e.At.Before(last.At)
		},
		fmt.Sprintf("id=%s&id=%d", last.EventID, all[0].Letter): func(e *admin.DeadEvent) bool {
			return e.EventID == last.EventID || e.Letter == all[0].Letter
		},
		fmt.Sprintf("after=%d&last=%d", all[1].Letter, middle.Letter): func(e *admin.DeadEvent) bool {
			return e.Letter > all[1].Letter && e.Letter <= middle.Letter
		},
	} {
		expected := slices.DeleteFunc(slices.Clone(all), func(e admin.DeadEvent) bool { return !chosen(&e) })
		if got := r.listDead(query); !slices.Equal(got, expected) {
			r.t.Errorf("%s lists %d, want %d", query, len(got), len(expected))
		}
	}
	for _, query := range []string{"destination=nowhere", "source=nowhere"} {
		r.denied(http.StatusNotFound, http.MethodGet, admin.PathDead+"?"+query, "")
	}
}

func stampOf(t time.Time) string { return url.QueryEscape(t.Format(time.RFC3339Nano)) }

// TestDeadLetterIsShownWhole looks at a refused event and at a refused body, by number and by event.
func TestDeadLetterIsShownWhole(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	u, id := newUser(), uuid.New()
	r.play("422@0/paths")
	platform := uuid.New()
	r.set(u, platform)
	event := u.login(id, time.Now())
	r.mustPost(envelope(event))
	r.settled(want{Dead: 1})
	if status := r.post([]byte("{ not JSON")); status != http.StatusBadRequest {
		t.Fatalf("answered %d", status)
	}
	number := r.listDead("")[0].Letter
	for _, l := range []admin.DeadLetter{r.letter(id.String())[0], r.letter(strconv.FormatUint(number, 10))[0]} {
		sent := string(l.Sent)
		if l.EventID != id.String() || l.Letter != number || string(l.Raw) != event || l.Status != 422 || l.Attempts != 1 ||
			l.Reason != pipeline.ReasonRefused || l.Detail == "" || l.Bytes != len(event) || l.Cut {
			t.Errorf("the letter is %+v", l)
		}
		if !strings.Contains(sent, platform.String()) || strings.Contains(sent, u.hex()) || !strings.Contains(l.Reply, "errors") ||
			l.RequestID == "" || l.MapRevision != r.People("myschool").Revision() {
			t.Errorf("it was sent as %s in %s with revision %d and answered %s", sent, l.RequestID, l.MapRevision, l.Reply)
		}
	}
	body := r.listDead("destination=receive")[0]
	shown := r.letter(strconv.FormatUint(body.Letter, 10))[0]
	if string(shown.RawBytes) != "{ not JSON" || shown.Destination != admin.DestinationReceive || shown.Bytes != 10 || len(shown.SHA256) != 64 {
		t.Errorf("the body is %+v", shown)
	}
	r.denied(http.StatusNotFound, http.MethodGet, admin.PathLetter("4711"), "")
	r.denied(http.StatusNotFound, http.MethodGet, admin.PathLetter(uuid.NewString()), "")
}

// letter returns what the admin API shows of a letter or an event.
func (r *rig) letter(name string) []admin.DeadLetter {
	r.t.Helper()
	var letters []admin.DeadLetter
	r.call(http.MethodGet, admin.PathLetter(name), "", &letters)
	return letters
}

// play gives the rig's collector a script.
func (r *rig) play(text string) {
	r.t.Helper()
	script, err := collector.ParseScript(text)
	if err != nil {
		r.t.Fatal(err)
	}
	r.collector.SetScript(script)
}

// TestSomeDeadLettersAreRetried names letters, events and reasons, at one destination or at both.
func TestSomeDeadLettersAreRetried(t *testing.T) {
	r, _, mend := newDeadRig(t, 30)
	mend()
	all := r.listDead("reason=refused")
	first := all[0]
	lrs := slices.IndexFunc(all, func(e admin.DeadEvent) bool { return e.Destination == "lrs" && e.EventID != first.EventID })
	for _, step := range []struct {
		query  string
		result admin.DeadResult
		left   string
	}{
		{"destination=receive", admin.DeadResult{Left: 1}, "annex refused 10, lrs refused 10, receive syntax 1"},
		{"reason=expired", admin.DeadResult{}, "annex refused 10, lrs refused 10, receive syntax 1"},
		{"id=" + first.EventID, admin.DeadResult{Letters: 2}, "annex refused 9, lrs refused 9, receive syntax 1"},
		{fmt.Sprintf("id=%d", all[lrs].Letter), admin.DeadResult{Letters: 1}, "annex refused 9, lrs refused 8, receive syntax 1"},
		{"destination=annex", admin.DeadResult{Letters: 9}, "lrs refused 8, receive syntax 1"},
		{"", admin.DeadResult{Letters: 8, Left: 1}, "receive syntax 1"},
	} {
		var result admin.DeadResult
		r.call(http.MethodPost, admin.PathDeadRetry+"?"+step.query, "", &result)
		if result != step.result {
			t.Errorf("retry %s: %+v, want %+v", step.query, result, step.result)
		}
		eventually(t, "left are "+step.left, func() bool { return r.countDead("") == step.left })
	}
	for _, name := range []string{"lrs", "annex"} {
		r.settledAt(name, want{Delivered: 30})
	}
}

// TestDeadLettersAreDiscarded gives some up, while the others are retried later; nothing comes back with a restart.
func TestDeadLettersAreDiscarded(t *testing.T) {
	const events, dead = 30, 10
	r, l, mend := newDeadRig(t, events)
	all := r.listDead("destination=lrs")
	named := fmt.Sprintf("id=%d&id=%s&destination=lrs", all[0].Letter, all[1].EventID)
	r.denied(http.StatusUnprocessableEntity, http.MethodPost, admin.PathDeadDiscard+"?"+named, `{"because":" "}`)
	if result := r.discard(named, "the vendor knows"); result != (admin.DeadResult{Letters: 2}) {
		t.Errorf("discarded %+v", result)
	}
	if result := r.discard("destination=receive", "noise"); result != (admin.DeadResult{Letters: 1}) {
		t.Errorf("discarded bodies %+v", result)
	}
	eventually(t, "they have left the list", func() bool { return slices.Equal(r.listDead("destination=lrs"), all[2:]) })
	r.settledAt("lrs", want{Delivered: events - dead, Dead: dead - 2, Discarded: 2})
	if result := r.discard(named, "again"); result != (admin.DeadResult{}) {
		t.Errorf("discarded once more %+v", result)
	}
	if counts := r.countDead(""); counts != "annex refused 10, lrs refused 8" {
		t.Errorf("counted %s", counts)
	}
	r.restart()
	mend()
	r.retry("")
	r.settledAt("lrs", want{Delivered: events - 2, Discarded: 2})
	r.settledAt("annex", want{Delivered: events})
	if missing := l.missing(r.collector.Events()); missing != 2 {
		t.Errorf("%d events did not arrive", missing)
	}
	if left := r.listDead(""); len(left) > 0 {
		t.Errorf("left %+v", left)
	}
}

// TestDeadLettersAreExported reads them as JSON lines, in the order of the list.
func TestDeadLettersAreExported(t *testing.T) {
	r, _, _ := newDeadRig(t, 12)
	all := r.listDead("")
	lines := bytes.Split(bytes.TrimSpace(r.read(admin.PathDeadExport)), []byte("\n"))
	if len(lines) != len(all) {
		t.Fatalf("%d lines for %d letters", len(lines), len(all))
	}
	for i, line := range lines {
		var letter admin.DeadLetter
		if err := json.Unmarshal(line, &letter); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if letter.DeadEvent != all[i] || len(letter.Text()) != letter.Bytes {
			t.Errorf("line %d is %s", i, line)
		}
	}
}
