package translate

import (
	"math"
	"strings"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// score is what an attempt was given, v1p0's Result with it. The attempt is named by its IRI: it is the event's object.
// A comment, which somebody wrote for the student, stays.
func (t *translation) score(s *blackboard.Score, graded *blackboard.Attempt, attempt string) *caliper.Score {
	iri, ok := t.authoredIRI(s.ID)
	if !ok {
		iri = derived(attempt + "/score")
	}
	out := &caliper.Score{
		Entity: caliper.Entity{ID: iri}, Attempt: caliper.IRI(attempt),
		MaxScore: s.OutOf(), ScoreGiven: scoreGiven(s), ScoredBy: t.scoredBy(s.ScoredBy),
	}
	if graded.Assignable != nil && graded.Assignable.Type == string(caliper.TypeAssessmentItem) {
		out.ScoreType = t.opts.Events.QuestionScoreType
		scale(out, t.opts.Events.QuestionMaxScore)
	}
	return out
}

// scale gives a score another maximum, of which it says the same part as before; 0 leaves it alone. A score of which no
// maximum is known cannot be scaled.
func scale(s *caliper.Score, to float64) {
	if to == 0 || s.MaxScore == nil || *s.MaxScore <= 0 {
		return
	}
	if s.ScoreGiven != nil {
		given := *s.ScoreGiven / *s.MaxScore * to
		if math.IsInf(given, 0) {
			return
		}
		s.ScoreGiven = &given
	}
	s.MaxScore = &to
}

// scoreGiven is the score, without a zero that is none: Learn sends a GradeEvent also when a student submits and when a
// grade is cleared or deleted, and says which by the last word of bb:action.name. Where it does not say, the zero is
// what the event says was given.
func scoreGiven(s *blackboard.Score) *float64 {
	if s.Given == nil || *s.Given != 0 || s.ActionName == "" {
		return s.Given
	}
	switch word := s.ActionName[strings.LastIndexByte(s.ActionName, '.')+1:]; word {
	case "grade", "override":
		return s.Given
	default:
		return nil
	}
}

// scoredBy is who scored: the application, or a person whom the map has.
func (t *translation) scoredBy(who blackboard.Entity) caliper.Node {
	switch who := who.(type) {
	case *blackboard.SoftwareApplication:
		return t.edApp
	case *blackboard.Person:
		if id, ok := t.personID(who); ok {
			return t.personNode(id)
		}
	}
	return nil
}
