package translate

import (
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

const (
	site = "https://caliper-mapping.cloudbb.blackboard.com/v1/sites/3f6c2b1e-8d47-4a0c-9b52-71e4d0c6a985"
	user = "7b1f4c9ad2e84f06a3c5d8e9017f2b64"
)

func TestSafeIRI(t *testing.T) {
	const hidden = "derived"
	for id, want := range map[string]string{
		"https://host.example/a/b":                   "https://host.example/a/b",
		" https://host.example/a \n":                 "https://host.example/a",
		"HTTPS://host.example/A":                     "https://host.example/A",
		"https://host.example":                       "https://host.example",
		"https://user:pass@host.example:8443/a":      "https://host.example:8443/a",
		"https://host.example/a?token=1&x=2":         "https://host.example/a",
		"https://host.example/a?":                    "https://host.example/a",
		"https://host.example/a#top":                 "https://host.example/a",
		"https://host.example/a;s=9D41/b;t=1":        "https://host.example/a/b",
		"https://host.example/a%20b/%C3%A9":          "https://host.example/a%20b/%C3%A9",
		"https://host.example/a b":                   "https://host.example/a%20b",
		"https://host.example/a%2Fb":                 "https://host.example/a%2Fb",
		"https://[2001:db8::1]/a":                    "https://[2001:db8::1]/a",
		"ids://learn.example/v1/sites/s1/courses/c1": "ids://learn.example/v1/sites/s1/courses/c1",
		site:                                 site,
		site + "/courses/c1":                 site + "/courses/c1",
		site + "/users/" + user:              hidden,
		site + "/courses/c1/members/" + user: hidden,
		"https://host.example/to/v1/sites/s/users/u":    hidden,
		"https://host.example/v1%2Fsites%2Fs/users/u":   hidden,
		"https://host.example/~jane@school.example":     hidden,
		"https://host.example/jane%40school.example":    hidden,
		"https://host.example/@jane":                    "https://host.example/@jane",
		"urn:uuid:5F0A1C2E-0000-4000-8000-00000000A001": "urn:uuid:5f0a1c2e-0000-4000-8000-00000000a001",
		"urn:email:jane@school.example":                 hidden,
		"mailto:jane@school.example":                    hidden,
		"urn:lti:x?=y":                                  hidden,
		"urn:uuid:nothing":                              hidden,

		"": "", "session123": "", "_41_1": "", "//host.example/a": "", "/a/b": "", "www.host.example/a": "",
		"https:///a": "", "https://": "", "http:": "", "urn:": "", "urn:x": "", "Note: at nine": "", "_:b0": "",
		"https://host.example/%zz": "", "https://ho st.example/a": "", "https://host.example/\x00": "",
	} {
		got, ok := safeIRI(id)
		if want == hidden {
			if !ok || !strings.HasPrefix(got, "urn:uuid:") {
				t.Errorf("%q: got %q, want a derived IRI", id, got)
			}
		} else if ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %q %v, want %q", id, got, ok, want)
		}
		if ok && (!caliper.IsIRI(got) || blackboard.ContainsUserIRI(got)) {
			t.Errorf("%q: %q must not leave", id, got)
		}
	}
}

// What a query said does not make another thing of a user.
func TestSafeIRIOfUserIgnoresQuery(t *testing.T) {
	plain, _ := safeIRI(site + "/users/" + user)
	query, _ := safeIRI(site + "/users/" + user + "?tab=1")
	if plain != query || plain != derived(site+"/users/"+user) {
		t.Error(plain, query)
	}
}

func TestSafeURL(t *testing.T) {
	for id, want := range map[string]string{
		"https://tool.example/launch?oauth=1":                     "https://tool.example/launch",
		"http://tool.example/launch":                              "http://tool.example/launch",
		"https://tool.example/?user=" + site + "/users/" + user:   "https://tool.example/",
		site + "/users/" + user:                                   "",
		"urn:uuid:5f0a1c2e-0000-4000-8000-00000000a001":           "",
		"ftp://tool.example/launch":                               "",
		"javascript:alert(1)":                                     "",
		"httpss://tool.example":                                   "",
		"https://tool.example/open/jane.doe@school.example/board": "",
	} {
		if got, ok := safeURL(id); got != want || ok != (want != "") {
			t.Errorf("%q: got %q %v, want %q", id, got, ok, want)
		}
	}
}

// Derived ids are known values: they must never change, or collectors see new things.
func TestDerived(t *testing.T) {
	// uuid5(NAMESPACE_URL, "https://www.example.org/") in any other implementation.
	if got := derived("https://www.example.org/"); got != "urn:uuid:84f5ec25-93a7-5271-bfbb-77d0e0a15d7b" {
		t.Error(got)
	}
}

func FuzzSafeIRI(f *testing.F) {
	for _, seed := range []string{
		site + "/users/" + user, "https://u:p@host.example/a;b=c?d#e", "urn:uuid:x", "mailto:a@b.c", "a:b", "://", "%",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		iri, ok := safeIRI(id)
		if !ok {
			return
		}
		if !caliper.IsIRI(iri) || blackboard.ContainsUserIRI(iri) {
			t.Errorf("%q: %q must not leave", id, iri)
		}
		if again, ok := safeIRI(iri); !ok || again != iri {
			t.Errorf("%q: once %q, twice %q", id, iri, again)
		}
	})
}
