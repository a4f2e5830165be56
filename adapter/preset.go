package adapter

import (
	"cmp"
	"fmt"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// presetOf returns the preset of a destination with all that its configuration says otherwise.
func presetOf(d config.Destination) (timeback.Preset, error) {
	p, ok := timeback.LookupPreset(d.Preset)
	if !ok {
		return p, fmt.Errorf("no preset %s", d.Preset)
	}
	override(&p.Rate, d.Rate)
	override(&p.Batch.MaxEvents, d.Batch.MaxEvents)
	override(&p.Batch.MaxWait, d.Batch.MaxWait)
	if d.Batch.MaxBytes != nil {
		p.Batch.MaxBytes = int(*d.Batch.MaxBytes)
	}
	overrideEndpoint(&p.Endpoint, d.Auth)
	overrideEvents(&p.Events, d.Events)
	p.Events.LTI = cmp.Or(timeback.LTIMode(d.LTI), p.Events.LTI)
	if d.Skip != nil {
		p.Events.Skip = nil
		for _, rule := range d.Skip {
			p.Events.Skip = append(p.Events.Skip, timeback.SkipRule{Type: rule.Type, Action: rule.Action})
		}
	}
	return p, nil
}

// overrideEndpoint takes over how to ask for a token. The addresses of a preset are hints for people: nothing is sent
// to one that nobody wrote down.
func overrideEndpoint(e *timeback.Endpoint, a config.Auth) {
	if a.Scopes != nil {
		e.Scopes = a.Scopes
	}
	switch a.Style {
	case config.StyleBasic:
		e.TokenStyle = timeback.StyleBasic
	case config.StylePost:
		e.TokenStyle = timeback.StyleForm
	}
}

func overrideEvents(f *timeback.EventForm, e config.Events) {
	overrideAs(&f.Person, e.Person)
	overrideAs(&f.EdApp, e.EdApp)
	override(&f.LoginTarget, e.LoginTarget)
	if e.SessionExtensions != nil {
		f.SessionExtensions = caliper.Map(e.SessionExtensions)
	}
	overrideAs(&f.AutoSession, e.AutoSession)
	override(&f.AssignableMediaType, e.AssignableMediaType)
	override(&f.AssignableStart, e.AssignableStart)
	if e.QuestionScoreType != nil {
		f.ScoreTyped(*e.QuestionScoreType)
	}
	override(&f.QuestionMaxScore, e.QuestionMaxScore)
	override(&f.ViewAttempt, e.ViewAttempt)
	override(&f.ItemStartAttempt, e.ItemStartAttempt)
	override(&f.StudentGraded, e.StudentGraded)
	override(&f.AnonymousObjects, e.AnonymousObjects)
}

// override sets a part of a preset to what the configuration says, if it says anything.
func override[T any](part, said *T) {
	if said != nil {
		*part = *said
	}
}

// overrideAs is override for a part with a type of its own.
func overrideAs[T ~string](part *T, said *string) {
	if said != nil {
		*part = T(*said)
	}
}
