package journal_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// letter makes a letter that died some minutes after noon, with every field set.
func letter(n int, reason, kind, source string) journal.DeadLetter {
	raw := []byte(`{"id":"` + uuid.NewString() + `"}`)
	return journal.DeadLetter{
		Reason: reason, Detail: "no: \"später\"\r\nmore", Status: 400, Attempts: 3, Request: uuid.NewString(), Revision: 12,
		At: noon.Add(time.Duration(n) * time.Minute), Place: journal.Place{Seq: uint64(n + 1), N: n}, Source: source, Sensor: "sensor",
		Received: noon.Add(-time.Hour), ID: uuid.New(), Type: kind, Bytes: len(raw), SHA256: "00", Raw: raw,
		Sent: []byte(`{"type":"x"}`), Reply: []byte("<html>\x00\xff"), HeldSeq: 5, DeadSeq: 6,
	}
}

// bury stores letters and returns them as they should be read.
func bury(t testing.TB, j *journal.Journal, destination string, letters ...journal.DeadLetter) []journal.DeadLetter {
	t.Helper()
	last, err := j.Bury(t.Context(), destination, letters)
	if err != nil {
		t.Fatal(err)
	}
	out := slices.Clone(letters)
	for i := range out {
		out[i].Seq, out[i].Destination = last-uint64(len(out)-1-i), destination
	}
	return out
}

func headsOf(letters []journal.DeadLetter) []journal.DeadLetter {
	out := slices.Clone(letters)
	for i := range out {
		out[i].Raw, out[i].Sent, out[i].Reply = nil, nil, nil
	}
	return out
}

// lister is ListDead or ReadDead.
type lister func(destination string, f journal.DeadFilter, each func(journal.DeadLetter) bool) error

func collect(t *testing.T, list lister, destination string, f journal.DeadFilter) (out []journal.DeadLetter) {
	t.Helper()
	if err := list(destination, f, func(d journal.DeadLetter) bool { out = append(out, d); return true }); err != nil {
		t.Fatal(err)
	}
	return out
}

func listers(t *testing.T, j *journal.Journal) (heads, whole lister) {
	heads = func(destination string, f journal.DeadFilter, each func(journal.DeadLetter) bool) error {
		return j.ListDead(t.Context(), destination, f, each)
	}
	whole = func(destination string, f journal.DeadFilter, each func(journal.DeadLetter) bool) error {
		return j.ReadDead(t.Context(), destination, f, each)
	}
	return heads, whole
}

func TestDeadLettersAreChosen(t *testing.T) {
	j := open(t, t.TempDir())
	heads, whole := listers(t, j)
	all := bury(t, j, "d",
		letter(0, "refused", "ViewEvent", "a"), letter(1, "malformed", "SessionEvent", "a"),
		letter(2, "refused", "SessionEvent", "b"), letter(3, "expired", "ViewEvent", "b"))
	bury(t, j, "e", letter(0, "refused", "ViewEvent", "a"))
	for name, c := range map[string]struct {
		filter journal.DeadFilter
		want   []int
	}{
		"all":                  {journal.DeadFilter{}, []int{0, 1, 2, 3}},
		"reason":               {journal.DeadFilter{Reason: "refused"}, []int{0, 2}},
		"type":                 {journal.DeadFilter{Type: "ViewEvent"}, []int{0, 3}},
		"source":               {journal.DeadFilter{Source: "b"}, []int{2, 3}},
		"since":                {journal.DeadFilter{Since: all[1].At}, []int{1, 2, 3}},
		"until":                {journal.DeadFilter{Until: all[1].At}, []int{0}},
		"ids":                  {journal.DeadFilter{IDs: []uuid.UUID{all[3].ID, all[1].ID}}, []int{1, 3}},
		"sequences":            {journal.DeadFilter{Seqs: []uint64{all[3].Seq, 999, all[1].Seq, all[3].Seq}}, []int{1, 3}},
		"sequences and reason": {journal.DeadFilter{Seqs: []uint64{all[3].Seq, all[1].Seq}, Reason: "expired"}, []int{3}},
		"the next page":        {journal.DeadFilter{After: all[1].Seq}, []int{2, 3}},
		"page and time":        {journal.DeadFilter{After: all[0].Seq, Since: all[0].At, Until: all[2].At}, []int{1}},
		"everything":           {journal.DeadFilter{Reason: "refused", Type: "SessionEvent", Source: "b", Since: noon, Until: noon.Add(time.Hour)}, []int{2}},
		"no such reason":       {journal.DeadFilter{Reason: "ref"}, nil},
		"a pattern":            {journal.DeadFilter{Reason: "*"}, nil},
		"no word":              {journal.DeadFilter{Reason: "a b > .."}, nil},
	} {
		var want []journal.DeadLetter
		for _, n := range c.want {
			want = append(want, all[n])
		}
		if got := collect(t, whole, "d", c.filter); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %v", name, got, c.want)
		}
		if got := collect(t, heads, "d", c.filter); !reflect.DeepEqual(got, headsOf(want)) {
			t.Errorf("%s: got heads %+v, want %v", name, got, c.want)
		}
	}
	if got := collect(t, heads, "nobody", journal.DeadFilter{}); len(got) != 0 {
		t.Errorf("of nobody: %+v", got)
	}
}

func TestListingStopsWhenToldTo(t *testing.T) {
	j := open(t, t.TempDir())
	heads, whole := listers(t, j)
	all := bury(t, j, "d", letter(0, "refused", "x", "a"), letter(1, "refused", "x", "a"), letter(2, "refused", "x", "a"))
	seqs := journal.DeadFilter{Seqs: []uint64{all[0].Seq, all[1].Seq, all[2].Seq}}
	for _, list := range []lister{heads, whole} {
		for _, f := range []journal.DeadFilter{{}, seqs} {
			n := 0
			if err := list("d", f, func(journal.DeadLetter) bool { n++; return n < 2 }); err != nil || n != 2 {
				t.Errorf("%+v: %d letters, %v", f, n, err)
			}
		}
	}
}

func TestOneDeadLetter(t *testing.T) {
	j := open(t, t.TempDir())
	all := bury(t, j, "d", letter(0, "refused", "x", "a"), letter(1, "malformed", "x", "a"), letter(2, "refused", "x", "a"))
	if err := j.Refuse(t.Context(), journal.Refusal{Source: "a", Received: noon, Reason: "syntax", Body: []byte("no")}); err != nil {
		t.Fatal(err)
	}
	if got, err := j.Dead(t.Context(), "d", all[1].Seq); err != nil || !reflect.DeepEqual(got, all[1]) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, c := range []struct {
		destination string
		seq         uint64
	}{{"d", 0}, {"d", 99}, {"e", all[1].Seq}, {"d", all[2].Seq + 1}, {journal.Receive, all[2].Seq + 1}} {
		if _, err := j.Dead(t.Context(), c.destination, c.seq); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("%+v: %v, want ErrNotFound", c, err)
		}
	}
	if got, err := j.OldestDead(t.Context(), "d"); err != nil || !reflect.DeepEqual(got, headsOf(all)[0]) {
		t.Errorf("oldest: %+v, %v", got, err)
	}
	if err := j.RemoveDead(t.Context(), all[0].Seq); err != nil {
		t.Fatal(err)
	}
	if got, err := j.OldestDead(t.Context(), "d"); err != nil || got.Seq != all[1].Seq {
		t.Errorf("oldest of those left: %+v, %v", got, err)
	}
	if _, err := j.OldestDead(t.Context(), "e"); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("oldest of nobody: %v", err)
	}
}

func TestDeadLettersAreCounted(t *testing.T) {
	j := open(t, t.TempDir())
	all := bury(t, j, "d", letter(0, "refused", "x", "a"), letter(1, "malformed", "x", "a"), letter(2, "refused", "x", "a"))
	bury(t, j, "e", letter(0, "refused", "x", "a"))
	check := func(destination string, want map[string]uint64) {
		t.Helper()
		if got, err := j.DeadCounts(t.Context(), destination); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v; want %v", destination, got, err, want)
		}
	}
	check("d", map[string]uint64{"refused": 2, "malformed": 1})
	check("nobody", map[string]uint64{})
	if err := j.RemoveDead(t.Context(), all[1].Seq); err != nil {
		t.Fatal(err)
	}
	check("d", map[string]uint64{"refused": 2})
}

// TestHugeLetterIsKept buries an event whose texts do not compress and do not fit one message together.
func TestHugeLetterIsKept(t *testing.T) {
	j := open(t, t.TempDir())
	noise := make([]byte, 390<<10)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	d := letter(0, "refused", "x", "a")
	d.Raw = base64.StdEncoding.AppendEncode(nil, noise)
	d.Sent = slices.Concat([]byte("{"), d.Raw[1:])
	slices.Reverse(d.Sent)
	d.Detail, d.Reply = strings.Repeat("\x01", 5000), bytes.Repeat([]byte("r"), 100<<10)
	seq := bury(t, j, "d", d)[0].Seq
	got, err := j.Dead(t.Context(), "d", seq)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Raw, d.Raw) || got.Sent != nil || len(got.Reply) != 4<<10 || len(got.Detail) != 2<<10 {
		t.Errorf("kept %d bytes as received, %d as sent, %d of the reply, %d of the detail", len(got.Raw), len(got.Sent), len(got.Reply), len(got.Detail))
	}
}

// TestListingWhileLettersAreRemoved removes letters under a listing's feet: it ends, in order, and lists none twice.
func TestListingWhileLettersAreRemoved(t *testing.T) {
	const letters = 3000
	j := open(t, t.TempDir())
	heads, whole := listers(t, j)
	var all []journal.DeadLetter
	for n := range letters {
		all = append(all, letter(n, "refused", "x", "a"))
	}
	all = bury(t, j, "d", all[:1000]...)
	for n := 1000; n < letters; n += 1000 {
		batch := make([]journal.DeadLetter, 1000)
		for i := range batch {
			batch[i] = letter(n+i, "refused", "x", "a")
		}
		all = append(all, bury(t, j, "d", batch...)...)
	}
	for _, list := range []lister{heads, whole} {
		var removing sync.WaitGroup
		var last uint64
		kept := all[len(all)-1]
		err := list("d", journal.DeadFilter{}, func(d journal.DeadLetter) bool {
			if d.Seq <= last {
				t.Errorf("letter %d after %d", d.Seq, last)
			}
			if last == 0 { // from both ends
				half := len(all) / 2
				removing.Go(func() {
					for i := range half - 1 {
						for _, gone := range []journal.DeadLetter{all[i], all[len(all)-2-i]} {
							if err := j.RemoveDead(t.Context(), gone.Seq); err != nil {
								t.Error(err)
							}
						}
					}
				})
			}
			last = d.Seq
			return true
		})
		removing.Wait()
		if err != nil || last != kept.Seq {
			t.Fatalf("ended at %d with %v, want %d", last, err, kept.Seq)
		}
		all = slices.Concat(bury(t, j, "d", letter(letters, "refused", "x", "a")), bury(t, j, "d", letter(letters+1, "refused", "x", "a")))
	}
}

// BenchmarkListDead lists the heads of 20,000 letters of two kilobytes.
func BenchmarkListDead(b *testing.B) {
	const letters = 20_000
	j := open(b, b.TempDir())
	batch := make([]journal.DeadLetter, 1000)
	for n := 0; n < letters; n += len(batch) {
		for i := range batch {
			batch[i] = letter(n+i, "refused", "x", "a")
			batch[i].Raw = kilobytes(2).Body
		}
		bury(b, j, "d", batch...)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if err := j.ListDead(b.Context(), "d", journal.DeadFilter{}, func(journal.DeadLetter) bool { n++; return true }); err != nil || n != letters {
			b.Fatalf("%d letters, %v", n, err)
		}
	}
	b.ReportMetric(float64(letters*b.N)/b.Elapsed().Seconds(), "letters/s")
}
