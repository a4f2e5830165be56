package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

func TestSourceKey(t *testing.T) {
	s := newShell(t)
	var key learnKey
	got := s.run("source", "key", "--url", "https://host.example/caliper", "--json").is(exitDone).into(&key)
	sum := sha256.Sum256([]byte(key.Key))
	if len(key.Key) < 22 || key.Config != "sha256:"+hex.EncodeToString(sum[:]) || key.ServiceURL != "https://host.example/caliper" ||
		key.BatchSize != 25 || !key.Active || got.err != "" {
		t.Errorf("key is %+v, said %q", key, got.err)
	}
	var second learnKey
	s.run("source", "key", "--url", "https://host.example/caliper", "--json").is(exitDone).into(&second)
	if second.Key == key.Key {
		t.Error("two keys are the same")
	}
	s.run("source", "key", "--url", "https://host.example/caliper").is(exitDone).prints(
		"sha256:", "Service URL       https://host.example/caliper\n", "API Key           ", "Event Batch Size  25\n", "Active            Yes\n")
	s.run("source", "key", "--url", "http://host.example/else").is(exitDone).says("in clear", "answers at /caliper")
}

func TestPinAndDeadEvents(t *testing.T) {
	r := newRig(t)
	r.run("dead", "list").is(exitDone).says("no events are dead")
	r.run("source", "pin", "nope", testSite).is(exitFailed).says("no source nope: there are myschool")
	r.run("source", "pin", "myschool", "11111111-2222-4333-8444-555555555555").is(exitDone).says("is pinned")
	if status := r.post(testKey, payload(t, "v1p1/login.json")); status != http.StatusOK {
		t.Fatalf("POST answered %d", status)
	}
	got := r.until("an event is dead", func(got ran) bool { return strings.Contains(got.out, "other_site") }, "dead", "list")
	got.prints("lrs", "SessionEvent", "myschool", "bbcaliper source pin myschool "+testSite).says("bbcaliper dead show LETTER")
	var dead []admin.DeadEvent
	r.run("dead", "list", "--json", "--reason", "other_site", "--type", "SessionEvent", "--destination", "lrs").is(exitDone).into(&dead)
	if len(dead) != 1 || dead[0].EventID != "f8c984e2-de73-4c0b-8183-779ab4149422" || dead[0].Type != "SessionEvent" || dead[0].At.IsZero() {
		t.Errorf("dead are %+v", dead)
	}
	r.run("dead", "list", "--reason", "refused", "--json").is(exitDone).into(&dead)
	if len(dead) != 0 {
		t.Errorf("dead as refused are %+v", dead)
	}
	r.until("status shows it", func(got ran) bool {
		return strings.Contains(got.out, "→ 1 event is dead at lrs: `bbcaliper dead list --destination lrs`")
	}, "status")

	r.run("map", "set", "--platform-id", testPlatform, "--user-uuid", testUser).is(exitDone)
	r.run("source", "pin", "myschool", strings.ToUpper(testSite)).is(exitDone)
	if err := r.collector.WaitFor(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	r.run("dead", "retry").is(exitDone)
	r.run("dead", "retry", "--destination", "nope").is(exitFailed).says("no destination nope")
	r.run("source", "unpin", "myschool").is(exitDone).says("the next event", "are retried")
}

func TestRefusedBodyIsListed(t *testing.T) {
	r := newRig(t)
	if status := r.post(testKey, []byte(`{"data":`)); status != http.StatusBadRequest {
		t.Fatalf("POST answered %d", status)
	}
	r.run("dead", "list").is(exitDone).prints("receive", "syntax", "myschool", "truncated at byte 8")
	r.run("dead", "list", "--destination", "receive").is(exitDone).prints("receive")
}
