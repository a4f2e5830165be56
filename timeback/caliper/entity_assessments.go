package caliper

import "time"

// AssignableDigitalResource is something that can be assigned.
type AssignableDigitalResource struct {
	DigitalResource
	DateToActivate time.Time
	DateToShow     time.Time
	DateToStartOn  time.Time
	DateToSubmit   time.Time
	MaxAttempts    *int
	MaxSubmits     *int
	MaxScore       *float64
}

func (a *AssignableDigitalResource) appendNode(w *writer) {
	if a == nil {
		return
	}
	a.begin(w, TypeAssignableDigitalResource)
	a.own(w)
	a.end(w)
}

func (a *AssignableDigitalResource) own(w *writer) {
	a.DigitalResource.own(w)
	w.time("dateToActivate", a.DateToActivate)
	w.time("dateToShow", a.DateToShow)
	w.time("dateToStartOn", a.DateToStartOn)
	w.time("dateToSubmit", a.DateToSubmit)
	w.integer("maxAttempts", a.MaxAttempts)
	w.integer("maxSubmits", a.MaxSubmits)
	w.decimal("maxScore", a.MaxScore)
}

// AssessmentItem is a question of a test.
type AssessmentItem struct {
	AssignableDigitalResource
	IsTimeDependent *bool
}

func (a *AssessmentItem) appendNode(w *writer) {
	if a == nil {
		return
	}
	a.begin(w, TypeAssessmentItem)
	a.own(w)
	a.end(w)
}

func (a *AssessmentItem) own(w *writer) {
	a.AssignableDigitalResource.own(w)
	w.boolean("isTimeDependent", a.IsTimeDependent)
}

// Attempt is a person's attempt at an assignable resource.
type Attempt struct {
	Entity
	Assignee      Node // Person
	Assignable    Node // DigitalResource
	IsPartOf      Node // Attempt
	Count         *int
	StartedAtTime time.Time
	EndedAtTime   time.Time
	Duration      time.Duration
}

func (a *Attempt) appendNode(w *writer) {
	if a == nil {
		return
	}
	a.begin(w, TypeAttempt)
	a.own(w)
	a.end(w)
}

func (a *Attempt) own(w *writer) {
	w.node("assignee", a.Assignee)
	w.node("assignable", a.Assignable)
	w.node("isPartOf", a.IsPartOf)
	w.integer("count", a.Count)
	w.time("startedAtTime", a.StartedAtTime)
	w.time("endedAtTime", a.EndedAtTime)
	w.duration("duration", a.Duration)
}

// Response is an answer to a question; its Type says of which kind, and with it which
// of Value, Values and Selections applies.
type Response struct {
	Entity
	Attempt       Node // Attempt
	StartedAtTime time.Time
	EndedAtTime   time.Time
	Duration      time.Duration
	Value         string   // MultipleChoice, OpenEnded, TrueFalse
	Values        []string // FillinBlank, MultipleResponse, SelectText
	Selections    []string // Multiselect, RatingScale
}

func (r *Response) appendNode(w *writer) {
	if r == nil {
		return
	}
	r.begin(w, TypeResponse)
	r.own(w)
	r.end(w)
}

func (r *Response) own(w *writer) {
	w.node("attempt", r.Attempt)
	w.time("startedAtTime", r.StartedAtTime)
	w.time("endedAtTime", r.EndedAtTime)
	w.duration("duration", r.Duration)
	w.text("value", r.Value)
	writeTexts(w, "values", r.Values)
	writeTexts(w, "selections", r.Selections)
}

// Score is the outcome of an attempt as one grader gave it.
type Score struct {
	Entity
	Attempt    Node // Attempt
	MaxScore   *float64
	ScoreGiven *float64
	ScoredBy   Node // Agent
	Comment    string
	ScoreType  string // no Caliper property: TimeBack's, for presets that list it
}

func (s *Score) appendNode(w *writer) {
	if s == nil {
		return
	}
	s.begin(w, TypeScore)
	s.own(w)
	s.end(w)
}

func (s *Score) own(w *writer) {
	w.node("attempt", s.Attempt)
	w.decimal("maxScore", s.MaxScore)
	w.decimal("scoreGiven", s.ScoreGiven)
	w.node("scoredBy", s.ScoredBy)
	w.text("comment", s.Comment)
	w.text("scoreType", s.ScoreType)
}

// Result is the outcome that stands for the learner.
type Result struct {
	Entity
	Attempt        Node // Attempt
	MaxResultScore *float64
	ResultScore    *float64
	ScoredBy       Node // Agent
	Comment        string
}

func (r *Result) appendNode(w *writer) {
	if r == nil {
		return
	}
	r.begin(w, TypeResult)
	r.own(w)
	r.end(w)
}

func (r *Result) own(w *writer) {
	w.node("attempt", r.Attempt)
	w.decimal("maxResultScore", r.MaxResultScore)
	w.decimal("resultScore", r.ResultScore)
	w.node("scoredBy", r.ScoredBy)
	w.text("comment", r.Comment)
}

// Comment is what a person says about something.
type Comment struct {
	Entity
	Commenter   Node // Person
	CommentedOn Node // any entity
	Value       string
}

func (c *Comment) appendNode(w *writer) {
	if c == nil {
		return
	}
	c.begin(w, TypeComment)
	c.own(w)
	c.end(w)
}

func (c *Comment) own(w *writer) {
	w.node("commenter", c.Commenter)
	w.node("commentedOn", c.CommentedOn)
	w.text("value", c.Value)
}
