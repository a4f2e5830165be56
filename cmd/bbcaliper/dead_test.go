package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

const testEvent = "f8c984e2-de73-4c0b-8183-779ab4149422"

var testTime = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// someLetters are an event that a collector refused, one that cannot be decoded, one that was too large, and a body.
func someLetters() []admin.DeadLetter {
	refused := admin.DeadLetter{
		DeadEvent: admin.DeadEvent{
			Letter: 41, EventID: testEvent, Destination: "timeback", Type: "SessionEvent", Reason: "refused", Source: "myschool",
			At: testTime.Add(-3 * time.Hour), Status: 422, Detail: "data[0].actor: the collector knows nobody by this id\x1b[2J",
		},
		Received: testTime.Add(-26 * time.Hour), Attempts: 2, Bytes: 47, SHA256: strings.Repeat("ab", 32),
		Sent:        []byte(`{"id":"urn:uuid:` + testEvent + `","type":"SessionEvent"}`),
		MapRevision: 12, RequestID: "7c3", Reply: `{"errors":[{"path":["data",0]}]}` + "\x1b[2J",
	}
	refused.SetRaw([]byte(`{"id":"x","name":"a` + "\u009b" + `b","list":[1,{"a":null}]}`))
	double := admin.DeadLetter{DeadEvent: admin.DeadEvent{
		Letter: 42, EventID: uuid.NewString(), Destination: "timeback", Type: "GradeEvent", Reason: "duplicate_key", Source: "myschool",
		At: testTime.Add(-2 * time.Hour), Detail: "$.object: the key score twice",
	}}
	double.SetRaw([]byte(`{"score":1,"score":2}`))
	large := admin.DeadLetter{
		DeadEvent: admin.DeadEvent{Letter: 43, EventID: uuid.NewString(), Destination: "lrs", Reason: "too_large", At: testTime.Add(-time.Hour)},
		Bytes:     600_000, Cut: true,
	}
	large.SetRaw([]byte(`{"long":"` + strings.Repeat("ä", 32<<10) + "\xc3"))
	body := admin.DeadLetter{DeadEvent: admin.DeadEvent{
		Letter: 44, Destination: admin.DestinationReceive, Reason: "syntax", Source: "myschool", At: testTime,
	}}
	body.SetRaw([]byte("\xff\xfe{\x00"))
	return []admin.DeadLetter{refused, double, large, body}
}

func deadShell(t *testing.T) (*stub, *shell) {
	t.Helper()
	s := &stub{letters: someLetters()}
	sh := s.besides(t)
	sh.now = testTime
	return s, sh
}

func TestDeadList(t *testing.T) {
	_, sh := deadShell(t)
	const want = `LETTER  AGE  DESTINATION  SOURCE    TYPE          REASON         DETAIL
41      3h   timeback     myschool  SessionEvent  refused        HTTP 422: data[0].actor: the collector knows nobody by this id�[2J
42      2h   timeback     myschool  GradeEvent    duplicate_key  $.object: the key score twice
43      1h   lrs          -         -             too_large      -
44      0s   receive      myschool  -             syntax         -
`
	if got := sh.run("dead", "list").is(exitDone).says("bbcaliper dead show LETTER"); got.out != want {
		t.Errorf("list is\n%s\nwant\n%s", got.out, want)
	}
	var events []map[string]any
	sh.run("dead", "list", "--json", "--destination", "timeback").is(exitDone).into(&events)
	if len(events) != 2 {
		t.Fatalf("listed %v", events)
	}
	for _, member := range []string{"event_id", "destination", "type", "reason", "at", "letter", "source"} {
		if events[0][member] == nil {
			t.Errorf("%v has no %s", events[0], member)
		}
	}
	got := sh.run("dead", "list", "--json", "--reason", "expired").is(exitDone)
	if got.out != "[]\n" || got.err != "" {
		t.Errorf("an empty list is %q, said %q", got.out, got.err)
	}
	sh.run("dead", "list", "--reason", "expired").is(exitDone).says("no dead events are like that")
}

func TestDeadFlagsArrive(t *testing.T) {
	s, sh := deadShell(t)
	sh.run("dead", "retry", "--destination", "d", "--source", "s", "--type", "T", "--reason", "r", "--since", "1d", "--until", "2026-03-04",
		"7", "urn:uuid:"+testEvent).is(exitFailed).says("there are no such dead letters")
	f := s.filter
	if f.Destination != "d" || f.Source != "s" || f.Type != "T" || f.Reason != "r" || !f.Since.Equal(testTime.Add(-24*time.Hour)) ||
		!f.Until.Equal(testTime.Truncate(24*time.Hour)) || f.Letters[0] != 7 || f.Events[0].String() != testEvent {
		t.Errorf("filter is %+v", f)
	}
}

// A long list is one array and one table, though it comes in pages.
func TestLongDeadList(t *testing.T) {
	s, sh := deadShell(t)
	const events = 2*admin.DefaultDeadLimit + 7
	s.letters = nil
	for n := uint64(1); n <= events; n++ {
		e := admin.DeadEvent{Letter: n, Destination: "lrs", Reason: "refused", At: testTime}
		if n > admin.DefaultDeadLimit {
			e.Destination = "another-collector"
		}
		s.letters = append(s.letters, admin.DeadLetter{DeadEvent: e})
	}
	var listed []admin.DeadEvent
	sh.run("dead", "list", "--json").is(exitDone).into(&listed)
	if len(listed) != events || listed[events-1].Letter != events {
		t.Errorf("%d are listed", len(listed))
	}
	got := sh.run("dead", "list").is(exitDone)
	if n := strings.Count(got.out, "\n"); n != events+1 || strings.Count(got.out, "LETTER") != 1 {
		t.Errorf("the table has %d lines", n)
	}
	sh.run("dead", "count").is(exitDone).prints("another-collector  refused  1007 ", "lrs                refused  1000 ")
}

func TestDeadCount(t *testing.T) {
	s, sh := deadShell(t)
	sh.run("dead", "count").is(exitDone).prints(
		"DESTINATION  REASON         LETTERS  OLDEST  NEWEST\n", "timeback     refused        1        3h ago  3h ago\n")
	var counts []admin.DeadCount
	sh.run("dead", "count", "--json", "--reason", "syntax").is(exitDone).into(&counts)
	if len(counts) != 1 || counts[0].Letters != 1 || counts[0].Destination != admin.DestinationReceive {
		t.Errorf("counts are %+v", counts)
	}
	s.letters = nil
	sh.run("dead", "count").is(exitDone).says("no events are dead")
}

func TestDeadShow(t *testing.T) {
	_, sh := deadShell(t)
	const want = `letter 41 of timeback, dead for 3h

  event     f8c984e2-de73-4c0b-8183-779ab4149422 SessionEvent
  source    myschool
  received  2026-03-03T10:00:00Z
  refused   2026-03-04T09:00:00Z
  reason    refused
  reply     HTTP 422: data[0].actor: the collector knows nobody by this id�[2J
  attempts  2
  request   7c3
  map       revision 12
  size      47 bytes
  sha256    abababababababababababababababababababababababababababababababab

as received
{
  "id": "x",
  "name": "a�b",
  "list": [
    1,
    {
      "a": null
    }
  ]
}

as translated
{
  "id": "urn:uuid:f8c984e2-de73-4c0b-8183-779ab4149422",
  "type": "SessionEvent"
}

the reply begins
{"errors":[{"path":["data",0]}]}�[2J

→ ` + "`bbcaliper dead retry 41`" + ` sends it through again
→ ` + "`bbcaliper explain f8c984e2-de73-4c0b-8183-779ab4149422`" + ` tells its whole way
`
	if got := sh.run("dead", "show", testEvent).is(exitDone); got.out != want || got.err != "" {
		t.Errorf("letter is\n%s\nwant\n%s%s", got.out, want, got.err)
	}
	sh.run("dead", "show", "42").is(exitDone).prints(`"score": 1,`, `"score": 2`, "the key score twice")
	got := sh.run("dead", "show", "43").is(exitDone).prints("[only the first 65546 of 600000 bytes were kept]", `{"long":"ää`)
	if strings.Contains(got.out, "dead retry") {
		t.Errorf("what was not kept whole is to be retried:\n%s", got.out[len(got.out)-300:])
	}
	got = sh.run("dead", "show", "44").is(exitDone).prints("00000000  ff fe 7b 00", "reason   syntax")
	if strings.Contains(got.out, "→") {
		t.Errorf("a body is to be retried:\n%s", got.out)
	}
	sh.run("dead", "show", "45").is(exitFailed).says("there is no such dead letter")
	sh.run("dead", "show", "--destination", "lrs", testEvent).is(exitFailed)
	var letters []admin.DeadLetter
	sh.run("dead", "show", "--json", "41").is(exitDone).into(&letters)
	if len(letters) != 1 || letters[0].Attempts != 2 || len(letters[0].Sent) == 0 {
		t.Errorf("letters are %+v", letters)
	}
}

func TestPayloads(t *testing.T) {
	for payload, want := range map[string]string{
		"":                            "[nothing]\n",
		"7":                           "7\n",
		"plain\r\n\ttext \x1b[31m":    "plain\n    text �[31m\n",
		"\xff":                        "00000000  ff                                                |.|\n",
		strings.Repeat("é", maxShown): strings.Repeat("é", maxShown/2) + "\n[and 65536 bytes more: --json has them]\n",
	} {
		if got := payloadText([]byte(payload)); got != want {
			t.Errorf("%.20q: %.80q, want %.80q", payload, got, want)
		}
	}
}

func FuzzPayload(f *testing.F) {
	for _, text := range []string{"", `{"a":[1]}`, "\xff", "a\tb", `{"a":1,"a":2}`, "\u009b"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		got := payloadText(payload)
		if !strings.HasSuffix(got, "\n") || clean(strings.ReplaceAll(got, "\n", "")) != strings.ReplaceAll(got, "\n", "") {
			t.Errorf("%q: %q", payload, got)
		}
	})
}

func TestDeadRetry(t *testing.T) {
	s, sh := deadShell(t)
	sh.run("dead", "retry").is(exitDone).says("3 events are tried again", "1 dead letter cannot be tried again")
	if !s.filter.Empty() {
		t.Errorf("all are selected by %+v", s.filter)
	}
	sh.run("dead", "retry", "41").is(exitDone).says("1 event is tried again")
	sh.run("dead", "retry", "--reason", "expired").is(exitDone).says("no dead events are like that")
	sh.run("dead", "retry", "7").is(exitFailed).says("maybe they have been retried or discarded")
}

func TestDeadDiscard(t *testing.T) {
	s, sh := deadShell(t)
	sh.run("dead", "discard", "--because", "the vendor knows", "41").is(exitDone).says("discarded 1 dead letter")
	if s.discard.Because != "the vendor knows" || s.discard.By != "Ms Admin" || s.filter.Last != 44 {
		t.Errorf("discarded %+v of %+v", s.discard, s.filter)
	}
	s.filter = admin.DeadFilter{}
	sh.run("dead", "discard", "--because", "x", "--destination", "timeback").is(exitUsage).says("whether to discard 2 dead letters: give --yes")
	if !s.filter.Empty() {
		t.Errorf("discarded without being asked: %+v", s.filter)
	}
	sh.run("dead", "discard", "--because", "x", "--destination", "timeback", "--yes").is(exitDone).says("discarded 2 dead letters")
	sh.run("dead", "discard", "--because", "x", "--all", "--yes").is(exitDone).says("discarded 4 dead letters")

	sh.terminal = true
	sh.in = "n\n"
	s.filter = admin.DeadFilter{}
	sh.run("dead", "discard", "--because", "x", "--all").is(exitFailed).says(
		"Discard 4 dead letters (timeback: refused 1, duplicate_key 1; lrs: too_large 1; receive: syntax 1) for good? [y/N]", "nothing was changed")
	if !s.filter.Empty() {
		t.Errorf("discarded against the answer: %+v", s.filter)
	}
	sh.in = "y\n"
	sh.run("dead", "discard", "--because", "x", "--all").is(exitDone).says("discarded 4 dead letters")
	sh.run("dead", "discard", "--because", "x", "7").is(exitFailed).says("there are no such dead letters")
	sh.run("dead", "discard", "--because", "x", "--reason", "expired").is(exitDone).says("no dead events are like that")
	sh.run("dead", "discard", "--because", "a\nb", "41").is(exitFailed).says("control character")
}

func TestDeadExport(t *testing.T) {
	s, sh := deadShell(t)
	got := sh.run("dead", "export", "-").is(exitDone)
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	if len(lines) != 4 || got.err != "" {
		t.Fatalf("exported %d lines, said %q", len(lines), got.err)
	}
	for i, line := range lines {
		var letter admin.DeadLetter
		if err := json.Unmarshal([]byte(line), &letter); err != nil || letter.Letter != uint64(41+i) || len(letter.Text()) == 0 {
			t.Errorf("line %d: %v: %.200s", i, err, line)
		}
	}
	file := filepath.Join(t.TempDir(), "dead.jsonl")
	sh.run("dead", "export", "--destination", "timeback", file).is(exitDone).says("exported 2 dead letters")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file is %v, %v", info, err)
	}
	sh.run("dead", "export", filepath.Join(file, "x")).is(exitFailed).says("write file")
	s.err = errors.New("the store is gone")
	sh.run("dead", "export", file).is(exitFailed)
}
