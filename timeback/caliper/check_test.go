package caliper

import (
	"strings"
	"testing"
)

// mustTests has for each MUST of the specification's common part a document that
// keeps it and one that breaks it; both are the base with one change.
var mustTests = []struct {
	must       string
	base       func() object
	keep       edit
	broken     edit
	path, rule string
}{
	// @context
	{"context is required", login, set("@context", Context), drop("@context"), "$.@context", "required"},
	{"context string is exact", login, set("@context", Context), set("@context", Context+"/"), "$.@context", Context},
	{"context is http", login, set("@context", Context), set("@context", "https"+Context[4:]), "$.@context", Context},
	{"context is this version", login, set("@context", list{"http://purl.imsglobal.org/ctx/caliper/v1p1", Context}), set("@context", "http://purl.imsglobal.org/ctx/caliper/v1p1"), "$.@context", Context},
	{"context comes last", login, set("@context", list{"http://example.edu/ctx", Context}), set("@context", list{Context, "http://example.edu/ctx"}), "$.@context[1]", "last"},
	{"context list is not empty", login, set("@context", list{Context}), set("@context", list{}), "$.@context", "last"},
	{"context list holds contexts", login, set("@context", list{object{"ex": "http://example.edu/"}, Context}), set("@context", list{7, Context}), "$.@context[0]", "local context"},
	{"context terms are not defined inline", login, set("@context", list{object{"id": "@id", "type": "@type", "mine": "http://example.edu/"}, Context}), set("@context", list{object{"actor": "http://example.edu/"}, Context}), "$.@context[0].actor", "does not define"},
	{"context is no other value", login, set("@context", object{"ex": "http://example.edu/"}), set("@context", 12), "$.@context", Context},
	{"local context is allowed", login, set("actor.@context", "http://example.edu/ctx"), set("actor.@context", "free text"), "$.actor.@context", "local context"},
	{"local context overrides nothing", login, set("actor.@context", object{"mine": "http://example.edu/"}), set("actor.@context", object{"Person": "http://example.edu/"}), "$.actor.@context.Person", "does not define"},

	// id, type, action, profile, eventTime
	{"id is required", login, set("id", eventID), drop("id"), "$.id", "required"},
	{"id is a UUID URN", login, set("id", "urn:uuid:2F1E7A34-90AB-1F7B-8A54-0D5F2C0A9E01"), set("id", "2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e01"), "$.id", "urn:uuid:"},
	{"id holds a UUID", login, set("id", eventID), set("id", "urn:uuid:2f1e7a34"), "$.id", "urn:uuid:"},
	{"id is a URN", login, set("id", eventID), set("id", "https://example.edu/events/1"), "$.id", "urn:uuid:"},
	{"type is required", login, set("type", "SessionEvent"), drop("type"), "$.type", "required"},
	{"type is a term", login, set("type", "SessionEvent"), set("type", "http://purl.imsglobal.org/caliper/SessionEvent"), "$.type", "term"},
	{"type is known", login, set("type", "SessionEvent"), set("type", "LTIEvent"), "$.type", "term"},
	{"type is one string", login, set("type", "SessionEvent"), set("type", list{"SessionEvent"}), "$.type", "string"},
	{"action is required", login, set("action", "LoggedIn"), drop("action"), "$.action", "required"},
	{"action is of the event", login, set("action", "LoggedOut"), set("action", "Viewed"), "$.action", "LoggedIn"},
	{"action is a term", login, set("action", "LoggedIn"), set("action", "http://purl.imsglobal.org/vocab/caliper/v1/action#LoggedIn"), "$.action", "LoggedIn"},
	{"action is one", login, set("action", "LoggedIn"), set("action", list{"LoggedIn"}), "$.action", "LoggedIn"},
	{"profile is known", login, set("profile", "SessionProfile"), set("profile", "LoginProfile"), "$.profile", "one of"},
	{"profile fits the event", login, set("profile", "GeneralProfile"), set("profile", "MediaProfile"), "$.profile", "one of"},
	{"profile is one", login, set("profile", "SessionProfile"), set("profile", list{"SessionProfile"}), "$.profile", "one of"},
	{"eventTime is required", login, set("eventTime", moment), drop("eventTime"), "$.eventTime", "required"},
	{"eventTime has milliseconds", login, set("eventTime", "2024-02-29T23:59:59.999Z"), set("eventTime", "2024-02-29T23:59:59Z"), "$.eventTime", "YYYY"},
	{"eventTime has no more", login, set("eventTime", moment), set("eventTime", "2024-02-29T23:59:59.999999Z"), "$.eventTime", "YYYY"},
	{"eventTime has no offset", login, set("eventTime", moment), set("eventTime", "2024-02-29T23:59:59.999+00:00"), "$.eventTime", "YYYY"},
	{"eventTime is a real date", login, set("eventTime", moment), set("eventTime", "2023-02-29T23:59:59.999Z"), "$.eventTime", "YYYY"},
	{"eventTime is a string", login, set("eventTime", moment), set("eventTime", 1700000000), "$.eventTime", "YYYY"},

	// Entities or IRIs
	{"actor is required", login, set("actor", someIRI), drop("actor"), "$.actor", "required"},
	{"object is required", login, set("object", someIRI), drop("object"), "$.object", "required"},
	{"actor is an IRI", login, set("actor", "urn:uuid:2f1e7a34-90ab-4f7b-8a54-0d5f2c0a9e01"), set("actor", "Ada Lovelace"), "$.actor", "IRI"},
	{"IRI is absolute", login, set("actor", "https://example.edu"), set("actor", "/users/1"), "$.actor", "IRI"},
	{"IRI has something behind the scheme", login, set("actor", "ex:a"), set("actor", "https:"), "$.actor", "IRI"},
	{"entity has an id", login, set("actor.id", someIRI), drop("actor.id"), "$.actor.id", "required"},
	{"entity id is an IRI", login, set("actor.id", "_:b0"), set("actor.id", "b0"), "$.actor.id", "IRI"},
	{"entity has a type", login, set("actor.type", "Person"), drop("actor.type"), "$.actor.type", "required"},
	{"entity type is known", login, set("actor.type", "Person"), set("actor.type", "Student"), "$.actor.type", "term"},
	{"entity is an object or string", login, set("edApp", of(TypeSoftwareApplication)), set("edApp", list{someIRI}), "$.edApp", "a SoftwareApplication"},
	{"event is no entity", login, set("referrer", of(TypeWebPage)), set("referrer", login()), "$.referrer.type", "entity type"},
	{"edApp", login, set("edApp", someIRI), set("edApp", of(TypePerson)), "$.edApp", "a SoftwareApplication"},
	{"edApp is no text", login, set("edApp", someIRI), set("edApp", "Learn"), "$.edApp", "IRI"},
	{"group", login, set("group", of(TypeCourseSection)), set("group", of(TypePerson)), "$.group", "an Organization"},
	{"group is no text", login, set("group", someIRI), set("group", "Course 1"), "$.group", "IRI"},
	{"membership", login, set("membership", of(TypeMembership)), set("membership", of(TypeGroup)), "$.membership", "a Membership"},
	{"membership is no text", login, set("membership", someIRI), set("membership", "member"), "$.membership", "IRI"},
	{"session takes the subtype", login, set("session", of(TypeLtiSession)), set("session", of(TypePerson)), "$.session", "a Session"},
	{"session is no text", login, set("session", "urn:tag:auto-attach"), set("session", "auto"), "$.session", "IRI"},
	{"federatedSession is an LtiSession", login, set("federatedSession", of(TypeLtiSession)), set("federatedSession", of(TypeSession)), "$.federatedSession", "an LtiSession"},
	{"federatedSession is no text", login, set("federatedSession", someIRI), set("federatedSession", "session"), "$.federatedSession", "IRI"},
	{"referrer is no text", launch, set("referrer", someIRI), set("referrer", "page"), "$.referrer", "IRI"},
	{"target is no text", login, set("target", someIRI), set("target", "page"), "$.target", "IRI"},

	// Properties
	{"unknown properties go into extensions", login, set("extensions", object{"launchUrl": "x"}), set("launchUrl", "x"), "$.launchUrl", "extensions"},
	{"unknown properties of entities, too", login, set("actor.extensions", object{"email": "x"}), set("actor.email", "x"), "$.actor.email", "extensions"},
	{"deprecated Session.actor", timeout, set("object.user", someIRI), set("object.actor", someIRI), "$.object.actor", "extensions"},
	{"keywords of JSON-LD are no properties", login, set("actor.id", someIRI), set("actor.@id", someIRI), "$.actor.@id", "extensions"},
	{"extensions is an object", login, set("extensions", object{}), set("extensions", "text"), "$.extensions", "an object"},
	{"extensions is no IRI", login, set("extensions", object{"a": list{1, object{"b": true}}}), set("extensions", someIRI), "$.extensions", "an object"},
	{"extensions is no array", login, set("extensions", object{"name": 1}), set("extensions", list{}), "$.extensions", "an object"},
	{"no null in a required property", login, set("actor", someIRI), set("actor", nil), "$.actor", "null"},
	{"no null in an optional property", login, same, set("session", nil), "$.session", "null"},
	{"no null in a list", describer(TypePerson), set("otherIdentifiers", list{}), set("otherIdentifiers", list{nil}), "$.otherIdentifiers[0]", "null"},
	{"no null in extensions", login, set("extensions", object{"a": false}), set("extensions", object{"a": list{nil}}), "$.extensions.a[0]", "null"},

	// SessionEvent
	{"LoggedIn: actor is a Person", login, set("actor", of(TypePerson)), set("actor", of(TypeSoftwareApplication)), "$.actor", "a Person"},
	{"LoggedIn: object is a SoftwareApplication", login, set("object", of(TypeSoftwareApplication)), set("object", of(TypeSession)), "$.object", "a SoftwareApplication"},
	{"LoggedIn: target is a DigitalResource", login, set("target", of(TypeDocument)), set("target", of(TypePerson)), "$.target", "a DigitalResource"},
	{"LoggedIn: referrer", login, set("referrer", of(TypeSoftwareApplication)), set("referrer", of(TypePerson)), "$.referrer", "a DigitalResource"},
	{"LoggedIn: generated is any entity", login, set("generated", of(TypeSession)), set("generated", "session"), "$.generated", "an Entity"},
	{"TimedOut: actor is a SoftwareApplication", timeout, set("actor", of(TypeSoftwareApplication)), set("actor", of(TypePerson)), "$.actor", "a SoftwareApplication"},
	{"TimedOut: object is a Session", timeout, set("object", of(TypeLtiSession)), set("object", of(TypeSoftwareApplication)), "$.object", "a Session"},
	{"Session.user", timeout, set("object.user", of(TypePerson)), set("object.user", of(TypeGroup)), "$.object.user", "a Person"},
	{"Session.client", timeout, set("object.client", someIRI), set("object.client", "Firefox"), "$.object.client", "IRI"},
	{"Session.duration", timeout, set("object.duration", "PT3000S"), set("object.duration", 3000), "$.object.duration", "ISO 8601"},
	{"Session.startedAtTime", timeout, set("object.startedAtTime", moment), set("object.startedAtTime", "yesterday"), "$.object.startedAtTime", "YYYY"},
	{"messageParameters is a map", launch, set("federatedSession.messageParameters", object{"roles": list{"Learner"}, "x": object{"y": 1}}), set("federatedSession.messageParameters", list{}), "$.federatedSession.messageParameters", "an object"},
	{"messageParameters is of an LtiSession", launch, set("session", of(TypeSession)), set("session", object{"id": someIRI, "type": "Session", "messageParameters": object{}}), "$.session.messageParameters", "extensions"},

	// ToolLaunchEvent
	{"Launched: federatedSession is required", launch, set("federatedSession", someIRI), drop("federatedSession"), "$.federatedSession", "required"},
	{"Launched: federatedSession is an LtiSession", launch, set("federatedSession", of(TypeLtiSession)), set("federatedSession", of(TypeSession)), "$.federatedSession", "an LtiSession"},
	{"ToolLaunch: actor", launch, set("actor", someIRI), set("actor", of(TypeGroup)), "$.actor", "a Person"},
	{"ToolLaunch: object", launch, set("object", someIRI), set("object", of(TypeLtiLink)), "$.object", "a SoftwareApplication"},
	{"ToolLaunch: target", launch, set("target", of(TypeLink)), set("target", of(TypeDigitalResource)), "$.target", "a Link or an LtiLink"},
	{"ToolLaunch: generated", launch, set("generated", of(TypeDocument)), set("generated", of(TypePerson)), "$.generated", "a DigitalResource"},
	{"ToolLaunch: action", launch, set("action", "Returned"), set("action", "LoggedIn"), "$.action", "Launched, Returned"},
	{"LtiLink.messageType", launch, set("target", with(TypeLtiLink, "messageType", "LtiResourceLinkRequest")), set("target", with(TypeLtiLink, "messageType", "LtiThing")), "$.target.messageType", "one of"},

	// Membership, organizations, applications, identifiers
	{"roles are terms", describer(TypeMembership), set("roles", list{"Learner", "Instructor#TeachingAssistant", "Manager#Manager", "Mentor#Auditor"}), set("roles", list{"urn:lti:role:ims/lis/Learner"}), "$.roles[0]", "one of"},
	{"roles are no system roles", describer(TypeMembership), set("roles", list{}), set("roles", list{"Learner", "urn:lti:sysrole:ims/lis/Administrator"}), "$.roles[1]", "one of"},
	{"roles is an array", describer(TypeMembership), set("roles", list{"Learner"}), set("roles", "Learner"), "$.roles", "an array"},
	{"status is a term", describer(TypeMembership), set("status", "Inactive"), set("status", "Deleted"), "$.status", "Active, Inactive"},
	{"Membership.member", describer(TypeMembership), set("member", of(TypePerson)), set("member", of(TypeSoftwareApplication)), "$.member", "a Person"},
	{"Membership.organization", describer(TypeMembership), set("organization", of(TypeCourseSection)), set("organization", "Course"), "$.organization", "IRI"},
	{"Membership needs an id", describer(TypeMembership), set("id", someIRI), drop("id"), "$.id", "required"},
	{"host is a string", describer(TypeSoftwareApplication), set("host", "example.edu"), set("host", 1), "$.host", "a string"},
	{"ipAddress is a string", describer(TypeSoftwareApplication), set("ipAddress", "192.0.2.1"), set("ipAddress", list{}), "$.ipAddress", "a string"},
	{"userAgent is a string", describer(TypeSoftwareApplication), set("userAgent", "Browser"), set("userAgent", object{}), "$.userAgent", "a string"},
	{"version is a string", describer(TypeSoftwareApplication), set("version", "1.0"), set("version", 1.0), "$.version", "a string"},
	{"identifierType is a term", identified, set("otherIdentifiers", identifier("CaseItemUri", nil)), set("otherIdentifiers", identifier("LmsAccountId", nil)), "$.otherIdentifiers[0].identifierType", "one of"},
	{"identifier is a string", identified, set("otherIdentifiers", identifier("Other", nil)), set("otherIdentifiers", identifier("Other", set("identifier", 5))), "$.otherIdentifiers[0].identifier", "a string"},
	{"identifier is required", identified, set("otherIdentifiers", list{}), set("otherIdentifiers", identifier("Other", drop("identifier"))), "$.otherIdentifiers[0].identifier", "required"},
	{"identifierType is required", identified, set("otherIdentifiers", list{}), set("otherIdentifiers", identifier("Other", drop("identifierType"))), "$.otherIdentifiers[0].identifierType", "required"},
	{"a SystemIdentifier has no id", identified, set("otherIdentifiers", identifier("Other", set("extensions", object{}))), set("otherIdentifiers", identifier("Other", set("id", someIRI))), "$.otherIdentifiers[0].id", "extensions"},
	{"a SystemIdentifier is an object or an IRI", identified, set("otherIdentifiers", list{someIRI}), set("otherIdentifiers", list{"free text"}), "$.otherIdentifiers[0]", "as an object or as an absolute IRI"},
	{"otherIdentifiers holds nothing else", identified, set("otherIdentifiers", list{}), set("otherIdentifiers", list{of(TypePerson)}), "$.otherIdentifiers[0]", "a SystemIdentifier"},
	{"a SystemIdentifier's source", identified, set("otherIdentifiers", identifier("Other", set("source", someIRI))), set("otherIdentifiers", identifier("Other", set("source", of(TypePerson)))), "$.otherIdentifiers[0].source", "a SoftwareApplication"},
	{"a selector is an object", describer(TypeHighlightAnnotation), set("selection", object{"type": "TextPositionSelector", "start": 1, "end": 2}), set("selection", someIRI), "$.selection", "as an object"},

	// Describes
	{"a describe has a context", describer(TypePerson), set("@context", list{Context}), drop("@context"), "$.@context", "required"},
	{"a describe has this context", describer(TypePerson), set("@context", Context), set("@context", "http://example.edu/ctx"), "$.@context", Context},
	{"an anonymous entity", describer(TypePerson), set("id", "http://purl.imsglobal.org/caliper/Person"), set("id", ""), "$.id", "IRI"},
	{"a Frame's index counts from 0", describer(TypeFrame), set("index", 0), set("index", -1), "$.index", "not negative"},
	{"maxAttempts is not negative", describer(TypeAssessment), set("maxAttempts", 0), set("maxAttempts", -1), "$.maxAttempts", "not negative"},
	{"maxSubmits is not negative", describer(TypeAssignableDigitalResource), set("maxSubmits", 3), set("maxSubmits", -3), "$.maxSubmits", "not negative"},
	{"a selector begins at 0", describer(TypeTextPositionSelector), set("start", 0), set("start", -1), "$.start", "not negative"},
	{"an Assessment's items", describer(TypeAssessment), set("items", list{of(TypeAssessmentItem), someIRI}), set("items", list{of(TypeDocument)}), "$.items[0]", "an AssessmentItem"},
	{"a Forum's items", describer(TypeForum), set("items", list{of(TypeThread)}), set("items", list{of(TypeThread), of(TypeMessage)}), "$.items[1]", "a Thread"},
	{"a Questionnaire's items are required", describer(TypeQuestionnaire), set("items", list{}), drop("items"), "$.items", "required"},
}

// same leaves the base as it is.
func same(object) {}

func describer(t EntityType) func() object { return func() object { return describe(t) } }
func identified() object                   { return describe(TypePerson) }

func with(t EntityType, name string, v any) object {
	doc := of(t)
	doc[name] = v
	return doc
}

func identifier(kind string, change edit) list {
	doc := object{"type": "SystemIdentifier", "identifierType": kind, "identifier": "x1"}
	if change != nil {
		change(doc)
	}
	return list{doc}
}

func TestEveryMust(t *testing.T) {
	checker := NewChecker(Options{})
	for _, test := range mustTests {
		t.Run(test.must, func(t *testing.T) {
			kept, broken := test.base(), test.base()
			test.keep(kept)
			test.broken(broken)
			wantAccepted(t, checker.Document(encode(t, kept)))
			wantRefused(t, checker.Document(encode(t, broken)), test.path, test.rule)
		})
	}
}

func TestEnvelopeMusts(t *testing.T) {
	checker := NewChecker(Options{})
	envelope := func() object { return envelopeOf(login(), describe(TypePerson)) }
	for _, test := range []struct {
		must         string
		keep, broken edit
		path, rule   string
	}{
		{"sensor is required", set("sensor", "not an IRI"), drop("sensor"), "$.sensor", "required"},
		{"sensor is not empty", set("sensor", "s"), set("sensor", ""), "$.sensor", "not empty"},
		{"sensor is a string", set("sensor", someIRI), set("sensor", 1), "$.sensor", "a string"},
		{"sendTime is required", set("sendTime", moment), drop("sendTime"), "$.sendTime", "required"},
		{"sendTime has its form", set("sendTime", moment), set("sendTime", "2026-02-03T04:05:06Z"), "$.sendTime", "YYYY"},
		{"dataVersion is required", set("dataVersion", DataVersion), drop("dataVersion"), "$.dataVersion", "required"},
		{"dataVersion is exact", set("dataVersion", DataVersion), set("dataVersion", "http://purl.imsglobal.org/ctx/caliper/v1p1"), "$.dataVersion", DataVersion},
		{"data is required", set("data", list{login()}), drop("data"), "$.data", "required"},
		{"data is not empty", set("data", list{login()}), set("data", list{}), "$.data", "one or more"},
		{"data is an array", set("data", list{login()}), set("data", login()), "$.data", "one or more"},
		{"no custom properties", set("data", list{launch()}), set("extensions", object{}), "$.extensions", "no custom"},
		{"no null", set("sensor", "x"), set("sensor", nil), "$.sensor", "a string"},
		{"items are objects", set("data", list{login()}), set("data", list{login(), someIRI}), "$.data[1]", "as an object"},
		{"items are conformant", set("data", list{login()}), set("data", list{login(), object{"type": "Person"}}), "$.data[1].@context", "required"},
		{"items have a context each", set("data", list{login()}), set("data", list{without(login(), "@context")}), "$.data[0].@context", "required"},
		{"items break rules deep down", set("data", list{login()}), set("data", list{login(), changed(login(), "actor", object{"id": "x", "type": "Person"})}), "$.data[1].actor.id", "IRI"},
	} {
		t.Run(test.must, func(t *testing.T) {
			kept, broken := envelope(), envelope()
			test.keep(kept)
			test.broken(broken)
			wantAccepted(t, checker.Envelope(encode(t, kept)))
			wantRefused(t, checker.Envelope(encode(t, broken)), test.path, test.rule)
		})
	}
}

func without(doc object, name string) object {
	delete(doc, name)
	return doc
}

func changed(doc object, name string, v any) object {
	doc[name] = v
	return doc
}

// What only raw JSON can show.
func TestRawDocuments(t *testing.T) {
	checker := NewChecker(Options{})
	good := string(encode(t, login()))
	person := `{"@context":"` + Context + `","id":"https://example.edu/1","type":"Person"`
	deep := strings.Repeat(`[`, 100_000) + strings.Repeat(`]`, 100_000)
	for _, test := range []struct{ what, doc, path, rule string }{
		{"duplicate property", strings.Replace(good, `{`, `{"type":"SessionEvent",`, 1), "$.type", "only once"},
		{"duplicate by escape", person + `,"name":"a","na\u006de":"b"}`, "$.name", "only once"},
		{"duplicate in an entity", person + `,"otherIdentifiers":[{"type":"SystemIdentifier","type":"SystemIdentifier"}]}`, "$.otherIdentifiers[0].type", "only once"},
		{"duplicate in extensions", person + `,"extensions":{"a":{"b c":1,"b c":2}}}`, `$.extensions.a["b c"]`, "only once"},
		{"duplicate among many", person + `,"extensions":{` + manyNames(60) + `,"n7":1}}`, "$.extensions.n7", "only once"},
		{"truncated", good[:len(good)-1], "$", "well-formed"},
		{"two values", good + good, "$", "well-formed"},
		{"invalid UTF-8", person + ",\"name\":\"\xff\"}", "$", "well-formed"},
		{"lone surrogate", person + `,"name":"\ud800"}`, "$", "well-formed"},
		{"byte order mark", "\ufeff" + good, "$", "without a byte order mark"},
		{"empty", "", "$", "well-formed"},
		{"deep nesting", deep, "$", "well-formed"},
		{"deep extensions", person + `,"extensions":{"a":` + deep + `}}`, "$", "well-formed"},
		{"no object", `[]`, "$", "as an object"},
		{"null", `null`, "$", "as an object"},
		{"envelope", `{"sensor":"s"}`, "$.type", "required"},
		{"long hostile name", person + `,"` + strings.Repeat("é", 500) + `":1}`, "", "no such property"},
	} {
		t.Run(test.what, func(t *testing.T) {
			err := checker.Document([]byte(test.doc))
			if test.path == "" {
				if f, ok := err.(*Failure); !ok || len(f.Path) > 200 || !strings.Contains(f.Rule, test.rule) {
					t.Errorf("failure %v", err)
				}
				return
			}
			wantRefused(t, err, test.path, test.rule)
		})
	}
	wantAccepted(t, checker.Document([]byte(" \n"+good+"\n")))
	wantAccepted(t, checker.Document([]byte(person+`,"extensions":{`+manyNames(60)+`}}`)))
	wantAccepted(t, checker.Document([]byte(person+`,"n\u0061me":"\u00e9","extensions":{"a":`+deep[95_000:105_000]+`}}`)))
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"n` + string(rune('0'+i%10)) + strings.Repeat("x", i/10) + `":1`)
	}
	return b.String()
}

func TestEventRefusesWhatIsNoEvent(t *testing.T) {
	checker := NewChecker(Options{})
	wantAccepted(t, checker.Event(encode(t, login())))
	wantRefused(t, checker.Event(encode(t, describe(TypePerson))), "$.type", "event type")
	wantRefused(t, checker.Event([]byte(`[1]`)), "$", "an object")
}

func TestExtraProperties(t *testing.T) {
	score := with(TypeScore, "scoreType", "MASTERY")
	score["@context"] = Context
	plain := NewChecker(Options{})
	widened := NewChecker(Options{ExtraProperties: map[EntityType][]string{
		TypeScore: {"scoreType", "attempt"}, TypeDigitalResource: {"grade"}, "NoType": {"x"},
	}})
	wantRefused(t, plain.Document(encode(t, score)), "$.scoreType", "no such property")
	wantAccepted(t, widened.Document(encode(t, score)))

	page := describe(TypePage)
	page["grade"] = list{1}
	wantAccepted(t, widened.Document(encode(t, page))) // a subtype has it, too
	page["grade"] = nil
	wantRefused(t, widened.Document(encode(t, page)), "$.grade", "null")
	score["attempt"] = "not an IRI" // a known property keeps its rule
	wantRefused(t, widened.Document(encode(t, score)), "$.attempt", "an Attempt")
	twice := strings.Replace(string(encode(t, describe(TypePage))), `{`, `{"grade":1,"grade":2,`, 1)
	wantRefused(t, widened.Document([]byte(twice)), "$.grade", "only once")
}

func TestItems(t *testing.T) {
	checker := NewChecker(Options{})
	bad := without(login(), "actor")
	for _, test := range []struct {
		what  string
		doc   any
		shape Shape
		items []string // "" for a conformant item, else the path of its failure
	}{
		{"single event", login(), SingleShape, []string{""}},
		{"single bad event", bad, SingleShape, []string{"$.actor"}},
		{"single describe", describe(TypeForum), SingleShape, []string{""}},
		{"no type at all", object{"id": someIRI}, SingleShape, []string{"$.type"}},
		{"array", list{login(), bad, describe(TypePerson), 5}, ArrayShape, []string{"", "$.actor", "", "$"}},
		{"envelope", envelopeOf(bad, launch()), EnvelopeShape, []string{"$.actor", ""}},
	} {
		t.Run(test.what, func(t *testing.T) {
			report, err := checker.Items(encode(t, test.doc))
			if err != nil || report.Shape != test.shape || len(report.Items) != len(test.items) {
				t.Fatalf("report %+v, error %v", report, err)
			}
			for i, path := range test.items {
				if path == "" {
					wantAccepted(t, report.Items[i])
				} else {
					wantRefused(t, report.Items[i], path, "")
				}
			}
		})
	}
}

func TestItemsOfABadWhole(t *testing.T) {
	checker := NewChecker(Options{})
	for what, test := range map[string]struct{ doc, path string }{
		"no JSON":        {`{"sensor"`, "$"},
		"empty array":    {`[]`, "$"},
		"empty envelope": {string(encode(t, envelopeOf())), "$.data"},
		"custom key":     {string(encode(t, changed(envelopeOf(login()), "x", 1))), "$.x"},
		"repeated key":   {`{"sensor":"a","sensor":"b"}`, "$.sensor"},
	} {
		report, err := checker.Items([]byte(test.doc))
		t.Run(what, func(t *testing.T) { wantRefused(t, err, test.path, "") })
		if len(report.Items) != 0 {
			t.Errorf("%s: items %v", what, report.Items)
		}
	}
}
