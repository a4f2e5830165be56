package blackboard

import "cmp"

// LTILaunch is the object of an LTI launch (LTILaunchInfo): somebody clicked a
// link to a tool.
type LTILaunch struct {
	ID   string // …/v1/sites/{site}/ltiLaunches/{launch}; v1p0 may have the tool's URL
	Name string

	// LaunchURL is the tool's; that of LTI 1.3's claims, if only they say it.
	LaunchURL string

	// Parameters are those of LaunchParameters that mean something here.
	Parameters LaunchParameters

	// LaunchParameters are all that Learn signed and sent to the tool, and
	// CustomParameters those of the placement, as they came: string, bool,
	// nil, []any, map[string]any, and jsontext.Value for a number, with its
	// digits. They hold personal data and signature material; only what an
	// allow-list names may leave.
	LaunchParameters, CustomParameters map[string]any
}

// Ref is the launch's identifier.
func (l *LTILaunch) Ref() string { return l.ID }

// Term is "LTILaunchInfo".
func (l *LTILaunch) Term() string { return termLTILaunch }

// LaunchID is the id that joins the launch with its return and with the tool's
// own records: that of the IRI, else ext_launch_id; "" if there is neither.
func (l *LTILaunch) LaunchID() string {
	if id := launchIDOf(l.ID); id != "" {
		return id
	}
	return l.Parameters.LaunchID
}

func launchIDOf(id string) string {
	if iri, ok := ParseIRI(id); ok && iri.Kind == KindLaunch {
		return iri.ID
	}
	return ""
}

type wireLaunch struct {
	base
	LaunchURL        string     `json:"launchUrl"`
	LaunchParameters parameters `json:"launchParameters"`
	CustomParameters parameters `json:"customParameters"`
}

func (w *wireLaunch) entity() Entity {
	return &LTILaunch{
		ID:               w.ID,
		Name:             w.Name,
		LaunchURL:        cmp.Or(w.LaunchURL, text(w.LaunchParameters[claimTargetLink])),
		Parameters:       newLaunchParameters(w.LaunchParameters),
		LaunchParameters: w.LaunchParameters,
		CustomParameters: w.CustomParameters,
	}
}
