package translate

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

func TestRedacted(t *testing.T) {
	for _, c := range []struct {
		name    string
		v, want any
	}{
		{"text", "Titration lab", "Titration lab"},
		{"e-mail", "jane@school.example", "jane@school.example"}, // whoever allows the parameter has allowed it
		{"URL", "https://u:p@host.example/a;s=1?t=2#f", "https://host.example/a"},
		{"URL with spaces around", " https://host.example/a?t=2 ", "https://host.example/a"},
		{"two URLs", "https://host.example/a.css,https://host.example/b.css?t=2", nil},
		{"URL in a text", "see https://host.example/?t=2", nil},
		{"URL before a text", "https://host.example/?t=2 is it", nil},
		{"no URL after all", "://", nil},
		{"user", site + "/users/" + user, nil},
		{"user in a query", "https://host.example/?u=" + site + "/users/" + user, nil},
		{"user in a text", "by " + site + "/users/" + user + " today", nil},
		{"escaped user", "x%2Fv1%2Fsites%2Fs%2Fusers%2F" + user, nil},
		{"user's uuid", "Portfolio of " + strings.ToUpper(user), nil},
		{"user's uuid in a URL", "https://host.example/of/" + user, nil},
		{"user's uuid in a query", "https://host.example/of?u=" + user, "https://host.example/of"},
		{"whole number", jsontext.Value("41"), int64(41)},
		{"largest", jsontext.Value("9223372036854775807"), int64(9223372036854775807)},
		{"too large", jsontext.Value("12345678901234567890"), "12345678901234567890"},
		{"decimal", jsontext.Value("0.5"), 0.5},
		{"beyond all numbers", jsontext.Value("1e999"), nil},
		{"true", true, true},
		{"null", nil, nil},
		{"list", []any{"a", nil, site + "/users/" + user, []any{"b"}}, []any{"a", []any{"b"}}},
		{
			"object", map[string]any{"a": map[string]any{"url": "https://h.example/?q", "who": site + "/users/" + user}},
			map[string]any{"a": map[string]any{"url": "https://h.example/"}},
		},
		{
			"names", map[string]any{
				"https://purl.imsglobal.org/spec/lti/claim/context": "a", // as LTI 1.3 names its claims
				"https://h.example/?t=1":                            "b",
				"https://h.example/?t=2":                            "c",
				site + "/users/" + user:                             "d",
			}, map[string]any{"https://purl.imsglobal.org/spec/lti/claim/context": "a"},
		},
	} {
		if got := placed(new(blackboard.Event)).redacted(c.v); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %#v, want %#v", c.name, got, c.want)
		}
	}
}

func TestMessageParametersAreAllowed(t *testing.T) {
	launch := &blackboard.LTILaunch{LaunchParameters: map[string]any{
		"context_id": "_41_1", "oauth_signature": "s", "custom_caliper_federated_session_id": site + "/sessions/S",
		"context": map[string]any{"id": "c", "label": ""}, "roles": nil,
	}}
	tr := placed(new(blackboard.Event))
	tr.opts.LaunchParameters = []string{"context_id", "context", "roles", "missing"}
	want := caliper.Map{"context_id": "_41_1", "context": map[string]any{"id": "c", "label": ""}}
	if got := tr.messageParameters(launch); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAllowedText(t *testing.T) {
	tr := placed(new(blackboard.Event)) // which allows context_label and context_title
	for _, c := range []struct{ name, text, want string }{
		{"context_title", "Chemistry", "Chemistry"}, {"context_label", "", ""}, {"resource_link_title", "hidden", ""},
		{"context_label", "of " + site + "/users/" + user, ""}, {"context_label", "of " + user, ""},
	} {
		if got := tr.allowed(c.name, c.text); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.name, c.text, got, c.want)
		}
	}
}
