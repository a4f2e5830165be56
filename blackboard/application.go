package blackboard

// SoftwareApplication is Learn itself, as the object or the edApp of an event
// or the actor of a time-out; its id ends in /applications/learn (v1p0's LTI
// events have that of the site).
type SoftwareApplication struct {
	ID   string
	Name string

	// UserAgent and IPAddress are those of the person's browser, in
	// extensions: personal data.
	UserAgent string
	IPAddress string
}

// Ref is the application's identifier.
func (a *SoftwareApplication) Ref() string { return a.ID }

// Term is "SoftwareApplication".
func (a *SoftwareApplication) Term() string { return termSoftwareApplication }

type wireApplication struct {
	base
	Extensions requestHeaders `json:"extensions"`
}

// requestHeaders are what Learn passes on of the browser's request.
type requestHeaders struct {
	UserAgent string `json:"bb:request.headers.agent"`
	IPAddress string `json:"bb:request.headers.ipAddress"`
}

func (w *wireApplication) entity() Entity { return orNone(w.application()) }

func (w *wireApplication) application() *SoftwareApplication {
	if w == nil || *w == (wireApplication{base: base{Type: w.Type}}) {
		return nil
	}
	return &SoftwareApplication{
		ID:        w.ID,
		Name:      w.Name,
		UserAgent: w.Extensions.UserAgent,
		IPAddress: w.Extensions.IPAddress,
	}
}
