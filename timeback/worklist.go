package timeback

import (
	"cmp"
	"slices"
)

// Worklist finds the events of one batch that a collector refuses. It is a
// pure state machine: the caller sends what Next says, reports the reply, and
// goes on until Next returns nothing.
//
//	list := NewWorklist(len(events))
//	for batch := list.Next(); len(batch) > 0; batch = list.Next() {
//		reply := client.Send(ctx, seal(events, batch), requestID)
//		for _, outcome := range list.Report(reply) { … }
//	}
//
// Events are sent in their order, and a part is sent only when everything
// before it has ended. A refused batch loses the events that the collector's
// reply names (Refusal); if it names none, it is halved, the smaller half
// first. If the first half is then accepted, the second one must hold the bad
// event and is halved without being sent whole. So one bad event among n costs
// at most 2·log2(n)+1 requests. An event is refused only if it was named or
// was sent alone: had the collector changed its mind, it would go through.
//
// A Worklist is not safe for concurrent use. It holds no events, only their
// places.
type Worklist struct {
	parts []part // the next one last
}

// part is some events of the batch that go in one envelope.
type part struct {
	places []int // ascending
	// holdsBad: a bad event must be among them, by what was accepted before.
	holdsBad bool
	// firstHalf: if it is accepted, the part after it holds the bad event.
	firstHalf bool
}

// NewWorklist starts with one part: all n events.
func NewWorklist(n int) *Worklist {
	w := &Worklist{}
	if n > 0 {
		places := make([]int, n)
		for i := range places {
			places[i] = i
		}
		w.parts = []part{{places: places}}
	}
	return w
}

// Outcome is the end of one event.
type Outcome struct {
	// Place of the event in the batch, from 0.
	Place int
	// Accepted, or else refused for good.
	Accepted bool
	// Message is what the collector said about a refused event; it may be "".
	Message string
	// Reply that settled the event.
	Reply Reply
}

// Next returns the places of the events to send next in one envelope,
// ascending; none when every event is settled. It returns the same places
// until Report is called. The slice must not be changed.
func (w *Worklist) Next() []int {
	for {
		last := len(w.parts) - 1
		if last < 0 {
			return nil
		}
		if p := w.parts[last]; !p.holdsBad || len(p.places) == 1 {
			return p.places
		}
		w.halve(true)
	}
}

// Remaining returns the places of all events that are not settled, ascending.
func (w *Worklist) Remaining() []int {
	var places []int
	for _, p := range slices.Backward(w.parts) {
		places = append(places, p.places...)
	}
	return places
}

// Report takes the reply to the envelope that Next asked for and returns the
// events that it settles, in order. A reply that says nothing about the events
// (Retry, Pause) settles none and changes nothing.
func (w *Worklist) Report(reply Reply) []Outcome {
	batch := w.Next()
	if len(batch) == 0 {
		return nil
	}
	switch reply.Class {
	case Accepted:
		return w.accepted(reply)
	case TooLarge:
		if len(batch) > 1 {
			w.halve(false)
			return nil
		}
		return w.refused(reply)
	case Permanent:
		return w.refused(reply)
	default:
		return nil
	}
}

func (w *Worklist) accepted(reply Reply) []Outcome {
	p := w.pop()
	if last := len(w.parts) - 1; p.firstHalf && last >= 0 {
		w.parts[last].holdsBad = true
	}
	outcomes := make([]Outcome, len(p.places))
	for i, place := range p.places {
		outcomes[i] = Outcome{Place: place, Accepted: true, Reply: reply}
	}
	return outcomes
}

func (w *Worklist) refused(reply Reply) []Outcome {
	refusal := ParseRefusal(reply.Body)
	p := w.parts[len(w.parts)-1]
	if len(p.places) == 1 {
		w.pop()
		message := cmp.Or(refusal.Items[0], refusal.Message)
		return []Outcome{{Place: p.places[0], Message: message, Reply: reply}}
	}
	if outcomes := w.named(refusal, reply); len(outcomes) > 0 {
		return outcomes
	}
	w.halve(true)
	return nil
}

// named settles the events that the refusal names and leaves the others as a
// part of which nothing is known yet.
func (w *Worklist) named(refusal Refusal, reply Reply) []Outcome {
	var outcomes []Outcome
	var others []int
	for i, place := range w.parts[len(w.parts)-1].places {
		message, bad := refusal.Items[i]
		if !bad {
			others = append(others, place)
			continue
		}
		outcomes = append(outcomes, Outcome{
			Place: place, Message: cmp.Or(message, refusal.Message), Reply: reply,
		})
	}
	if len(outcomes) == 0 {
		return nil
	}
	w.pop()
	if len(others) > 0 {
		w.parts = append(w.parts, part{places: others})
	}
	return outcomes
}

// halve puts the next part's halves in its place, the smaller one to be sent
// first. holdsBad says that a bad event must be in one of them.
func (w *Worklist) halve(holdsBad bool) {
	places := w.pop().places
	middle := len(places) / 2
	w.parts = append(w.parts,
		part{places: places[middle:]},
		part{places: places[:middle], firstHalf: holdsBad})
}

func (w *Worklist) pop() part {
	last := len(w.parts) - 1
	p := w.parts[last]
	w.parts = w.parts[:last]
	return p
}
