package blackboard_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

const (
	site   = "3f6c2b1e-8d47-4a0c-9b52-71e4d0c6a985"
	prefix = "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/" + site
	mira   = "7b1f4c9ad2e84f06a3c5d8e9017f2b64"
	tomas  = "c4d09e3377ab4e51b86f0a1d2e9c5f78"
	course = "e8a5d17c03f9426b9d4e6b7012c8f3a1"
	launch = "b1d8f03e-6c52-4e97-8a0b-94f7c2e51d36"
)

func TestParseIRI(t *testing.T) {
	for in, want := range map[string]blackboard.IRI{
		prefix:                            {Kind: blackboard.KindSite, Site: site},
		prefix + "/":                      {Kind: blackboard.KindSite, Site: site},
		prefix + "/users/" + mira:         {Kind: blackboard.KindUser, Site: site, ID: mira},
		prefix + "/users/" + mira + "/":   {Kind: blackboard.KindUser, Site: site, ID: mira},
		prefix + "/users/" + mira + "?x":  {Kind: blackboard.KindUser, Site: site, ID: mira},
		prefix + "/users/" + mira + "#x":  {Kind: blackboard.KindUser, Site: site, ID: mira},
		prefix + "/users/":                {Kind: blackboard.KindUser, Site: site},
		prefix + "/users":                 {Kind: blackboard.KindUser, Site: site},
		prefix + "/courses/" + course:     {Kind: blackboard.KindCourse, Site: site, ID: course},
		prefix + "/courses/c/members/u":   {Kind: blackboard.KindMember, Site: site, Course: "c", ID: "u"},
		prefix + "/courses/c/groups/_1":   {Kind: blackboard.KindGroup, Site: site, Course: "c", ID: "_1"},
		prefix + "/courses/c/groups/_1/x": {Kind: blackboard.KindOther, Site: site, Course: "c"},
		prefix + "/sessions/9D41":         {Kind: blackboard.KindSession, Site: site, ID: "9D41"},
		prefix + "/sessions/":             {Kind: blackboard.KindSession, Site: site},
		prefix + "/ltiLaunches/" + launch: {
			Kind: blackboard.KindLaunch, Site: site, ID: launch,
		},
		prefix + "/applications/learn":                        {Kind: blackboard.KindApplication, Site: site, ID: "learn"},
		prefix + "/unknown/unknown":                           {Kind: blackboard.KindOther, Site: site},
		prefix + "/users/a/b":                                 {Kind: blackboard.KindOther, Site: site},
		"http://elsewhere:8080/v1/sites/s/users/u":            {Kind: blackboard.KindUser, Site: "s", ID: "u"},
		"fake://cloud.bb/v1/sites/site1234/users/user1_uuid":  {Kind: blackboard.KindUser, Site: "site1234", ID: "user1_uuid"},
		"HTTPS://CALIPER.example/v1/sites/s/ltiLaunches/L?q#": {Kind: blackboard.KindLaunch, Site: "s", ID: "L"},
	} {
		if got, ok := blackboard.ParseIRI(in); !ok || got != want {
			t.Errorf("ParseIRI(%q) = %+v, %v; want %+v", in, got, ok, want)
		}
	}
}

func TestParseIRIRefuses(t *testing.T) {
	for _, in := range []string{
		"", "x", mira, "urn:uuid:" + launch, "https://example.edu/launch/launch1234", "https://example.edu",
		"://host/v1/sites/s/users/u", "/v1/sites/s/users/u", "https://host/v1/sites/", "https://host/v1/sites//users/u",
		"https://host/telemetry/api/v1/sites/s/users/u",                    // not the root
		"https://host/?next=https://host/v1/sites/s/users/u",               // in a query
		"https://host?next=/v1/sites/s/users/u", "ht/tp://host/v1/sites/s", // not the path
	} {
		if got, ok := blackboard.ParseIRI(in); ok {
			t.Errorf("ParseIRI(%q) = %+v, want none", in, got)
		}
	}
}

func TestNamesNothing(t *testing.T) {
	for _, id := range []string{
		"", prefix + "/unknown/unknown", prefix + "/sessions/", prefix + "/content/", prefix + "/content/unknown",
		prefix + "/users", "session/sessions/", prefix + "/courses/c/groups/",
	} {
		if !blackboard.NamesNothing(id) {
			t.Errorf("NamesNothing(%q) = false", id)
		}
	}
	for _, id := range []string{
		"x", "unknown", mira, prefix, prefix + "/", prefix + "/users/" + mira, prefix + "/sessions/9D41", prefix + "/unknown/_1_1",
		prefix + "/gradableItems/_1_1/attempts/_2_1", "https://example.edu/", "https://example.edu/unknown/unknown",
	} {
		if blackboard.NamesNothing(id) {
			t.Errorf("NamesNothing(%q) = true", id)
		}
	}
}

func TestIRIUUID(t *testing.T) {
	want := uuid.MustParse(mira)
	for _, id := range []string{mira, strings.ToUpper(mira), want.String(), strings.ToUpper(want.String())} {
		iri, _ := blackboard.ParseIRI(prefix + "/users/" + id)
		if got, ok := iri.UUID(); !ok || got != want {
			t.Errorf("UUID of user %s = %v, %v; want %v", id, got, ok, want)
		}
	}
	for _, id := range []string{
		"", "_1_1", "user1_uuid", mira[1:], mira + "0", "{" + want.String() + "}", "urn:uuid:" + want.String(),
		strings.Repeat("0", 32), "g" + mira[1:], strings.Repeat("-", 36),
	} {
		if got, ok := blackboard.ParseUUID(id); ok {
			t.Errorf("ParseUUID(%q) = %v, want none", id, got)
		}
	}
}

func TestContainsUserIRI(t *testing.T) {
	for _, in := range []string{
		prefix + "/users/" + mira,
		"fake://cloud.bb/v1/sites/site1234/users/user1_uuid",
		strings.ToUpper(prefix + "/users/" + mira),
		prefix + "/courses/" + course + "/members/" + mira,
		prefix + "/minimalUser/Some(_201_1)",
		`{"id":"` + prefix + `","user":"` + prefix + "/users/" + mira + `"}`,
		"see " + prefix + "/users/" + mira + " for more",
		"https://tool.example/?u=https%3A%2F%2Fx%2Fv1%2Fsites%2Fs%2Fusers%2F" + mira,
		"https://tool.example/?next=https%253A%252F%252Fx%252fv1%252fsites%252fs%252fusers%252f" + mira,
		`https:\/\/x\/v1\/sites\/s\/users\/` + mira,
		`https:\u002f\u002fx\u002Fv1\u002fsites\u002fs\u002fusers\u002f` + mira,
	} {
		if !blackboard.ContainsUserIRI(in) {
			t.Errorf("ContainsUserIRI(%q) = false", in)
		}
	}
	for _, in := range []string{
		"", mira, prefix, prefix + "/applications/learn", prefix + "/users/", prefix + "/sessions/9D41",
		prefix + "/courses/" + course, "https://tool.example/users/5", "100% of /v1/sites/%zz/users",
		`{"a":"` + prefix + `","b":"https://tool.example/users/5"}`,
		prefix + "," + "https://tool.example/users/5",
	} {
		if blackboard.ContainsUserIRI(in) {
			t.Errorf("ContainsUserIRI(%q) = true", in)
		}
	}
}
