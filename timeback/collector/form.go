package collector

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// Form is what the body of a reply looks like. Collectors differ in it, and a
// sender must not depend on any.
type Form string

// The forms.
const (
	FormEmpty   Form = "empty"   // no body: what the specification says of success
	FormStatus  Form = "status"  // {"status":"success"}, or "error" with a message
	FormJob     Form = "job"     // {"jobId":"…","eventsAccepted":2}; see JobsPath
	FormText    Form = "text"    // plain text
	FormHTML    Form = "html"    // a page, such as a proxy's
	FormPaths   Form = "paths"   // as status, with errors[].path to each refused event
	FormKeys    Form = "keys"    // as paths, in the words of "unrecognized_keys"
	FormGarbage Form = "garbage" // what begins like HTML, goes on like JSON and stops
	FormEndless Form = "endless" // a body that does not end before the client leaves
	FormCut     Form = "cut"     // a body that breaks off with the connection
)

// Forms lists the forms in the order of the documentation.
func Forms() []Form {
	return []Form{
		FormEmpty, FormStatus, FormJob, FormText, FormHTML, FormPaths, FormKeys,
		FormGarbage, FormEndless, FormCut,
	}
}

// RefusalForms lists the forms that Options.RefuseForm can have.
func RefusalForms() []Form {
	return []Form{FormPaths, FormKeys, FormStatus, FormText, FormHTML, FormEmpty}
}

func listForms() string { return JoinForms(Forms()) }

// JoinForms lists forms for a person.
func JoinForms(forms []Form) string {
	names := make([]string, len(forms))
	for i, f := range forms {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

// isWord reports whether the form stands in scripts as a reply of its own.
func (f Form) isWord() bool {
	return f == FormGarbage || f == FormEndless || f == FormCut
}

// orUsual returns the form, or the usual one for a scripted status.
func (f Form) orUsual(status int, named bool) Form {
	switch {
	case f != "":
		return f
	case named:
		return FormPaths
	case status/100 == 2:
		return FormEmpty
	default:
		return FormText
	}
}

// content is what the forms are filled with.
type content struct {
	message string         // of a refusal
	entries []failureEntry // the refused events
	job     string         // of an accepted envelope
	events  int            // in that
}

// reply makes a reply of this form.
func (f Form) reply(status int, c content) reply {
	switch f {
	case FormText:
		return textReply(status, "text/plain; charset=utf-8", c.text(status))
	case FormHTML:
		return textReply(status, "text/html; charset=utf-8", page(status))
	case FormGarbage:
		return textReply(status, "text/html", `<html>{"status":`)
	case FormJob:
		return jsonReply(status, job{ID: c.job, EventsAccepted: c.events})
	case FormPaths:
		return refuse(status, c.message, c.entries...)
	case FormKeys:
		return refuse(status, c.message, unrecognized(c.entries)...)
	case FormStatus, FormEndless, FormCut:
		r := statusReply(status, c)
		r.fault = f
		return r
	default:
		return reply{status: status}
	}
}

// job is the reply of a collector that processes later.
type job struct {
	ID             string `json:"jobId"`
	EventsAccepted int    `json:"eventsAccepted"`
}

func statusReply(status int, c content) reply {
	if status/100 == 2 {
		return jsonReply(status, failure{Status: "success"})
	}
	return refuse(status, c.text(status))
}

func textReply(status int, contentType, text string) reply {
	return reply{status: status, body: []byte(text)}.with("Content-Type", contentType)
}

// text is the message, or what the status is called.
func (c content) text(status int) string {
	if c.message != "" {
		return c.message
	}
	return statusText(status)
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// page is what a proxy answers in the place of the collector behind it.
func page(status int) string {
	title := statusText(status)
	return fmt.Sprintf("<html>\n<head><title>%s</title></head>\n<body><center><h1>%[1]s</h1></center></body>\n</html>\n", title)
}

// failure is an error reply in the form that TimeBack's stacks use.
type failure struct {
	Status  string         `json:"status"`
	Message string         `json:"message,omitempty"`
	Errors  []failureEntry `json:"errors,omitempty"`
}

type failureEntry struct {
	Code    string   `json:"code,omitempty"`
	Keys    []string `json:"keys,omitempty"`
	Path    []any    `json:"path"`
	Message string   `json:"message"`
}

func refuse(status int, message string, entries ...failureEntry) reply {
	r := jsonReply(status, failure{Status: "error", Message: message, Errors: entries})
	r.reason = message
	return r
}

// entryAt names the event at index of data.
func entryAt(index int, message string) failureEntry {
	return failureEntry{Path: []any{"data", index}, Message: message}
}

// unrecognized words the entries as a schema's check of unknown keys does.
func unrecognized(entries []failureEntry) []failureEntry {
	worded := slices.Clone(entries)
	for i := range worded {
		worded[i].Code, worded[i].Keys = "unrecognized_keys", []string{"extensions"}
		worded[i].Message = "Unrecognized key(s) in object: 'extensions'"
	}
	return worded
}

func jsonReply(status int, v any) reply {
	body, err := json.Marshal(v)
	if err != nil { // cannot happen: only this package's own types are marshalled
		return reply{status: http.StatusInternalServerError}
	}
	return reply{status: status, body: body}.with("Content-Type", "application/json")
}
