package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// Whatever is printed of a value that knows somebody or holds a secret, it is
// neither.
func TestNothingPrintsWhoItIs(t *testing.T) {
	p := person(1)
	p.UserName = "user0001"
	finding := Finding{Person: p, PlatformID: platform(1), Learned: Learned{Identity: p.Identity, UserName: p.UserName}}
	for _, value := range []any{
		p, &p, finding, &finding, finding.Learned, Answer{Learned: finding.Learned}, []Person{p},
		Auth{Type: AuthBearer, Token: "s3cret"}, Auth{Type: AuthOAuth2, ClientID: "s3cret", ClientSecret: "s3cret"},
		BlackboardOptions{URL: "https://learn", Key: "s3cret", Secret: "s3cret"},
		OneRosterOptions{URL: "https://roster", Auth: Auth{Token: "s3cret"}},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			expectDiscreet(t, fmt.Sprintf(verb, value))
		}
	}
}

// Statistics and evidence go into metrics, pages and the map's log.
func TestStatisticsAreDiscreet(t *testing.T) {
	learn, roster, d := newSite(atLearn(1)), newRoster(enrolled(1)), newPeople()
	d.replies["/p/net0002?mail=student0002%40school.edu&key=s3cret"] = answering(200, platform(2).String())
	r := newRig(t, entry("learn", blackboardOf(t, learn)), entry("roster", oneRosterOf(t, roster)),
		entry("people", directoryOf(t, d, "/p/{external_id}?mail={email}&key=s3cret", "")))
	r.resolve(person(1), person(2))
	r.Forget()
	learn.faults.always(answering(500, canary))
	roster.faults.always(nonsense)
	d.faults.always(breaking)
	r.resolve(person(1), person(2))
	for _, stats := range r.Stats() {
		if stats.LastAt.IsZero() {
			t.Errorf("%s tells of no error", stats.Name)
		}
		expectDiscreet(t, fmt.Sprintf("%+v", stats))
	}
	for _, f := range r.found.all() {
		record := f.Record()
		expectDiscreet(t, f.Evidence.String(), record.Note)
		if record.Email != "" || record.ExternalID != f.Person.Identity.ExternalID || record.PlatformID != f.PlatformID || record.Source != "school" {
			t.Errorf("record %+v", record)
		}
		if _, faults := record.Normalize(); len(faults) > 0 {
			t.Errorf("the map refuses the record: %v", faults)
		}
	}
	far := r.found.all()[0]
	far.Evidence.Endpoint += "/" + strings.Repeat("x", 2000)
	record := far.Record()
	if _, faults := record.Normalize(); len(faults) > 0 || strings.Contains(record.Note, "xxx") || record.Note == "" {
		t.Errorf("the map refuses the record: %v", faults)
	}
	onlyEmail := Finding{Person: Person{Source: "s", Identity: personIdentity(1, Email)}, PlatformID: platform(1)}
	if r := onlyEmail.Record(); r.Email == "" {
		t.Error("a record without an alias")
	}
}
