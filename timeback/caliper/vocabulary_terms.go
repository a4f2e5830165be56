package caliper

// EventType is the term of an event type (Caliper 1.2, Event subtypes).
type EventType string

// EntityType is the term of an entity type (Caliper 1.2, Entity subtypes).
type EntityType string

// Action is an action term (Caliper 1.2, Actions).
type Action string

// Profile is a profile term (Caliper 1.2, Profiles).
type Profile string

// Status is a membership status term (Caliper 1.2, LIS Statuses).
type Status string

// IdentifierType says what kind of identifier a [SystemIdentifier] carries
// (Caliper 1.2, System Identifier Types).
type IdentifierType string

// MessageType is an LTI message type term (Caliper 1.2, LTI Message Types).
type MessageType string

// The event types. GenericEvent is the supertype, used with [GeneralProfile].
const (
	GenericEvent            EventType = "Event"
	AnnotationEvent         EventType = "AnnotationEvent"
	AssessmentEvent         EventType = "AssessmentEvent"
	AssessmentItemEvent     EventType = "AssessmentItemEvent"
	AssignableEvent         EventType = "AssignableEvent"
	FeedbackEvent           EventType = "FeedbackEvent"
	ForumEvent              EventType = "ForumEvent"
	GradeEvent              EventType = "GradeEvent"
	MediaEvent              EventType = "MediaEvent"
	MessageEvent            EventType = "MessageEvent"
	NavigationEvent         EventType = "NavigationEvent"
	QuestionnaireEvent      EventType = "QuestionnaireEvent"
	QuestionnaireItemEvent  EventType = "QuestionnaireItemEvent"
	ResourceManagementEvent EventType = "ResourceManagementEvent"
	SearchEvent             EventType = "SearchEvent"
	SessionEvent            EventType = "SessionEvent"
	SurveyEvent             EventType = "SurveyEvent"
	SurveyInvitationEvent   EventType = "SurveyInvitationEvent"
	ThreadEvent             EventType = "ThreadEvent"
	ToolLaunchEvent         EventType = "ToolLaunchEvent"
	ToolUseEvent            EventType = "ToolUseEvent"
	ViewEvent               EventType = "ViewEvent"
)

// The profiles.
const (
	GeneralProfile            Profile = "GeneralProfile"
	AnnotationProfile         Profile = "AnnotationProfile"
	AssessmentProfile         Profile = "AssessmentProfile"
	AssignableProfile         Profile = "AssignableProfile"
	FeedbackProfile           Profile = "FeedbackProfile"
	ForumProfile              Profile = "ForumProfile"
	GradingProfile            Profile = "GradingProfile"
	MediaProfile              Profile = "MediaProfile"
	ReadingProfile            Profile = "ReadingProfile"
	ResourceManagementProfile Profile = "ResourceManagementProfile"
	SearchProfile             Profile = "SearchProfile"
	SessionProfile            Profile = "SessionProfile"
	SurveyProfile             Profile = "SurveyProfile"
	ToolLaunchProfile         Profile = "ToolLaunchProfile"
	ToolUseProfile            Profile = "ToolUseProfile"
)

// The membership statuses.
const (
	StatusActive   Status = "Active"
	StatusInactive Status = "Inactive"
)

// The LTI message types that every consumer of the v1p2 context knows; the
// check accepts a few more (see ltiMessageTypes).
const (
	LtiDeepLinkingRequest  MessageType = "LtiDeepLinkingRequest"
	LtiResourceLinkRequest MessageType = "LtiResourceLinkRequest"
)

// The identifier types.
const (
	IdentifierAccountUserName    IdentifierType = "AccountUserName"
	IdentifierEmailAddress       IdentifierType = "EmailAddress"
	IdentifierLisSourcedId       IdentifierType = "LisSourcedId"
	IdentifierLtiContextId       IdentifierType = "LtiContextId"
	IdentifierLtiDeploymentId    IdentifierType = "LtiDeploymentId"
	IdentifierLtiPlatformId      IdentifierType = "LtiPlatformId"
	IdentifierLtiToolId          IdentifierType = "LtiToolId"
	IdentifierLtiUserId          IdentifierType = "LtiUserId"
	IdentifierOneRosterSourcedId IdentifierType = "OneRosterSourcedId"
	IdentifierOther              IdentifierType = "Other"
	IdentifierSisSourcedId       IdentifierType = "SisSourcedId"
	IdentifierSystemId           IdentifierType = "SystemId"
	IdentifierCaseItemUri        IdentifierType = "CaseItemUri"
)

// The entity types. SystemIdentifier and TextPositionSelector have no id and
// are no subtypes of Entity.
const (
	TypeAgent                      EntityType = "Agent"
	TypeAggregateMeasure           EntityType = "AggregateMeasure"
	TypeAggregateMeasureCollection EntityType = "AggregateMeasureCollection"
	TypeAnnotation                 EntityType = "Annotation"
	TypeAssessment                 EntityType = "Assessment"
	TypeAssessmentItem             EntityType = "AssessmentItem"
	TypeAssignableDigitalResource  EntityType = "AssignableDigitalResource"
	TypeAttempt                    EntityType = "Attempt"
	TypeAudioObject                EntityType = "AudioObject"
	TypeBookmarkAnnotation         EntityType = "BookmarkAnnotation"
	TypeChapter                    EntityType = "Chapter"
	TypeCollection                 EntityType = "Collection"
	TypeComment                    EntityType = "Comment"
	TypeCourseOffering             EntityType = "CourseOffering"
	TypeCourseSection              EntityType = "CourseSection"
	TypeDateTimeQuestion           EntityType = "DateTimeQuestion"
	TypeDateTimeResponse           EntityType = "DateTimeResponse"
	TypeDigitalResource            EntityType = "DigitalResource"
	TypeDigitalResourceCollection  EntityType = "DigitalResourceCollection"
	TypeDocument                   EntityType = "Document"
	TypeEntity                     EntityType = "Entity"
	TypeFillinBlankResponse        EntityType = "FillinBlankResponse"
	TypeForum                      EntityType = "Forum"
	TypeFrame                      EntityType = "Frame"
	TypeGroup                      EntityType = "Group"
	TypeHighlightAnnotation        EntityType = "HighlightAnnotation"
	TypeImageObject                EntityType = "ImageObject"
	TypeLearningObjective          EntityType = "LearningObjective"
	TypeLikertScale                EntityType = "LikertScale"
	TypeLink                       EntityType = "Link"
	TypeLtiLink                    EntityType = "LtiLink"
	TypeLtiSession                 EntityType = "LtiSession"
	TypeMediaLocation              EntityType = "MediaLocation"
	TypeMediaObject                EntityType = "MediaObject"
	TypeMembership                 EntityType = "Membership"
	TypeMessage                    EntityType = "Message"
	TypeMultipleChoiceResponse     EntityType = "MultipleChoiceResponse"
	TypeMultipleResponseResponse   EntityType = "MultipleResponseResponse"
	TypeMultiselectQuestion        EntityType = "MultiselectQuestion"
	TypeMultiselectResponse        EntityType = "MultiselectResponse"
	TypeMultiselectScale           EntityType = "MultiselectScale"
	TypeNumericScale               EntityType = "NumericScale"
	TypeOpenEndedQuestion          EntityType = "OpenEndedQuestion"
	TypeOpenEndedResponse          EntityType = "OpenEndedResponse"
	TypeOrganization               EntityType = "Organization"
	TypePage                       EntityType = "Page"
	TypePerson                     EntityType = "Person"
	TypeQuery                      EntityType = "Query"
	TypeQuestion                   EntityType = "Question"
	TypeQuestionnaire              EntityType = "Questionnaire"
	TypeQuestionnaireItem          EntityType = "QuestionnaireItem"
	TypeRating                     EntityType = "Rating"
	TypeRatingScaleQuestion        EntityType = "RatingScaleQuestion"
	TypeRatingScaleResponse        EntityType = "RatingScaleResponse"
	TypeResponse                   EntityType = "Response"
	TypeResult                     EntityType = "Result"
	TypeScale                      EntityType = "Scale"
	TypeScore                      EntityType = "Score"
	TypeSearchResponse             EntityType = "SearchResponse"
	TypeSelectTextResponse         EntityType = "SelectTextResponse"
	TypeSession                    EntityType = "Session"
	TypeSharedAnnotation           EntityType = "SharedAnnotation"
	TypeSoftwareApplication        EntityType = "SoftwareApplication"
	TypeSurvey                     EntityType = "Survey"
	TypeSurveyInvitation           EntityType = "SurveyInvitation"
	TypeSystemIdentifier           EntityType = "SystemIdentifier"
	TypeTagAnnotation              EntityType = "TagAnnotation"
	TypeTextPositionSelector       EntityType = "TextPositionSelector"
	TypeThread                     EntityType = "Thread"
	TypeTrueFalseResponse          EntityType = "TrueFalseResponse"
	TypeVideoObject                EntityType = "VideoObject"
	TypeWebPage                    EntityType = "WebPage"
)

// identifierTypes are the twelve of the specification's appendix and CaseItemUri,
// which context, fixtures and implementation guide have.
var identifierTypes = []IdentifierType{
	IdentifierAccountUserName,
	IdentifierCaseItemUri,
	IdentifierEmailAddress,
	IdentifierLisSourcedId,
	IdentifierLtiContextId,
	IdentifierLtiDeploymentId,
	IdentifierLtiPlatformId,
	IdentifierLtiToolId,
	IdentifierLtiUserId,
	IdentifierOneRosterSourcedId,
	IdentifierOther,
	IdentifierSisSourcedId,
	IdentifierSystemId,
}

// statuses are the specification's two; "Deleted" is an invention of one library.
var statuses = []Status{StatusActive, StatusInactive}

// metrics are the values of AggregateMeasure.metric.
var metrics = []string{
	"AssessmentsPassed", "AssessmentsSubmitted", "MinutesOnTask", "SkillsMastered",
	"StandardsMastered", "UnitsCompleted", "UnitsPassed", "WordsRead",
}

// ltiMessageTypes are the two terms of the context first. The body of the
// specification says "including but not limited to", so the older names that
// LTI itself defines are accepted, too.
var ltiMessageTypes = []MessageType{
	LtiDeepLinkingRequest, LtiResourceLinkRequest, "LtiDeepLinkingResponse",
	"basic-lti-launch-request", "ContentItemSelectionRequest", "ContentItemSelection",
	"ContentItemUpdateRequest",
}
