package collector_test

import (
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

func TestWhatIsShownOfAnEvent(t *testing.T) {
	sink, url := serve(t, collector.Options{})
	for document, want := range map[string]collector.Event{
		`{"id":"i","type":"T","action":"a","actor":"urn:x","eventTime":"t"}`:            {ID: "i", Type: "T", Action: "a", Actor: "urn:x", EventTime: "t"},
		`{"actor":{"type":"Person","name":{"id":"no"},"id":"urn:y"},"object":{"id":1}}`: {Actor: "urn:y"},
		`{"\u0069d":"a\"b\\c","type":7,"action":null,"actor":[{"id":"x"}]}`:             {ID: `a"b\c`},
		`{"actor":{"id":{}}, "Type":"x", "other":{"type":"no"}}`:                        {},
		`"text"`: {}, `[{"id":"x"}]`: {}, `null`: {},
	} {
		sink.Reset()
		if got := post(t, url, envelope(document)); got.status != 200 {
			t.Fatalf("%s: %d %s", document, got.status, got.body)
		}
		e := sink.Events()[0]
		if got := (collector.Event{ID: e.ID, Type: e.Type, Action: e.Action, Actor: e.Actor, EventTime: e.EventTime}); got.ID != want.ID ||
			got.Type != want.Type || got.Action != want.Action || got.Actor != want.Actor || got.EventTime != want.EventTime {
			t.Errorf("%s: %+v, want %+v", document, got, want)
		}
	}
}
