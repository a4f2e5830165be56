package resolver_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

func blackboardOf(t testing.TB, s *site) Resolver {
	t.Helper()
	url := serve(t, s)
	return must(t)(NewBlackboard(BlackboardOptions{URL: url + "/", Key: s.id, Secret: s.secret}))
}

func TestBlackboardLearnsByUserUUID(t *testing.T) {
	learn := newSite(atLearn(1), atLearn(2))
	r := blackboardOf(t, learn)
	answer, err := ask(t, r, Person{Identity: personIdentity(2, UserUUID)})
	if err != nil || answer.Reason != Enriched || answer.Learned.Identity != person(2).Identity || answer.Learned.UserName != "user0002" {
		t.Errorf("learned %#v, %q, %v", answer.Learned.Identity, answer.Reason, err)
	}
	expect(t, r, person(3), uuid.Nil, NotFound)
	want := "/learn/api/public/v1/users/uuid:ffc08009f0884c058192000000000002"
	if asked := learn.asked(); asked[0] != want || learn.tokens() != 1 {
		t.Errorf("asked %q", asked)
	}
}

func TestBlackboardLearnsByExternalID(t *testing.T) {
	for value, reason := range map[string]Reason{
		"net0001":                 Enriched,
		"NET0001":                 Enriched, // as Learn compares
		"scott.hurrey@school.edu": Enriched,
		"with space;and=more?#%":  Enriched,
		"ünïcode":                 Enriched,
		"a/b":                     Unsafe,
		`a\b`:                     Unsafe,
		"a\x00b":                  Unsafe,
		"":                        NoAlias,
	} {
		user := change(atLearn(1), "externalId", value)
		if strings.EqualFold(value, "net0001") {
			user["externalId"] = "net0001"
		}
		p := Person{}
		p.Identity.ExternalID = value
		answer, err := ask(t, blackboardOf(t, newSite(user)), p)
		if err != nil || answer.Reason != reason || reason == Enriched && answer.Learned.Identity.UserUUID != account(1) {
			t.Errorf("%q: %q, %v; want %q", value, answer.Reason, err, reason)
		}
	}
}

func personIdentity(n int, only Field) (id identity) {
	all := person(n).Identity
	switch only {
	case UserUUID:
		id.UserUUID = all.UserUUID
	case ExternalID:
		id.ExternalID = all.ExternalID
	case Email:
		id.Email = all.Email
	case UserID:
		id.UserID = all.UserID
	}
	return id
}

// A user who is not the one that was asked for tells nothing.
func TestBlackboardTellsOfSomebodyElse(t *testing.T) {
	learn := newSite()
	r := blackboardOf(t, learn)
	learn.faults.queue(answering(200, `{"id":"_9_1","uuid":"ffc08009f0884c058192000000000009","externalId":"x"}`))
	expect(t, r, person(1), uuid.Nil, Unconfirmed)
	learn.faults.queue(answering(200, `{"id":"_9_1","externalId":"somebody"}`))
	expect(t, r, Person{Identity: personIdentity(1, ExternalID)}, uuid.Nil, Unconfirmed)
	learn.faults.queue(answering(200, `{"status":200}`))
	_, err := ask(t, r, person(1))
	expectFault(t, err, Unavailable, 0)
}

// Only Learn's own 404 is a no: that of another server would be one for
// everybody.
func TestBlackboardAtTheWrongAddress(t *testing.T) {
	for name, fault := range map[string]struct {
		status int
		body   string
	}{
		"a page":       {404, "<html>" + canary},
		"nothing":      {404, ""},
		"another form": {404, `{"error":"` + canary + `"}`},
		"no content":   {204, ""},
	} {
		learn := newSite(atLearn(1))
		learn.faults.queue(answering(fault.status, fault.body))
		_, err := ask(t, blackboardOf(t, learn), person(1))
		expectFault(t, err, Misconfigured, fault.status, "url")
		if err == nil || !strings.Contains(err.Error(), "not as Learn does") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Learn's code is told, unless it says who it is about.
func TestBlackboardErrorCodes(t *testing.T) {
	for code, says := range map[string]string{
		"bb-rest-forbidden": "(bb-rest-forbidden)", "403": "(403)", "user-net0001-forbidden": "", "a b": "", "x@y": "", strings.Repeat("x", 65): "",
	} {
		learn := newSite(atLearn(1))
		learn.faults.queue(answering(500, `{"status":500,"code":"`+code+`","message":"`+canary+`"}`))
		_, err := ask(t, blackboardOf(t, learn), person(1))
		expectFault(t, err, Unavailable, 500)
		if err == nil || !strings.Contains(err.Error(), says) || says == "" && strings.Contains(err.Error(), "(") {
			t.Errorf("code %q: %v", code, err)
		}
	}
}

func TestBlackboardOptionsThatMakeNoSense(t *testing.T) {
	for _, test := range []struct {
		setting string
		options BlackboardOptions
	}{
		{"url", BlackboardOptions{URL: "learn.school.edu", Key: "k", Secret: "s3cret"}},
		{"key", BlackboardOptions{URL: "https://learn.school.edu", Secret: "s3cret"}},
		{"secret", BlackboardOptions{URL: "https://learn.school.edu", Key: "s3cret"}},
	} {
		r, err := NewBlackboard(test.options)
		if r != nil || err == nil || !strings.HasPrefix(err.Error(), test.setting+":") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, error %v", test.setting, r, err)
		}
	}
}

// A site may live below a path.
func TestBlackboardAsksOnlyForWhatItNeeds(t *testing.T) {
	r := must(t)(NewBlackboard(BlackboardOptions{URL: "https://learn.school.edu/bb/", Key: "k", Secret: "s"}))
	if r.Endpoint() != "https://learn.school.edu/bb/learn/api/public/v1/users/" {
		t.Errorf("endpoint %s", r.Endpoint())
	}
	p := person(1)
	if by, _ := r.Plan(&p); !slices.Equal(by, []Field{UserUUID}) {
		t.Errorf("asks by %v", by)
	}
}
