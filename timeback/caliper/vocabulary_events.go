package caliper

// do and in only make the table below read as a table.
type (
	do = []Action
	in = []Profile
)

// eventProperties are the properties of the base Event. The range of actor,
// object, target, generated, referrer and profile is narrowed by eventTypes.
var eventProperties = []property{
	{"@context", value{kind: contextKind}, required},
	{"id", value{kind: eventIDKind}, required},
	{"type", settled, required},
	{"profile", value{kind: termKind, section: "Profiles"}, optional},
	{"actor", entity(TypeAgent), required},
	{"action", settled, required},
	{"object", entity(TypeEntity), required},
	{"target", entity(TypeEntity), optional},
	{"generated", entity(TypeEntity), optional},
	{"eventTime", dateTime, required},
	{"edApp", entity(TypeSoftwareApplication), optional},
	{"group", entity(TypeOrganization), optional},
	{"membership", entity(TypeMembership), optional},
	{"session", entity(TypeSession), optional},
	{"federatedSession", entity(TypeLtiSession), optional},
	{"referrer", entity(TypeEntity), optional},
	{"extensions", freeMap, optional},
}

// eventTypes is the table of Caliper 1.2's event types and actions. A profile
// stands in a row if that profile defines the event; GeneralProfile is accepted
// on all of them.
var eventTypes = []eventRow{
	{
		event: GenericEvent, actions: actions,
		actor: is{TypeAgent}, object: is{TypeEntity},
		profiles: in{GeneralProfile},
	},
	{
		event: AnnotationEvent, actions: do{Bookmarked, Highlighted, Shared, Tagged},
		actor: is{TypePerson}, object: is{TypeDigitalResource},
		target: is{TypeFrame}, generated: is{TypeAnnotation}, // the matching subtype is a SHOULD
		profiles: in{AnnotationProfile},
	},
	{
		// Reset stands in the event's table, not in that of the profile.
		event: AssessmentEvent, actions: do{Started, Paused, Resumed, Restarted, Reset, Submitted},
		actor: is{TypePerson}, object: is{TypeAssessment}, generated: is{TypeAttempt},
		profiles: in{AssessmentProfile},
	},
	{
		event: AssessmentItemEvent, actions: do{Started, Skipped},
		actor: is{TypePerson}, object: is{TypeAssessmentItem}, generated: is{TypeAttempt},
		referrer: is{TypeAssessmentItem},
		profiles: in{AssessmentProfile},
	},
	{
		event: AssessmentItemEvent, actions: do{Completed},
		actor: is{TypePerson}, object: is{TypeAssessmentItem}, generated: is{TypeResponse},
		referrer: is{TypeAssessmentItem},
		profiles: in{AssessmentProfile},
	},
	{
		event: AssignableEvent, actions: do{Activated, Deactivated, Started, Completed, Submitted, Reviewed},
		actor: is{TypePerson}, object: is{TypeAssignableDigitalResource},
		target: is{TypeFrame}, generated: is{TypeAttempt},
		profiles: in{AssignableProfile},
	},
	{
		event: FeedbackEvent, actions: do{Commented},
		actor: is{TypePerson}, object: is{TypeEntity}, target: is{TypeFrame}, generated: is{TypeComment},
		profiles: in{FeedbackProfile},
	},
	{
		event: FeedbackEvent, actions: do{Ranked},
		actor: is{TypePerson}, object: is{TypeEntity}, target: is{TypeFrame}, generated: is{TypeRating},
		profiles: in{FeedbackProfile},
	},
	{
		event: ForumEvent, actions: do{Subscribed, Unsubscribed},
		actor: is{TypePerson}, object: is{TypeForum},
		profiles: in{ForumProfile},
	},
	{
		event: GradeEvent, actions: do{Graded},
		actor: is{TypeAgent}, object: is{TypeAttempt}, generated: is{TypeScore},
		profiles: in{GradingProfile},
	},
	{
		event: MediaEvent, actions: do{
			Started, Ended, Paused, Resumed, Restarted, ForwardedTo, JumpedTo,
			ChangedResolution, ChangedSize, ChangedSpeed, ChangedVolume,
			EnabledClosedCaptioning, DisabledClosedCaptioning,
			EnteredFullScreen, ExitedFullScreen, Muted, Unmuted, OpenedPopout, ClosedPopout,
		},
		actor: is{TypePerson}, object: is{TypeMediaObject}, target: is{TypeMediaLocation},
		profiles: in{MediaProfile},
	},
	{
		event: MessageEvent, actions: do{MarkedAsRead, MarkedAsUnread, Posted},
		actor: is{TypePerson}, object: is{TypeMessage},
		profiles: in{ForumProfile},
	},
	{
		event: NavigationEvent, actions: do{NavigatedTo},
		actor: is{TypePerson}, object: is{TypeDigitalResource, TypeSoftwareApplication},
		target: is{TypeDigitalResource}, referrer: is{TypeDigitalResource, TypeSoftwareApplication},
		profiles: in{AssessmentProfile, AssignableProfile, ForumProfile, MediaProfile, ReadingProfile, SurveyProfile},
	},
	{
		event: QuestionnaireEvent, actions: do{Started, Submitted},
		actor: is{TypePerson}, object: is{TypeQuestionnaire}, generated: is{TypeAttempt},
		profiles: in{SurveyProfile},
	},
	{
		event: QuestionnaireItemEvent, actions: do{Started, Skipped},
		actor: is{TypePerson}, object: is{TypeQuestionnaireItem}, generated: is{TypeAttempt},
		profiles: in{SurveyProfile},
	},
	{
		event: QuestionnaireItemEvent, actions: do{Completed},
		actor: is{TypePerson}, object: is{TypeQuestionnaireItem}, generated: is{TypeResponse},
		profiles: in{SurveyProfile},
	},
	{
		event: ResourceManagementEvent, actions: do{
			Archived, Created, Deleted, Described, Downloaded, Modified, Printed,
			Published, Restored, Retrieved, Saved, Unpublished, Uploaded,
		},
		actor: is{TypePerson}, object: is{TypeDigitalResource}, generated: is{TypeDigitalResource},
		profiles: in{ResourceManagementProfile},
	},
	{
		event: ResourceManagementEvent, actions: do{Copied},
		actor: is{TypePerson}, object: is{TypeDigitalResource}, generated: is{TypeDigitalResource},
		required: []string{"generated"},
		profiles: in{ResourceManagementProfile},
	},
	{
		event: SearchEvent, actions: do{Searched},
		actor: is{TypePerson}, object: is{TypeEntity}, generated: is{TypeSearchResponse},
		profiles: in{SearchProfile},
	},
	{
		event: SessionEvent, actions: do{LoggedIn, LoggedOut},
		actor: is{TypePerson}, object: is{TypeSoftwareApplication},
		target: is{TypeDigitalResource}, referrer: is{TypeDigitalResource, TypeSoftwareApplication},
		profiles: in{SessionProfile},
	},
	{
		event: SessionEvent, actions: do{TimedOut},
		actor: is{TypeSoftwareApplication}, object: is{TypeSession},
		target: is{TypeDigitalResource}, referrer: is{TypeDigitalResource, TypeSoftwareApplication},
		profiles: in{SessionProfile},
	},
	{
		event: SurveyEvent, actions: do{OptedIn, OptedOut},
		actor: is{TypePerson}, object: is{TypeSurvey},
		profiles: in{SurveyProfile},
	},
	{
		event: SurveyInvitationEvent, actions: do{Sent, Accepted, Declined},
		actor: is{TypePerson}, object: is{TypeSurveyInvitation},
		profiles: in{SurveyProfile},
	},
	{
		event: ThreadEvent, actions: do{MarkedAsRead, MarkedAsUnread},
		actor: is{TypePerson}, object: is{TypeThread},
		profiles: in{ForumProfile},
	},
	{
		event: ToolLaunchEvent, actions: do{Launched},
		actor: is{TypePerson}, object: is{TypeSoftwareApplication},
		target: is{TypeLink, TypeLtiLink}, generated: is{TypeDigitalResource},
		required: []string{"federatedSession"},
		profiles: in{ToolLaunchProfile},
	},
	{
		event: ToolLaunchEvent, actions: do{Returned},
		actor: is{TypePerson}, object: is{TypeSoftwareApplication},
		target: is{TypeLink, TypeLtiLink}, generated: is{TypeDigitalResource},
		profiles: in{ToolLaunchProfile},
	},
	{
		event: ToolUseEvent, actions: do{Used},
		actor: is{TypePerson}, object: is{TypeSoftwareApplication},
		target: is{TypeSoftwareApplication}, generated: is{TypeAggregateMeasureCollection},
		profiles: in{ToolUseProfile},
	},
	{
		// A Result is what the Grading Profile views; the Annotation Profile
		// speaks of viewing without a row for it.
		event: ViewEvent, actions: do{Viewed},
		actor: is{TypePerson}, object: is{TypeDigitalResource, TypeResult},
		profiles: in{
			AnnotationProfile, AssessmentProfile, AssignableProfile, ForumProfile,
			GradingProfile, MediaProfile, ReadingProfile, SurveyProfile,
		},
	},
}
