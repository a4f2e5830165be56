package admin

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Bounds of a request to accept suggestions.
const (
	MaxAccepted   = 100_000
	maxAcceptBody = 32 << 20 // bytes; a person takes about a hundred
)

// Accept names a suggestion that somebody has seen in the work list.
type Accept struct {
	// Person is the key or any alias of who waits; Source is theirs, and may be left out where that names one person.
	Person string `json:"person"`
	Source string `json:"source,omitempty"`
	// Mark is that of the suggestion. If there is another by now, the person is left out.
	Mark string `json:"mark"`
}

// Acceptance is the body of a request to accept suggestions.
type Acceptance struct {
	People []Accept `json:"people"`
}

// AcceptRequest asks to map people as it is suggested.
type AcceptRequest struct {
	People []Accept
	// DryRun changes nothing.
	DryRun bool
	// By is who asks, for the map's history.
	By string
}

// CommandAccept is what the map's history says of accepted suggestions.
const CommandAccept = "map accept"

// Edit returns the edit that the acceptance makes.
func (r *AcceptRequest) Edit() mapping.Edit {
	return mapping.Edit{By: r.By, How: mapping.How{Command: CommandAccept}}
}

// Query is what does not stand in the body.
func (r *AcceptRequest) Query() url.Values { return queryOf(queryDryRun, flag(r.DryRun)) }

// Accepted is what accepting suggestions did or, in a dry run, would do.
type Accepted struct {
	// Applied says that the map has changed; it is false for a dry run.
	Applied bool `json:"applied"`
	// People are mapped, and Events released by that, over all destinations.
	People int `json:"people"`
	Events int `json:"events"`
	// Changes are those of the maps, one a source.
	Changes []AcceptedChange `json:"changes"`
	// Left are those whose suggestion was not accepted.
	Left []LeftPerson `json:"left"`
}

// AcceptedChange is what was done to the map of a source.
type AcceptedChange struct {
	Source string `json:"source"`
	People int    `json:"people"`
	// Change is its number, by which it can be undone; 0 in a dry run.
	Change uint64 `json:"change,omitzero"`
}

// Why a suggestion is not accepted.
const (
	LeftGone      = "gone"      // nobody of that name waits any more
	LeftSeveral   = "several"   // the name is that of several people who wait
	LeftChanged   = "changed"   // the suggestion is not the one that was seen
	LeftAmbiguous = "ambiguous" // something speaks against it by now
	LeftRefused   = "refused"   // the map does not take the record, or would not find it
)

// LeftPerson is somebody whose suggestion was not accepted.
type LeftPerson struct {
	// Person and Source are as they were asked for.
	Person string `json:"person"`
	Source string `json:"source,omitempty"`
	Reason string `json:"reason"`
	// Text says what the reason means, and what to do.
	Text string `json:"text"`
}

// NewLeftPerson says why a suggestion is not accepted.
func NewLeftPerson(a Accept, reason string) LeftPerson {
	return LeftPerson{Person: a.Person, Source: a.Source, Reason: reason, Text: leftText(reason)}
}

func leftText(reason string) string {
	switch reason {
	case LeftGone:
		return "nobody of that name waits any more: somebody has mapped them, or their events have ended"
	case LeftSeveral:
		return "several people who wait are called that: name an alias that only one of them has"
	case LeftChanged:
		return "the suggestion is not the one that was seen: look at it again"
	case LeftAmbiguous:
		return "the evidence is no longer unambiguous: map the person by hand"
	default:
		return "the map does not take the record, or would not find it: look at the person again, and map them by hand"
	}
}

// acceptSuggestions maps people as it was suggested to the caller.
func (h *Handler) acceptSuggestions(w http.ResponseWriter, r *request) error {
	var body Acceptance
	if err := readUpTo(w, r, &body, maxAcceptBody); err != nil {
		return err
	}
	if err := body.validate(); err != nil {
		return err
	}
	done, err := h.service.Accept(r.Context(), AcceptRequest{People: body.People, DryRun: r.flag(queryDryRun), By: r.by()})
	if err != nil {
		return err
	}
	if done.People == 0 && !r.flag(queryDryRun) {
		return refuseAcceptance(&done)
	}
	return answer(w, http.StatusOK, done)
}

func (a *Acceptance) validate() error {
	if n := len(a.People); n == 0 || n > MaxAccepted {
		return newError(ClassBadRequest, "name 1 to %d people whose suggestion is accepted", MaxAccepted)
	}
	for _, p := range a.People {
		if p.Person == "" || p.Mark == "" {
			return newError(ClassBadRequest, "each of the people needs a person, the key or any alias, and the mark of the suggestion")
		}
	}
	return nil
}

// refuseAcceptance says why nobody was mapped: 412 if somebody was faster, which looking again mends, else 409.
func refuseAcceptance(done *Accepted) *Error {
	e := newError(ClassChanged, "no suggestion was accepted")
	for _, left := range done.Left {
		if left.Reason == LeftSeveral || left.Reason == LeftAmbiguous {
			e.Class = ClassConflict
		}
		e.Problems = append(e.Problems, Problem{Kind: left.Reason, Text: left.Text})
	}
	if len(done.Left) == 1 {
		e.err = fmt.Errorf("the suggestion was not accepted: %s", done.Left[0].Text)
	}
	return e
}
