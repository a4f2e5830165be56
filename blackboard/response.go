package blackboard

import "time"

// Response is a student's answer to a question.
type Response struct {
	ID   string // …/questions/{pk}/attempts/{pk}/response
	Type string // as sent: MultipleResponseResponse, FillinBlankResponse, …
	Name string

	// Attempt is the attempt that it answers; in v1p0 with what the response
	// itself says of question and student.
	Attempt *Attempt

	// Values are the answers. They are empty in all that has been seen.
	Values []string

	QuestionType string // MultipleAnswer, Essay, … (bb:questionType)

	StartedAt, EndedAt        time.Time // as in [Attempt]
	DateCreated, DateModified time.Time
}

// Ref is the response's identifier.
func (r *Response) Ref() string { return r.ID }

// Term is the kind of response.
func (r *Response) Term() string { return r.Type }

func (r *Response) mention(add func(*Person)) { r.Attempt.mention(add) }

type wireResponse struct {
	base
	Attempt      *wireAttempt    `json:"attempt"`
	Assignable   *wireAssignable `json:"assignable"`
	Actor        *wirePerson     `json:"actor"`
	Value        scalar          `json:"value"`
	Values       []string        `json:"values"`
	StartedAt    scalar          `json:"startedAtTime"`
	EndedAt      scalar          `json:"endedAtTime"`
	DateCreated  scalar          `json:"dateCreated"`
	DateModified scalar          `json:"dateModified"`
	Extensions   struct {
		QuestionType string `json:"bb:questionType"`
	} `json:"extensions"`
}

func (w *wireResponse) entity() Entity {
	r := &Response{
		ID:           w.ID,
		Type:         term(w.Type),
		Name:         w.Name,
		Attempt:      completedAttempt(w.Attempt, w.Assignable, w.Actor, "/response", w.ID),
		Values:       w.values(),
		QuestionType: w.Extensions.QuestionType,
		StartedAt:    w.StartedAt.time(),
		EndedAt:      w.EndedAt.time(),
		DateCreated:  w.DateCreated.time(),
		DateModified: w.DateModified.time(),
	}
	if r.ID == "" && r.Attempt == nil {
		return nil
	}
	fill(&r.Type, termResponse)
	return r
}

// values are those that say something; some kinds of response have one value.
func (w *wireResponse) values() []string {
	var values []string
	for _, v := range append(w.Values, string(w.Value)) {
		if v != "" {
			values = append(values, v)
		}
	}
	return values
}
