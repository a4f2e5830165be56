package adapter

import (
	"context"
	"slices"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// fate says what became of an event that a source has sent, once or again, at one destination.
func (s service) fate(ctx context.Context, t *traces, receipts []receipt) (admin.Fate, error) {
	status, _ := t.at.pipeline.Status()
	n := narrator{traces: t, status: status, receipts: receipts, window: s.config().Journal.DedupWindow}
	if err := n.readAttempts(ctx, s.journal); err != nil {
		return admin.Fate{}, err
	}
	subject := &receipts[n.subject()]
	if subject.readable() {
		var err error
		if n.look, err = t.at.pipeline.Look(ctx, &subject.Event); err != nil {
			return admin.Fate{}, err
		}
	}
	f := n.tell()
	f.Destination = t.at.config.Name
	f.Attempts = n.reports()
	return f, s.addPerson(ctx, &f, &n, subject)
}

// narrator tells the way of an event at one destination from what the stores have of it.
type narrator struct {
	*traces
	status   pipeline.Status
	receipts []receipt // of one source, oldest first
	window   time.Duration
	attempts []journal.Attempt // of any of them, oldest first
	look     pipeline.Look     // what would become of it now; zero if it cannot be read
}

// clockSlack is how far the clock of the store may be from ours.
const clockSlack = time.Minute

// readAttempts looks for POSTs that held the event.
func (n *narrator) readAttempts(ctx context.Context, j *journal.Journal) error {
	first := n.receipts[0].stored
	if !first.IsZero() {
		first = first.Add(-clockSlack)
	}
	return j.EachAttempt(ctx, n.at.config.Name, first, func(a journal.Attempt) bool {
		if slices.ContainsFunc(n.receipts, func(r receipt) bool { return a.Sent(r.Place) }) {
			n.attempts = append(n.attempts, a)
		}
		return true
	})
}

// subject is the receipt that is told of: the last that was no duplicate.
func (n *narrator) subject() int {
	for i := len(n.receipts) - 1; i > 0; i-- {
		if !n.isDuplicate(i) {
			return i
		}
	}
	return 0
}

// isDuplicate says whether a receipt came within the window of an earlier one that was none.
func (n *narrator) isDuplicate(i int) bool {
	first, again := n.receipts[0].Received, false
	for _, r := range n.receipts[1 : i+1] {
		if again = r.Received.Sub(first) <= n.window; !again {
			first = r.Received
		}
	}
	return again
}

// tell says where the event is now: where a store has it, or else what its destination's progress says of it.
func (n *narrator) tell() admin.Fate {
	for i := range slices.Backward(n.receipts) {
		if f, ok := n.traced(n.receipts[i].Place); ok {
			return f
		}
	}
	place := n.receipts[n.subject()].Place
	switch {
	case place.Seq > n.status.Floor:
		return n.ahead(place)
	case n.look.Outcome == pipeline.WouldSkip:
		return admin.Fate{Place: admin.PlaceSkipped, Reason: n.look.Reason}
	}
	if last := len(n.receipts) - 1; n.isDuplicate(last) {
		return admin.Fate{Place: admin.PlaceDuplicate, At: n.receipts[last].Received}
	}
	return admin.Fate{Place: admin.PlaceUnknown, Detail: n.silence()}
}

// traced says where a receipt's event is by what a store has of it. The latest word counts: a letter that was retried
// and delivered may be there for a moment longer, as may one that is held again, or a held event that was delivered.
func (n *narrator) traced(p journal.Place) (admin.Fate, bool) {
	accepted, letter, held, discarded := n.accepted(p), n.letter(p), n.heldAt(p), n.discard(p)
	var words []admin.Fate
	if accepted != nil {
		words = append(words, admin.Fate{Place: admin.PlaceDelivered, At: accepted.At.Add(accepted.Took)})
	}
	if discarded != nil {
		words = append(words, admin.Fate{
			Place: admin.PlaceDiscarded, At: discarded.At, Reason: discarded.Reason,
			Detail: "by " + discarded.By + ": " + discarded.Why,
		})
	}
	if letter != nil {
		words = append(words, admin.Fate{
			Place: admin.PlaceDead, At: letter.At, Reason: letter.Reason, Detail: letter.Detail, Letter: letter.Seq,
		})
	}
	if held != nil && (letter == nil || held.DeadSeq == letter.Seq) && (accepted == nil || accepted.Replay) {
		return n.heldFate(held), true
	}
	if len(words) == 0 {
		return admin.Fate{}, false
	}
	return slices.MaxFunc(words, func(a, b admin.Fate) int { return a.At.Compare(b.At) }), true
}

// heldFate is of an event that waits. When it was held is known where that was on its arrival.
func (n *narrator) heldFate(h *journal.Held) admin.Fate {
	f := admin.Fate{Place: admin.PlaceHeld, Reason: admin.ReasonUnmapped}
	if n.look.Outcome != "" && n.look.Outcome != pipeline.WouldHold {
		f.Reason, f.Detail = admin.ReasonMapped, "the person is in the map by now, and the event leaves when its turn comes"
	}
	if h.DeadSeq == 0 {
		f.At = h.Event.Received
	}
	return f
}

// accepted returns the latest POST with an event that the collector took; one by a replay only if there is no other.
func (n *narrator) accepted(p journal.Place) (latest *journal.Attempt) {
	for i := range n.attempts {
		a := &n.attempts[i]
		took := a.Sent(p) && a.Class == timeback.Accepted.String() && !a.Refuses(p)
		if took && (latest == nil || latest.Replay || !a.Replay) {
			latest = a
		}
	}
	return latest
}

// letter returns the latest dead letter of an event.
func (n *narrator) letter(p journal.Place) *journal.DeadLetter {
	return lastOf(n.letters, func(d *journal.DeadLetter) bool { return d.Place == p })
}

func (n *narrator) heldAt(p journal.Place) *journal.Held {
	for i := range n.held {
		if n.held[i].Event.Place == p {
			return &n.held[i]
		}
	}
	return nil
}

func (n *narrator) discard(p journal.Place) *journal.Discarded {
	return lastOf(n.discarded, func(d *journal.Discarded) bool { return d.Place == p })
}

// lastOf returns the last of a list for which something holds, nil if there is none.
func lastOf[T any](all []T, holds func(*T) bool) *T {
	for i := range slices.Backward(all) {
		if holds(&all[i]) {
			return &all[i]
		}
	}
	return nil
}

// ahead tells of an event of a frame that has not ended at the destination.
func (n *narrator) ahead(p journal.Place) admin.Fate {
	isIn := func(s journal.Span) bool { return s.Seq == p.Seq && s.From <= p.N && p.N < s.To }
	switch {
	case slices.ContainsFunc(n.status.Delivered, isIn):
		return admin.Fate{Place: admin.PlaceDelivered}
	case len(n.attempts) > 0:
		return admin.Fate{Place: admin.PlaceInFlight, At: n.attempts[0].At}
	default:
		return admin.Fate{Place: admin.PlaceWaiting}
	}
}

// silence says what it may mean that no store has the event.
func (n *narrator) silence() string {
	text := "no POST of it is logged: it was received before this destination began"
	if n.status.Skipped[pipeline.ReasonBacklog] > 0 {
		text += ", or was skipped because the journal was full"
	}
	return text + ", or the log no longer has its POSTs"
}

// reports are the attempts for people.
func (n *narrator) reports() []admin.AttemptReport {
	out := make([]admin.AttemptReport, len(n.attempts))
	for i := range n.attempts {
		a := &n.attempts[i]
		out[i] = admin.AttemptReport{
			At: a.At, RequestID: a.Request, Status: a.Status, Class: a.Class, Error: a.Error,
			TookMS: a.Took.Milliseconds(), Replay: a.Replay,
			Refused: slices.ContainsFunc(n.receipts, func(r receipt) bool { return a.Refuses(r.Place) }),
		}
	}
	return out
}

// revision is that of the map with which the event was translated when it was sent last; 0 if that is not known.
func (n *narrator) revision(r *receipt) uint64 {
	if letter := n.letter(r.Place); letter != nil && letter.Revision > 0 {
		return letter.Revision
	}
	for _, a := range slices.Backward(n.attempts) {
		if a.Sent(r.Place) {
			return a.Revisions[r.Source]
		}
	}
	return 0
}
