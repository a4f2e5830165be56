package adapter_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// explained demands of each event that has arrived that it is explained by the record that named its person then.
func (s *story) explained(after string) {
	s.t.Helper()
	for _, e := range s.collector.Events() {
		f := s.fate(uuid.MustParse(strings.TrimPrefix(e.ID, "urn:uuid:")), admin.PlaceDelivered)
		named := f.RecordThen
		if named == nil {
			named = f.Record
		}
		switch {
		case named == nil:
			s.t.Errorf("after %s no record is known to have named the person of %s", after, e.Raw)
		case !strings.Contains(string(e.Raw), `"actor":{"id":"urn:uuid:`+named.PlatformID.String()+`"`) || named.Revision > f.MapRevision:
			s.t.Errorf("after %s, at revision %d, record %d of revision %d (%s) is said to have named the person of %s",
				after, f.MapRevision, named.Number, named.Revision, named.PlatformID, e.Raw)
		}
	}
}

// TestExplainThroughChangesOfTheMap changes what the map says of an account, and sends an event after each change: all of
// them stay explained by what the map said when they left.
func TestExplainThroughChangesOfTheMap(t *testing.T) {
	t.Parallel()
	s, p, q, third := newStory(t), uuid.New(), uuid.New(), uuid.New()
	a := newAccount("_1_1", "s1")
	var repointed mapping.Record
	var merged uint64
	for i, step := range []struct {
		name   string
		change func()
		as     uuid.UUID // that the next event leaves as
	}{
		{"mapping", func() { s.states(admin.Statement{PlatformID: p.String(), ExternalID: "s1"}) }, p},
		{"re-pointing", func() {
			s.learned(a)
			repointed = s.states(admin.Statement{PlatformID: q.String(), ExternalID: "s1", AllowRepoint: true})
		}, q},
		{"another record", func() { s.states(admin.Statement{PlatformID: third.String(), UserID: "_1_1"}) }, q},
		{"merging", func() {
			merged = s.merges(admin.MergeRequest{Into: "#2", From: "#1", AllowRepoint: true}).Record.Revision
		}, third},
		{"undoing that", func() { s.undo(merged) }, q},
		{"re-pointing back", func() {
			s.states(admin.Statement{PlatformID: p.String(), ExternalID: "s1", AllowRepoint: true})
		}, p},
		// The other record matches now, and has not changed since the events before.
		{"removing", func() {
			if _, err := s.asks().Remove(t.Context(), "", "#1", 0); err != nil {
				t.Fatal(err)
			}
		}, third},
	} {
		step.change()
		s.explained(step.name)
		s.sends(a, 1)
		s.settled(want{Delivered: uint64(i + 1)})
		s.explained(step.name + " and an event")
		if events := s.arrived(a); !strings.Contains(events[i], step.as.String()) {
			t.Errorf("after %s an event should leave as %s: %s", step.name, step.as, events[i])
		}
	}
	history := s.history("", "#1")
	if len(history) < 5 || history[2].Record.Revision != repointed.Revision || history[2].Before.PlatformID != p || !history[len(history)-1].Removed {
		t.Errorf("history is %+v", history)
	}
}
