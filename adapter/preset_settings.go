package adapter

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// setting is one thing that a preset decides, by the key of the destination that decides otherwise.
type setting struct{ key, value string }

// settingsOf lists what a preset decides, always the same keys in the same order.
func settingsOf(p timeback.Preset) []setting {
	f := &p.Events
	return []setting{
		{"rate", rateText(p.Rate)},
		{"batch.max_events", strconv.Itoa(p.Batch.MaxEvents)},
		{"batch.max_bytes", config.Size(p.Batch.MaxBytes).String()},
		{"batch.max_wait", p.Batch.MaxWait.String()},
		{"auth.style", string(p.Endpoint.TokenStyle)},
		{"auth.scopes", listed(p.Endpoint.Scopes)},
		{"lti", string(f.LTI)},
		{"skip", skipText(f.Skip)},
		{"events.person", string(f.Person)},
		{"events.ed_app", string(f.EdApp)},
		{"events.login_target", strconv.FormatBool(f.LoginTarget)},
		{"events.session_extensions", extensionsText(f.SessionExtensions)},
		{"events.auto_session", orNone(string(f.AutoSession))},
		{"events.assignable_media_type", orNone(f.AssignableMediaType)},
		{"events.assignable_start", strconv.FormatBool(f.AssignableStart)},
		{"events.question_score_type", orNone(f.QuestionScoreType)},
		{"events.question_max_score", strconv.FormatFloat(f.QuestionMaxScore, 'g', -1, 64)},
		{"events.view_attempt", strconv.FormatBool(f.ViewAttempt)},
		{"events.item_start_attempt", strconv.FormatBool(f.ItemStartAttempt)},
		{"events.student_graded", strconv.FormatBool(f.StudentGraded)},
		{"events.anonymous_objects", strconv.FormatBool(f.AnonymousObjects)},
	}
}

// grouped writes settings as they nest in the configuration: "rate: 10/s, events: { person: iri, ed_app: iri }".
func grouped(settings []setting) string {
	var parts []string
	for i := 0; i < len(settings); {
		group, _, nested := strings.Cut(settings[i].key, ".")
		if !nested {
			parts = append(parts, settings[i].key+": "+settings[i].value)
			i++
			continue
		}
		var inner []string
		for ; i < len(settings) && strings.HasPrefix(settings[i].key, group+"."); i++ {
			inner = append(inner, strings.TrimPrefix(settings[i].key, group+".")+": "+settings[i].value)
		}
		parts = append(parts, group+": { "+strings.Join(inner, ", ")+" }")
	}
	return strings.Join(parts, ", ")
}

func orNone(text string) string { return cmp.Or(text, "none") }

func listed(words []string) string { return orNone(strings.Join(words, " ")) }

func rateText(rate float64) string {
	if rate == 0 {
		return "without limit"
	}
	return fmt.Sprintf("%g/s", rate)
}

func skipText(rules []timeback.SkipRule) string {
	words := make([]string, len(rules))
	for i, rule := range rules {
		words[i] = cmp.Or(rule.Type, "*")
		if rule.Action != "" {
			words[i] += "/" + rule.Action
		}
	}
	return listed(words)
}

func extensionsText(extensions map[string]any) string {
	var words []string
	for _, key := range slices.Sorted(maps.Keys(extensions)) {
		words = append(words, fmt.Sprintf("%s=%v", key, extensions[key]))
	}
	return listed(words)
}
