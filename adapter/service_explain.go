package adapter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// Explain implements admin.Delivery. It reads the whole journal, and whatever else may have the event.
func (s service) Explain(ctx context.Context, event uuid.UUID) (admin.Explanation, error) {
	way, err := s.wayOf(ctx, event)
	if err != nil {
		return admin.Explanation{}, fmt.Errorf("explain: %w", err)
	}
	oldest, err := s.journal.Stored(ctx, 0)
	if err != nil {
		return admin.Explanation{}, fmt.Errorf("explain: %w", err)
	}
	if len(way.receipts) == 0 {
		return admin.Explanation{}, notInJournal(oldest)
	}
	out := admin.Explanation{EventID: event.String(), Receipts: make([]admin.Receipt, len(way.receipts))}
	for i := range way.receipts {
		out.Receipts[i] = way.receipts[i].report()
		if way.receipts[i].stored.IsZero() {
			out.Note = leftJournal(oldest)
		}
	}
	out.Destinations, err = s.fates(ctx, way)
	return out, err
}

func notInJournal(oldest time.Time) error {
	if oldest.IsZero() {
		return admin.NotFound("not in the journal, which is empty")
	}
	return admin.NotFound("not in the journal: it keeps events back to %s", stamp(oldest))
}

func leftJournal(oldest time.Time) string {
	const what = "the journal no longer has all of it: what is told comes from held, dead and discarded events"
	if oldest.IsZero() {
		return what
	}
	return what + "; it keeps events back to " + stamp(oldest)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// fates says what became of an event at every destination that reads its source. Two sources may have sent the same id:
// those are two events.
func (s service) fates(ctx context.Context, way *way) ([]admin.Fate, error) {
	fates := []admin.Fate{}
	for i := range way.traces {
		t := &way.traces[i]
		for _, source := range t.at.config.Sources {
			receipts := way.receivedFrom(source)
			if len(receipts) == 0 {
				continue
			}
			fate, err := s.fate(ctx, t, receipts)
			if err != nil {
				return nil, fmt.Errorf("explain: %w", err)
			}
			fates = append(fates, fate)
		}
	}
	return fates, nil
}

// way is what the stores have of an event.
type way struct {
	receipts []receipt // oldest first
	traces   []traces  // in the order of the configuration
}

// receipt is one arrival of an event.
type receipt struct {
	journal.Event           // without a text where no store has it whole
	stored        time.Time // when the journal had it; zero: the journal no longer has it
}

func (r *receipt) report() admin.Receipt {
	out := admin.Receipt{
		Source: r.Source, Type: r.Type, Received: r.Received, Stored: r.stored, Frame: r.Place.Seq, Number: r.Place.N,
	}
	if raw := jsontext.Value(r.Raw); raw.IsValid() {
		out.Raw = raw
	}
	return out
}

// readable says whether there is anything to be decoded.
func (r *receipt) readable() bool { return len(r.Raw) > 0 }

// traces is what a destination's stores have of an event.
type traces struct {
	at        *destination
	letters   []journal.DeadLetter // without texts
	held      []journal.Held       // the same
	discarded []journal.Discarded
}

// wayOf finds an event wherever it may be.
func (s service) wayOf(ctx context.Context, event uuid.UUID) (*way, error) {
	found, err := s.journal.FindEvent(ctx, s.sourceNames(), event, time.Time{})
	if err != nil {
		return nil, err
	}
	receipts := map[journal.Place]receipt{}
	for i := range found {
		receipts[found[i].Place] = receipt{Event: found[i].Event, stored: found[i].Stored}
	}
	w := &way{}
	for _, d := range s.running() {
		t, err := s.tracesOf(ctx, d, event)
		if err != nil {
			return nil, err
		}
		if err := s.complete(ctx, &t, receipts); err != nil {
			return nil, err
		}
		w.traces = append(w.traces, t)
	}
	w.receipts = slices.SortedFunc(maps.Values(receipts), func(a, b receipt) int { return a.Place.Compare(b.Place) })
	return w, nil
}

func (s service) tracesOf(ctx context.Context, d *destination, event uuid.UUID) (traces, error) {
	t, name := traces{at: d}, d.config.Name
	letters := s.journal.ListDead(ctx, name, journal.DeadFilter{IDs: []uuid.UUID{event}}, func(l journal.DeadLetter) bool {
		t.letters = append(t.letters, l)
		return true
	})
	held := s.journal.EachHeld(ctx, name, func(h journal.Held) {
		if h.Event.ID == event {
			t.held = append(t.held, h)
		}
	})
	discarded := s.journal.EachDiscarded(ctx, name, 1, func(d journal.Discarded) bool {
		if d.ID == event {
			t.discarded = append(t.discarded, d)
		}
		return true
	})
	return t, errors.Join(letters, held, discarded)
}

// complete adds receipts that the journal no longer has to those that it has, with the event's text if it can be had.
func (s service) complete(ctx context.Context, t *traces, receipts map[journal.Place]receipt) error {
	for i := range t.letters {
		l := &t.letters[i]
		if known, ok := receipts[l.Place]; ok && known.readable() {
			continue
		}
		whole, err := s.journal.Dead(ctx, t.at.config.Name, l.Seq)
		if err != nil && !errors.Is(err, journal.ErrNotFound) {
			return err
		}
		e := l.Event()
		if len(whole.Raw) == l.Bytes {
			e.Raw = whole.Raw
		}
		receipts[l.Place] = receipt{Event: e}
	}
	for i := range t.held {
		h := &t.held[i]
		if known, ok := receipts[h.Event.Place]; ok && known.readable() {
			continue
		}
		e, err := s.heldText(ctx, t.at, h)
		if err != nil {
			return err
		}
		receipts[h.Event.Place] = receipt{Event: e}
	}
	for i := range t.discarded {
		d := &t.discarded[i]
		if _, ok := receipts[d.Place]; !ok {
			receipts[d.Place] = receipt{Event: journal.Event{Place: d.Place, Source: d.Source, ID: d.ID, Type: d.Type}}
		}
	}
	return nil
}

// heldText reads a held event whole; one that is released meanwhile stays without its text.
func (s service) heldText(ctx context.Context, d *destination, h *journal.Held) (journal.Event, error) {
	page, _, err := s.journal.HeldPage(ctx, d.config.Name, h.Key, h.Seq, func(string) bool { return true })
	if err != nil {
		return journal.Event{}, err
	}
	if len(page) > 0 && page[0].Seq == h.Seq {
		return page[0].Event, nil
	}
	return h.Event, nil
}

func (w *way) receivedFrom(source string) []receipt {
	var out []receipt
	for i := range w.receipts {
		if w.receipts[i].Source == source {
			out = append(out, w.receipts[i])
		}
	}
	return out
}
