package blackboard

import "time"

// LTIReturn is the object of a return from an LTI tool (LTILaunchReturnInfo).
type LTIReturn struct {
	ID   string // …/v1/sites/{site}/ltiLaunches/{launch} where Learn says so
	Name string

	DestinationURL string    // to which the browser goes
	LinkID         string    // the placement or content that was launched
	LaunchTime     time.Time // of the launch; zero if not said

	// LaunchURL is the tool's, where Learn says it: no published payload does.
	LaunchURL string
}

// Ref is the return's identifier.
func (r *LTIReturn) Ref() string { return r.ID }

// Term is "LTILaunchReturnInfo".
func (r *LTIReturn) Term() string { return termLTIReturn }

// LaunchID is the id of the launch that ends here, "" if it is not said.
func (r *LTIReturn) LaunchID() string { return launchIDOf(r.ID) }

type wireReturn struct {
	base
	DestinationURL string `json:"destinationUrl"`
	LinkID         string `json:"linkId"`
	LaunchTime     scalar `json:"launchTime"`
	LaunchURL      string `json:"launchUrl"`
}

func (w *wireReturn) entity() Entity {
	r := &LTIReturn{
		ID:             w.ID,
		Name:           w.Name,
		DestinationURL: w.DestinationURL,
		LinkID:         w.LinkID,
		LaunchURL:      w.LaunchURL,
	}
	r.LaunchTime, _ = parseMillis(string(w.LaunchTime))
	return r
}
