package timeback_test

import (
	"slices"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

func preset(t *testing.T, name string) timeback.Preset {
	t.Helper()
	p, ok := timeback.LookupPreset(name)
	if !ok || p.Name != name {
		t.Fatalf("LookupPreset(%q) = %q, %t", name, p.Name, ok)
	}
	return p
}

func TestPresetsAreComplete(t *testing.T) {
	if names := timeback.PresetNames(); !slices.Equal(names, []string{"timeback", "beyondai", "caliper"}) {
		t.Fatalf("presets %v", names)
	}
	for _, name := range timeback.PresetNames() {
		p := preset(t, name)
		if p.Batch != (timeback.Batch{MaxEvents: 50, MaxBytes: 512 << 10, MaxWait: time.Second}) {
			t.Errorf("%s: batch %+v", name, p.Batch)
		}
		if !slices.Contains(timeback.LTIModes(), p.Events.LTI) {
			t.Errorf("%s: LTI mode %q", name, p.Events.LTI)
		}
		for _, form := range []timeback.Form{p.Events.Person, p.Events.EdApp} {
			if form != timeback.FormIRI && form != timeback.FormObject {
				t.Errorf("%s: form %q", name, form)
			}
		}
		if _, typed := p.Events.ExtraProperties[caliper.TypeScore]; typed != (p.Events.QuestionScoreType != "") {
			t.Errorf("%s: scoreType %q, let through %t", name, p.Events.QuestionScoreType, typed)
		}
		if len(p.Events.SessionExtensions) > 0 {
			t.Errorf("%s: sends session extensions that nobody asked for", name)
		}
		usableEndpoint(t, p)
	}
	if _, ok := timeback.LookupPreset("TimeBack"); ok {
		t.Error("names are found in another case")
	}
}

// usableEndpoint proves that the hints make a client.
func usableEndpoint(t *testing.T, p timeback.Preset) {
	t.Helper()
	for _, url := range []string{p.Endpoint.URL, p.Endpoint.ValidateURL} {
		if url == "" {
			continue
		}
		if _, err := timeback.NewClient(timeback.Options{URL: url}); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	if p.Endpoint.TokenURL == "" {
		return
	}
	_, err := timeback.OAuth2Auth(timeback.OAuth2Options{
		TokenURL: p.Endpoint.TokenURL, ClientID: "id", ClientSecret: "secret",
		Style: p.Endpoint.TokenStyle, Scopes: p.Endpoint.Scopes,
	})
	if err != nil {
		t.Errorf("%s: %v", p.Name, err)
	}
}

func TestRates(t *testing.T) {
	for name, want := range map[string]float64{"timeback": 10, "beyondai": 10, "caliper": 0} {
		if got := preset(t, name).Rate; got != want {
			t.Errorf("%s: %g requests a second, want %g", name, got, want)
		}
	}
}

func TestAPresetIsTheCallersToChange(t *testing.T) {
	p := preset(t, timeback.PresetTimeBack)
	p.Events.ExtraProperties[caliper.TypeScore][0] = "changed"
	p.Events.Skip[0].Type, p.Endpoint.Scopes[0] = "changed", "changed"
	fresh := preset(t, timeback.PresetTimeBack)
	if fresh.Events.ExtraProperties[caliper.TypeScore][0] != "scoreType" ||
		fresh.Events.Skip[0].Type == "changed" || fresh.Endpoint.Scopes[0] == "changed" {
		t.Error("a change in one copy shows in the next")
	}
}

// What the timeback preset lets through is what TimeBack's own documents carry
// beyond Caliper, and no more.
func TestTimeBacksDocumentsPassWithItsPresetOnly(t *testing.T) {
	for name, want := range map[string]bool{"timeback": true, "beyondai": false, "caliper": false} {
		checker := caliper.NewChecker(caliper.Options{ExtraProperties: preset(t, name).Events.ExtraProperties})
		if err := checker.Event(sample.Grade()); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSkipRules(t *testing.T) {
	form := timeback.EventForm{Skip: []timeback.SkipRule{{Type: "ForumEvent"}, {Type: "GradeEvent", Action: "Graded"}, {Action: "Restored"}}}
	for event, want := range map[[2]string]bool{
		{"ForumEvent", "Posted"}: true, {"ForumEvent", ""}: true, {"GradeEvent", "Graded"}: true,
		{"GradeEvent", "Other"}: false, {"ViewEvent", "Restored"}: true, {"ViewEvent", "Viewed"}: false, {"forumevent", "Posted"}: false,
	} {
		if got := form.Skips(event[0], event[1]); got != want {
			t.Errorf("Skips(%s, %s) = %t", event[0], event[1], got)
		}
	}
}

// With another scoreType the check lets the property through, without one not.
func TestScoreTyped(t *testing.T) {
	p := preset(t, timeback.PresetCaliper)
	for scoreType, want := range map[string]bool{"QUESTION_RESULT": true, "": false} {
		p.Events.ScoreTyped(scoreType)
		checker := caliper.NewChecker(caliper.Options{ExtraProperties: p.Events.ExtraProperties})
		if err := checker.Event(sample.Grade()); (err == nil) != want || p.Events.QuestionScoreType != scoreType {
			t.Errorf("%q: %v", scoreType, err)
		}
	}
}
