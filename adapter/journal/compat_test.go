package journal

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TestOlderFolderIsOpened opens a folder as an earlier version left it: without a log of attempts, without subjects for
// what was discarded, and with letters that are one body each.
func TestOlderFolderIsOpened(t *testing.T) {
	dir := t.TempDir()
	j, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	old := makeOld(t, j)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if j, err = Open(t.Context(), Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.LogAttempts(t.Context(), "d", []Attempt{{At: time.Now()}}); err != nil {
		t.Error(err)
	}
	if _, err := j.Discard(t.Context(), "d", []Discarded{NewDiscarded(&old, "why", "who", time.Now())}); err != nil {
		t.Error(err)
	}
	young := old
	young.Place.N = 1
	if young.Seq, err = j.Bury(t.Context(), "d", []DeadLetter{young}); err != nil {
		t.Fatal(err)
	}
	var whole, heads []DeadLetter
	err = j.ReadDead(t.Context(), "d", DeadFilter{Type: "x"}, func(d DeadLetter) bool { whole = append(whole, d); return true })
	if err != nil || !reflect.DeepEqual(whole, []DeadLetter{old, young}) {
		t.Errorf("got %+v, %v", whole, err)
	}
	err = j.ListDead(t.Context(), "d", DeadFilter{Type: "x"}, func(d DeadLetter) bool { heads = append(heads, d); return true })
	if err != nil || !reflect.DeepEqual(heads, []DeadLetter{old.only(false), young.only(false)}) {
		t.Errorf("got heads %+v, %v", heads, err)
	}
	err = j.ListDead(t.Context(), "d", DeadFilter{Type: "y"}, func(d DeadLetter) bool { t.Errorf("not chosen: %+v", d); return true })
	if err != nil {
		t.Error(err)
	}
	if d, err := j.OldestDead(t.Context(), "d"); err != nil || d.ID != old.ID || d.Raw != nil {
		t.Errorf("oldest: %+v, %v", d, err)
	}
}

// makeOld takes from a journal what is new, and buries a letter as it was done before.
func makeOld(t *testing.T, j *Journal) DeadLetter {
	t.Helper()
	if err := j.js.DeleteStream(t.Context(), streamAttempt); err != nil {
		t.Fatal(err)
	}
	for _, config := range streamConfigs(j.opts) {
		if config.Name == streamDead {
			config.Subjects = []string{streamDead + ".*", streamDead + ".*.*"}
			if err := createStream(t.Context(), j.js, config); err != nil {
				t.Fatal(err)
			}
		}
	}
	d := DeadLetter{
		Reason: "refused", Detail: "no", Status: 400, Attempts: 1, At: time.Now().UTC(), Place: Place{Seq: 1}, Source: "a",
		ID: uuid.New(), Type: "x", Bytes: 2, SHA256: "00", Raw: []byte("{}"), Sent: []byte("[]"),
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	m := &nats.Msg{Subject: deadSubject("d", d.Reason), Data: s2.Encode(nil, text), Header: nats.Header{}}
	m.Header.Set(jetstream.MsgIDHeader, deadID("d", &d))
	if d.Seq, err = j.publishAll(t.Context(), []*nats.Msg{m}); err != nil {
		t.Fatal(err)
	}
	d.Destination = "d"
	return d
}
