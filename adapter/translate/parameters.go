package translate

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// messageParameters are the launch parameters that the configuration lets leave; the others, Learn's signature and the
// person's name among them, stay.
func (t *translation) messageParameters(launch *blackboard.LTILaunch) caliper.Map {
	out := caliper.Map{}
	for _, name := range t.opts.LaunchParameters {
		if v := t.redacted(launch.LaunchParameters[name]); v != nil {
			out[name] = v
		}
	}
	return out
}

// allowed is the text of a parameter, "" if that may not leave.
func (t *translation) allowed(name, text string) string {
	if !slices.Contains(t.opts.LaunchParameters, name) {
		return ""
	}
	text, _ = t.redactedText(text).(string)
	return text
}

// redacted is a parameter's value as it may leave, nil if it stays. Nested values are walked.
//
// Which parameters leave is the administrator's choice, and so what people wrote into them: an e-mail address in an
// allowed parameter leaves. What never leaves is a user by Learn's IRI, and what a URL carries beside host and path.
func (t *translation) redacted(v any) any {
	switch v := v.(type) {
	case string:
		return t.redactedText(v)
	case jsontext.Value:
		return number(v)
	case bool:
		return v
	case []any:
		return t.redactedList(v)
	case map[string]any:
		return t.redactedMap(v)
	default:
		return nil
	}
}

func (t *translation) redactedList(list []any) any {
	out := make([]any, 0, len(list))
	for _, v := range list {
		if v = t.redacted(v); v != nil {
			out = append(out, v)
		}
	}
	return out
}

// redactedMap drops a member whose name could not leave as a text: the claims of LTI 1.3 are named by URLs.
func (t *translation) redactedMap(m map[string]any) any {
	out := make(map[string]any, len(m))
	for name, v := range m {
		if v = t.redacted(v); v != nil && t.redactedText(name) == name {
			out[name] = v
		}
	}
	return out
}

// redactedText cleans a text that is a URL. A URL within a text cannot be cleaned for sure: such a text stays.
func (t *translation) redactedText(text string) any {
	switch urls := strings.Count(text, "://"); {
	case blackboard.ContainsUserIRI(text), urls > 1:
		return nil
	case urls == 0:
		return t.nameless(text)
	}
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || !u.IsAbs() || u.Opaque != "" || strings.ContainsAny(text, " ,\t\r\n") {
		return nil
	}
	return t.nameless(stripped(u))
}

// nameless is a text in which none of the event's people is named, else nil.
func (t *translation) nameless(text string) any {
	if t.namesUser(text) {
		return nil
	}
	return text
}

// number keeps whole numbers exact: one that no integer holds, an id more likely than a count, becomes its digits.
func number(v jsontext.Value) any {
	n, err := strconv.ParseInt(string(v), 10, 64)
	switch {
	case err == nil:
		return n
	case errors.Is(err, strconv.ErrRange):
		return string(v)
	}
	if f, err := strconv.ParseFloat(string(v), 64); err == nil {
		return f
	}
	return nil
}
