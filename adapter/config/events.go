package config

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// How an entity is written where Caliper allows both: the values of Events.Person and Events.EdApp.
const (
	FormIRI    = "iri"    // by its id alone
	FormObject = "object" // with its type
)

// Events is how events are written for one destination, where that is not as the preset has it: a field that is nil
// leaves it to the preset. docs/destinations.md says what each preset has.
type Events struct {
	// Person and EdApp are FormIRI or FormObject.
	Person *string `mapstructure:"person"`
	EdApp  *string `mapstructure:"ed_app"`
	// LoginTarget says whether a login keeps the resource that the person wanted.
	LoginTarget *bool `mapstructure:"login_target"`
	// SessionExtensions are written into the session of a login. The values are booleans, numbers or text.
	SessionExtensions map[string]any `mapstructure:"session_extensions"`
	// AutoSession is the session IRI of an event that has no session of its own; "" for none.
	AutoSession *string `mapstructure:"auto_session"`
	// AssignableMediaType is the mediaType of an AssignableEvent's object; "" for none.
	AssignableMediaType *string `mapstructure:"assignable_media_type"`
	// AssignableStart says whether the attempt of an AssignableEvent has a start even where Learn only repeats the
	// event's time.
	AssignableStart *bool `mapstructure:"assignable_start"`
	// QuestionScoreType is TimeBack's scoreType of a Score that grades one question; "" for none.
	QuestionScoreType *string `mapstructure:"question_score_type"`
	// QuestionMaxScore is what the highest score of such a Score becomes; 0: it stays as it is.
	QuestionMaxScore *float64 `mapstructure:"question_max_score"`
	// ViewAttempt says whether a view carries an attempt, and ItemStartAttempt whether the start of a question does.
	ViewAttempt      *bool `mapstructure:"view_attempt"`
	ItemStartAttempt *bool `mapstructure:"item_start_attempt"`
	// StudentGraded makes the student the actor of a GradeEvent, in place of who graded.
	StudentGraded *bool `mapstructure:"student_graded"`
	// AnonymousObjects says whether what Learn does not identify leaves as an anonymous entity, or is skipped.
	AnonymousObjects *bool `mapstructure:"anonymous_objects"`
}

func (r rules) events(path string, e Events) {
	for key, form := range map[string]*string{"person": e.Person, "ed_app": e.EdApp} {
		if form != nil {
			r.oneOf(path+"."+key, *form, FormIRI, FormObject)
		}
	}
	if s := e.AutoSession; s != nil && *s != "" && !isIRI(*s) {
		r.bad(path+".auto_session", `must be an absolute IRI such as urn:tag:auto-attach, or "" for none`)
	}
	if s := e.AssignableMediaType; s != nil && *s != "" && !isMediaType(*s) {
		r.bad(path+".assignable_media_type", `must be a media type such as text/html, or "" for none`)
	}
	if s := e.QuestionScoreType; s != nil && *s != "" && !isTerm(strings.ReplaceAll(*s, "_", "")) {
		r.bad(path+".question_score_type", `must be a term such as QUESTION_RESULT, or "" for none`)
	}
	if n := e.QuestionMaxScore; n != nil && (!(*n >= 0) || math.IsInf(*n, 0)) {
		r.bad(path+".question_max_score", "must be a number of points, or 0 to leave scores as they are")
	}
	r.sessionExtensions(path+".session_extensions", e.SessionExtensions)
}

// sessionExtensions keeps Learn's own keys from coming back by the configuration, and values plain.
func (r rules) sessionExtensions(path string, extensions map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(extensions)) {
		at := joinPath(path, key)
		if key == "" || strings.HasPrefix(key, "bb:") {
			r.bad(at, "must have a name of the collector's, not one of Learn's")
		}
		switch extensions[key].(type) {
		case bool, int, float64, string:
		default:
			r.bad(at, "must be true, false, a number or text")
		}
	}
}

// isMediaType says whether s is type/subtype (RFC 9110 section 8.3.1), without parameters.
func isMediaType(s string) bool {
	typ, subtype, ok := strings.Cut(s, "/")
	return ok && isHeaderToken(typ) && isHeaderToken(subtype)
}
