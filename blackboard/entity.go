package blackboard

import (
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Entity is a thing that an event names: one of the pointer types of this
// package, such as [*Person] or [*LTILaunch]. An entity that no type stands for
// is a [*Thing].
type Entity interface {
	// Ref is the entity's identifier as sent: usually an IRI, sometimes a
	// bare id, "" if it came without.
	Ref() string

	// Term is its type as a term, "Person".
	Term() string
}

// The terms of the entities that this package reads.
const (
	termPerson              = "Person"
	termSoftwareApplication = "SoftwareApplication"
	termSession             = "Session"
	termLtiSession          = "LtiSession"
	termDigitalResource     = "DigitalResource"
	termCourseOffering      = "CourseOffering"
	termCourseSection       = "CourseSection"
	termGroup               = "Group"
	termOrganization        = "Organization"
	termMembership          = "Membership"
	termLTILaunch           = "LTILaunchInfo"
	termLTIReturn           = "LTILaunchReturnInfo"
	termAssignable          = "AssignableDigitalResource"
	termAssessment          = "Assessment"
	termAssessmentItem      = "AssessmentItem"
	termAttempt             = "Attempt"
	termResponse            = "Response"
	termScore               = "Score"
	termResult              = "Result" // v1p0's Score
	termCalculatedGrade     = "CalculatedGrade"
	termForum               = "Forum"
	termForumPost           = "ForumPost"
	termContent             = "Content"
	termContentUpdate       = "UpdatedContentProperties"
	termBlog                = "Blog"
	termBlogPost            = "BlogPost"
	termWikiPage            = "WikiPage"
	termWikiPost            = "WikiPost"
	termMiniUser            = "MiniUser"
)

// wireEntity is an entity in the form that both decoders fill: strings where
// v1p1 has strings, nothing checked. entity is nil if nothing was there.
type wireEntity interface{ entity() Entity }

// orNone is the entity that p points to, nil for a nil pointer: an Entity that
// holds one would not be nil.
func orNone[T any, P interface {
	*T
	Entity
}](p P) Entity {
	if p == nil {
		return nil
	}
	return p
}

// newWireEntity makes room for an entity of the given term; nil if no type of
// this package stands for it. A type more is a line more.
func newWireEntity(term string) wireEntity {
	if room, ok := wireEntities[term]; ok {
		return room()
	}
	if strings.HasSuffix(term, termResponse) {
		return new(wireResponse)
	}
	return nil
}

// room makes a wire form.
func room[T any, P interface {
	*T
	wireEntity
}]() wireEntity {
	return P(new(T))
}

// wireEntities are the entities that this package reads, by their terms. What
// is viewed has whatever of Caliper's types Learn takes for it.
var wireEntities = map[string]func() wireEntity{
	termPerson:              room[wirePerson],
	termSoftwareApplication: room[wireApplication],
	termSession:             room[wireSession],
	termLtiSession:          room[wireSession],
	termMembership:          room[wireMembership],
	termOrganization:        room[wireOrganization],
	termCourseOffering:      room[wireOrganization],
	termCourseSection:       room[wireOrganization],
	termGroup:               room[wireOrganization],
	termLTILaunch:           room[wireLaunch],
	termLTIReturn:           room[wireReturn],
	termAssignable:          room[wireAssignable],
	termAssessment:          room[wireAssignable],
	termAssessmentItem:      room[wireAssignable],
	termAttempt:             room[wireAttempt],
	termScore:               room[wireScore],
	termResult:              room[wireScore],
	termCalculatedGrade:     room[wireCalculatedGrade],
	termForum:               room[wireForum],
	termForumPost:           room[wireForumPost],
	termContent:             room[wireContent],
	termContentUpdate:       room[wireContentUpdate],
	termBlog:                room[wireBlog],
	termBlogPost:            room[wireBlogPost],
	termWikiPage:            room[wireWikiPage],
	termWikiPost:            room[wireWikiPost],
	termMiniUser:            room[wireGroupUser],
	termDigitalResource:     room[wireResource],
	"Chapter":               room[wireResource],
	"Document":              room[wireResource],
	"Frame":                 room[wireResource],
	"Page":                  room[wireResource],
	"Reading":               room[wireResource],
	"WebPage":               room[wireResource],
}

// termOfKind is the type of an entity of which nothing is known but its IRI.
func termOfKind(k IRIKind) string {
	switch k {
	case KindUser:
		return termPerson
	case KindSession:
		return termSession
	case KindApplication:
		return termSoftwareApplication
	case KindCourse:
		return termCourseOffering
	case KindGroup:
		return termGroup
	case KindMember:
		return termMembership
	case KindSite:
		return termDigitalResource
	}
	return ""
}

// errOdd says that an event is not in the plain form of v1p1 that the hot path
// reads. It never leaves the package.
var errOdd = errors.New("not in the plain form")

// slot is a place of an event where several types of entity may stand.
type slot struct{ wireEntity }

// entity is nil if the slot is empty.
func (s slot) entity() Entity {
	if s.wireEntity == nil {
		return nil
	}
	return s.wireEntity.entity()
}

// UnmarshalJSONFrom looks ahead for the type, then reads into the wire form of
// that type. It refuses what has no type that we know, for the slow path.
func (s *slot) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	typ, gen, ok := peekType(dec.UnreadBuffer())
	if !ok || gen != V1P1 {
		return errOdd
	}
	if s.wireEntity = newWireEntity(term(string(typ))); s.wireEntity == nil {
		return errOdd
	}
	return json.UnmarshalDecode(dec, s.wireEntity)
}

// peopled is an entity in which people are named.
type peopled interface{ mention(add func(*Person)) }

// mentionIn calls add for each person whom an entity names, nil among them.
func mentionIn(e Entity, add func(*Person)) {
	switch e := e.(type) {
	case *Person:
		add(e)
	case peopled:
		e.mention(add)
	}
}

// base is what every entity has.
type base struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Name string `json:"name"`
}

// Thing is an entity of a type that this package does not know, or of none.
type Thing struct {
	ID, Type, Name string
}

// Ref is the thing's identifier.
func (t *Thing) Ref() string { return t.ID }

// Term is the thing's type.
func (t *Thing) Term() string { return t.Type }

type wireThing base

func (w *wireThing) entity() Entity {
	if w.ID == "" && w.Name == "" {
		return nil
	}
	return &Thing{ID: w.ID, Type: term(w.Type), Name: w.Name}
}
