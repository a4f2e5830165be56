package caliper

// is and own only make the table below read as a table.
type (
	is  = []EntityType
	own = []property
)

// entityTypes is the table of Caliper 1.2's entity types. Attempt.isPartOf and
// HighlightAnnotation.selection are missing from the 1.2 property tables by an
// editorial slip: its rules, context and examples have them.
var entityTypes = []entityRow{
	{TypeEntity, nil, own{
		{"@context", value{kind: contextKind}, optional},
		{"id", value{kind: entityIDKind}, required},
		{"type", settled, required},
		{"name", text, optional},
		{"description", text, optional},
		{"dateCreated", dateTime, optional},
		{"dateModified", dateTime, optional},
		{"otherIdentifiers", listOf(orIRI(entity(TypeSystemIdentifier))), optional},
		{"extensions", freeMap, optional},
	}},

	// Without an id. The table of Entity takes "an object or … the item's IRI"
	// in otherIdentifiers all the same; selection is an object only.
	{TypeSystemIdentifier, nil, own{
		{"@context", value{kind: contextKind}, optional},
		{"type", settled, required},
		{"identifierType", term("System Identifier Types", identifierTypes), required},
		{"identifier", text, required},
		{"source", entity(TypeSoftwareApplication), optional},
		{"extensions", freeMap, optional},
	}},
	{TypeTextPositionSelector, nil, own{
		{"@context", value{kind: contextKind}, optional},
		{"type", settled, required},
		{"start", natural, required},
		{"end", natural, required},
	}},

	// Agents.
	{TypeAgent, is{TypeEntity}, nil},
	{TypePerson, is{TypeAgent}, nil},
	{TypeSoftwareApplication, is{TypeAgent}, own{
		{"host", text, optional},
		{"ipAddress", text, optional},
		{"userAgent", text, optional},
		{"version", text, optional},
	}},
	{TypeOrganization, is{TypeAgent}, own{
		{"subOrganizationOf", entity(TypeOrganization), optional},
		{"members", listOf(entity(TypeAgent)), optional},
	}},
	{TypeGroup, is{TypeOrganization}, nil},
	{TypeCourseOffering, is{TypeOrganization}, own{
		{"courseNumber", text, optional},
		{"academicSession", text, optional},
	}},
	{TypeCourseSection, is{TypeCourseOffering}, own{
		{"category", text, optional},
	}},
	{TypeMembership, is{TypeEntity}, own{
		{"organization", entity(TypeOrganization), optional},
		{"member", entity(TypePerson), optional},
		{"roles", listOf(term("LIS Roles", roles)), optional},
		{"status", term("LIS Statuses", statuses), optional},
	}},

	// Sessions.
	{TypeSession, is{TypeEntity}, own{
		{"user", entity(TypePerson), optional},
		{"client", entity(TypeSoftwareApplication), optional},
		{"startedAtTime", dateTime, optional},
		{"endedAtTime", dateTime, optional},
		{"duration", duration, optional},
	}},
	{TypeLtiSession, is{TypeSession}, own{
		{"messageParameters", freeMap, optional},
	}},

	// Digital resources.
	{TypeDigitalResource, is{TypeEntity}, own{
		{"storageName", text, optional},
		{"creators", listOf(entity(TypeAgent)), optional},
		{"mediaType", text, optional},
		{"keywords", listOf(text), optional},
		{"learningObjectives", listOf(entity(TypeLearningObjective)), optional},
		{"isPartOf", entity(TypeEntity), optional},
		{"datePublished", dateTime, optional},
		{"version", text, optional},
	}},
	{TypeChapter, is{TypeDigitalResource}, nil},
	{TypeDocument, is{TypeDigitalResource}, nil},
	{TypePage, is{TypeDigitalResource}, nil},
	{TypeWebPage, is{TypeDigitalResource}, nil},
	{TypeFrame, is{TypeDigitalResource}, own{
		{"index", natural, optional},
	}},
	{TypeMessage, is{TypeDigitalResource}, own{
		{"replyTo", entity(TypeMessage), optional},
		{"body", text, optional},
		{"attachments", listOf(entity(TypeDigitalResource)), optional},
	}},
	{TypeLink, is{TypeEntity}, nil},
	{TypeLtiLink, is{TypeDigitalResource}, own{
		{"messageType", term("LTI Message Types", ltiMessageTypes), optional},
	}},
	{TypeLearningObjective, is{TypeEntity}, nil},

	// Media.
	{TypeMediaObject, is{TypeDigitalResource}, own{
		{"duration", duration, optional},
	}},
	{TypeAudioObject, is{TypeMediaObject}, own{
		{"volumeLevel", text, optional},
		{"volumeMin", text, optional},
		{"volumeMax", text, optional},
		{"muted", boolean, optional},
	}},
	{TypeImageObject, is{TypeMediaObject}, nil},
	{TypeVideoObject, is{TypeMediaObject}, nil},
	{TypeMediaLocation, is{TypeDigitalResource}, own{
		{"currentTime", duration, optional},
	}},

	// Collections.
	{TypeCollection, is{TypeEntity}, own{
		{"items", listOf(entity(TypeEntity)), optional},
	}},
	{TypeDigitalResourceCollection, is{TypeCollection, TypeDigitalResource}, own{
		{"items", listOf(entity(TypeDigitalResource)), optional},
	}},
	{TypeForum, is{TypeDigitalResourceCollection}, own{
		{"items", listOf(entity(TypeThread)), optional},
	}},
	{TypeThread, is{TypeDigitalResourceCollection}, own{
		{"items", listOf(entity(TypeMessage)), optional},
	}},
	{TypeAggregateMeasureCollection, is{TypeCollection}, own{
		{"items", listOf(entity(TypeAggregateMeasure)), optional},
	}},
	{TypeAggregateMeasure, is{TypeEntity}, own{
		{"metricValue", decimal, required},
		{"maxMetricValue", decimal, optional},
		{"metric", term("Metrics", metrics), required},
		{"startedAtTime", dateTime, optional},
		{"endedAtTime", dateTime, optional},
	}},

	// Assignments, assessments and what comes of them.
	{TypeAssignableDigitalResource, is{TypeDigitalResource}, own{
		{"dateToActivate", dateTime, optional},
		{"dateToShow", dateTime, optional},
		{"dateToStartOn", dateTime, optional},
		{"dateToSubmit", dateTime, optional},
		{"maxAttempts", natural, optional},
		{"maxSubmits", natural, optional},
		{"maxScore", decimal, optional},
	}},
	{TypeAssessment, is{TypeAssignableDigitalResource, TypeDigitalResourceCollection}, own{
		{"items", listOf(entity(TypeAssessmentItem)), optional},
	}},
	{TypeAssessmentItem, is{TypeAssignableDigitalResource}, own{
		{"isTimeDependent", boolean, optional},
	}},
	{TypeAttempt, is{TypeEntity}, own{
		{"assignee", entity(TypePerson), optional},
		{"assignable", entity(TypeDigitalResource), optional},
		{"isPartOf", entity(TypeAttempt), optional},
		{"count", integer, optional},
		{"startedAtTime", dateTime, optional},
		{"endedAtTime", dateTime, optional},
		{"duration", duration, optional},
	}},
	{TypeScore, is{TypeEntity}, own{
		{"attempt", entity(TypeAttempt), optional},
		{"maxScore", decimal, optional},
		{"scoreGiven", decimal, optional},
		{"scoredBy", entity(TypeAgent), optional},
		{"comment", text, optional},
	}},
	{TypeResult, is{TypeEntity}, own{
		{"attempt", entity(TypeAttempt), optional},
		{"maxResultScore", decimal, optional},
		{"resultScore", decimal, optional},
		{"scoredBy", entity(TypeAgent), optional},
		{"comment", text, optional},
	}},

	// Responses.
	{TypeResponse, is{TypeEntity}, own{
		{"attempt", entity(TypeAttempt), optional},
		{"startedAtTime", dateTime, optional},
		{"endedAtTime", dateTime, optional},
		{"duration", duration, optional},
	}},
	{TypeDateTimeResponse, is{TypeResponse}, own{{"dateTimeSelected", dateTime, optional}}},
	{TypeFillinBlankResponse, is{TypeResponse}, own{{"values", listOf(text), optional}}},
	{TypeMultipleChoiceResponse, is{TypeResponse}, own{{"value", text, optional}}},
	{TypeMultipleResponseResponse, is{TypeResponse}, own{{"values", listOf(text), optional}}},
	{TypeMultiselectResponse, is{TypeResponse}, own{{"selections", listOf(text), optional}}},
	{TypeOpenEndedResponse, is{TypeResponse}, own{{"value", text, optional}}},
	{TypeRatingScaleResponse, is{TypeResponse}, own{{"selections", listOf(text), optional}}},
	{TypeSelectTextResponse, is{TypeResponse}, own{{"values", listOf(text), optional}}},
	{TypeTrueFalseResponse, is{TypeResponse}, own{{"value", text, optional}}},

	// Annotations.
	{TypeAnnotation, is{TypeEntity}, own{
		{"annotator", entity(TypePerson), optional},
		{"annotated", entity(TypeDigitalResource), optional},
	}},
	{TypeBookmarkAnnotation, is{TypeAnnotation}, own{{"bookmarkNotes", text, optional}}},
	{TypeHighlightAnnotation, is{TypeAnnotation}, own{
		{"selection", entity(TypeTextPositionSelector), optional},
		{"selectionText", text, optional},
	}},
	{TypeSharedAnnotation, is{TypeAnnotation}, own{{"withAgents", listOf(entity(TypeAgent)), optional}}},
	{TypeTagAnnotation, is{TypeAnnotation}, own{{"tags", listOf(text), optional}}},

	// Feedback.
	{TypeComment, is{TypeEntity}, own{
		{"commenter", entity(TypePerson), optional},
		{"commentedOn", entity(TypeEntity), optional},
		{"value", text, optional},
	}},
	{TypeRating, is{TypeEntity}, own{
		{"rater", entity(TypePerson), optional},
		{"rated", entity(TypeEntity), optional},
		{"question", entity(TypeQuestion), optional},
		{"selections", listOf(text), optional},
		{"ratingComment", entity(TypeComment), optional},
	}},

	// Search.
	{TypeQuery, is{TypeEntity}, own{
		{"creator", entity(TypePerson), optional},
		{"searchTarget", entity(TypeEntity), optional},
		{"searchTerms", text, optional},
	}},
	{TypeSearchResponse, is{TypeEntity}, own{
		{"searchProvider", entity(TypeSoftwareApplication), optional},
		{"searchTarget", entity(TypeEntity), optional},
		{"query", entity(TypeQuery), optional},
		{"searchResultsItemCount", integer, optional},
	}},

	// Surveys: questions, scales, questionnaires.
	{TypeQuestion, is{TypeDigitalResource}, own{
		{"questionPosed", text, optional},
	}},
	{TypeDateTimeQuestion, is{TypeQuestion}, own{
		{"minDateTime", dateTime, optional},
		{"minLabel", text, optional},
		{"maxDateTime", dateTime, optional},
		{"maxLabel", text, optional},
	}},
	{TypeMultiselectQuestion, is{TypeQuestion}, own{
		{"points", integer, optional},
		{"itemLabels", listOf(text), optional},
		{"itemValues", listOf(text), optional},
	}},
	{TypeOpenEndedQuestion, is{TypeQuestion}, nil},
	{TypeRatingScaleQuestion, is{TypeQuestion}, own{
		{"scale", entity(TypeScale), optional},
	}},
	{TypeScale, is{TypeEntity}, nil},
	{TypeLikertScale, is{TypeScale}, own{
		{"scalePoints", integer, optional},
		{"itemLabels", listOf(text), optional},
		{"itemValues", listOf(text), optional},
	}},
	{TypeMultiselectScale, is{TypeScale}, own{
		{"scalePoints", integer, optional},
		{"itemLabels", listOf(text), optional},
		{"itemValues", listOf(text), optional},
		{"isOrderedSelection", boolean, optional},
		{"minSelections", integer, optional},
		{"maxSelections", integer, optional},
	}},
	{TypeNumericScale, is{TypeScale}, own{
		{"minValue", decimal, optional},
		{"minLabel", text, optional},
		{"maxValue", decimal, optional},
		{"maxLabel", text, optional},
		{"step", decimal, optional},
	}},
	{TypeQuestionnaire, is{TypeDigitalResourceCollection}, own{
		{"items", listOf(entity(TypeQuestionnaireItem)), required},
	}},
	{TypeQuestionnaireItem, is{TypeDigitalResource}, own{
		{"question", entity(TypeQuestion), optional},
		{"categories", listOf(text), optional},
		{"weight", decimal, optional},
	}},
	{TypeSurvey, is{TypeCollection}, own{
		{"items", listOf(entity(TypeQuestionnaire)), optional},
	}},
	{TypeSurveyInvitation, is{TypeDigitalResource}, own{
		{"rater", entity(TypePerson), optional},
		{"survey", entity(TypeSurvey), optional},
		{"sentCount", integer, optional},
		{"dateSent", dateTime, optional},
	}},
}
