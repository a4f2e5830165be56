package mapping

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestParseUserUUID(t *testing.T) {
	want := uuid.MustParse("0f1e2d3c-4b5a-4968-8776-655443322110")
	hex := "0f1e2d3c4b5a49688776655443322110"
	for _, text := range []string{
		hex, strings.ToUpper(hex), want.String(), "  " + hex + "\n", "urn:uuid:" + want.String(),
		"https://caliper-mapping.cloudbb.blackboard.com/v1/sites/6f0b8c1e-1111-4222-8333-444455556666/users/" + hex,
		"http://another.host/users/" + want.String(),
	} {
		if got, err := ParseUserUUID(text); err != nil || got != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "x", hex[1:], hex + "0", "{" + want.String() + "}", "g" + hex[1:], strings.Repeat("0", 32),
		"https://h/v1/sites/s/users/", "https://h/v1/sites/s/users/" + hex + "/", "https://h/v1/sites/s/courses/" + hex,
		"https://h/v1/sites/s/users/unknown",
	} {
		if got, err := ParseUserUUID(text); err == nil {
			t.Errorf("%q: %s", text, got)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error repeats %q", text)
		}
	}
}

func TestPersonKey(t *testing.T) {
	full := Identity{UserUUID: account(1), UserID: "_1_1", ExternalID: "s1", Email: "a@b.test"}
	keys := []string{
		PersonKey("school", full, "iri"),
		PersonKey("college", full, "iri"),
		PersonKey("school", Identity{UserID: "_1_1", ExternalID: "s1"}, "iri"),
		PersonKey("school", Identity{UserID: "_1_1", ExternalID: "s2"}, "iri"),
		PersonKey("school", Identity{UserID: "s1"}, "iri"),
		PersonKey("school", Identity{Email: "a@b.test"}, "iri"),
		PersonKey("school", Identity{}, "s1"),
		PersonKey("", Identity{}, ""),
	}
	token := regexp.MustCompile(`^[0-9a-f]{32}$`)
	for i, key := range keys {
		if !token.MatchString(key) {
			t.Errorf("key %q is no subject token", key)
		}
		if slices.Contains(keys[:i], key) {
			t.Errorf("key %d is that of another person", i)
		}
	}
	// What is not used for the key does not change it.
	if PersonKey("school", Identity{UserUUID: account(1)}, "") != keys[0] ||
		PersonKey("school", Identity{ExternalID: " s1 "}, "other") != keys[2] ||
		PersonKey("school", Identity{}, "iri") != keys[5] {
		t.Error("the same person got another key")
	}
}

// Keys are stored with held events, so they must never change: SHA-256 of
// `school\0external_id\0s1`.
func TestPersonKeyIsStable(t *testing.T) {
	if got := PersonKey("school", Identity{ExternalID: "s1"}, ""); got != "54a06134c009d6f7ed3fe3746c05f49b" {
		t.Errorf("key %s", got)
	}
}

func TestDerive(t *testing.T) {
	iri := "https://h/v1/sites/s/users/unknown"
	if got := Derive(Identity{UserUUID: account(1)}, iri); got != account(1) {
		t.Errorf("with a user uuid: %s", got)
	}
	if got := Derive(Identity{ExternalID: "s1"}, "http://www.example.com/"); got.String() != "fcde3c85-2270-590f-9e7c-ee003d65e0e2" {
		t.Errorf("of the IRI: %s", got)
	}
}

func TestNamesRoundTrip(t *testing.T) {
	for a := UserUUID; a < aliasEnd; a++ {
		text, _ := a.MarshalText()
		var back Alias
		if err := back.UnmarshalText(text); err != nil || back != a {
			t.Errorf("%s: %v, %v", text, back, err)
		}
	}
	for _, policy := range []Unmapped{Hold, DeriveID, Drop} {
		if back, err := ParseUnmapped(string(policy)); err != nil || back != policy {
			t.Errorf("%s: %v, %v", policy, back, err)
		}
	}
	var a Alias
	for _, text := range []string{"", "USER_ID", "name"} {
		if _, err := ParseUnmapped(text); err == nil || a.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	if Alias(99).String() != "alias(99)" {
		t.Errorf("an unknown alias is %q", Alias(99))
	}
}

func TestFoldIsEqualFold(t *testing.T) {
	words := []string{"abc", "ABC", "Straße", "STRASSE", "straße", "K", "k", "K", "ſ", "S", "s", "Σ", "σ", "ς", "É", "é", "İ", "i", "I", "日", "", "\xff", "\xfe", "\uFFFD"}
	for _, a := range words {
		for _, b := range words {
			same := string(foldText(nil, a)) == string(foldText(nil, b))
			if same != strings.EqualFold(a, b) {
				t.Errorf("%q and %q: %t", a, b, same)
			}
		}
		if string(foldText(nil, []byte(a))) != string(foldText(nil, a)) {
			t.Errorf("%q folds to two things", a)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Ann@School.test", "ANN@school.TEST")
	f.Add("K", "K")
	f.Fuzz(func(t *testing.T, a, b string) {
		if same := string(foldText(nil, a)) == string(foldText(nil, b)); same != strings.EqualFold(a, b) {
			t.Errorf("%q and %q: %t", a, b, same)
		}
	})
}
