package resolver_test

import (
	"testing"

	. "github.com/bbcaliper/bbcaliper/mapping/resolver"
)

func TestCheck(t *testing.T) {
	rule := must(t)(NewStatic(StaticOptions{Rule: RuleUUID}))
	if err := Check(t.Context(), rule); err != nil {
		t.Error(err)
	}
	for kind, k := range kinds(t) {
		if err := Check(t.Context(), k.resolver); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		k.faults.always(answering(403, canary))
		if err := Check(t.Context(), k.resolver); err == nil {
			t.Errorf("%s: a refused credential passes", kind)
		}
	}
	for name, users := range map[string][]map[string]any{"one": {enrolled(1)}, "two": {enrolled(1), enrolled(2)}} {
		roster := newRoster(users...)
		roster.ignoreFilter = true
		if err := Check(t.Context(), oneRosterOf(t, roster)); err == nil {
			t.Errorf("a roster of %s that ignores the filter passes", name)
		}
	}
	d := newPeople()
	d.faults.always(answering(200, platform(1).String()))
	if err := Check(t.Context(), directoryOf(t, d, "/{external_id}", "")); err == nil {
		t.Error("a directory that knows everybody passes")
	}
}
