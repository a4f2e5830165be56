package page

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// functions are what the templates call.
func functions() template.FuncMap {
	return template.FuncMap{
		"clock":  func(t time.Time) string { return t.Format(time.TimeOnly) },
		"millis": func(t time.Time) string { return t.Format(".000") },
		"moment": func(t time.Time) string { return t.Format("2 January 2006, 15:04:05.000 UTC") },
		"iso":    func(t time.Time) string { return t.Format(time.RFC3339Nano) },
		"size":   func(n int) string { return humanize.IBytes(uint64(max(n, 0))) },
		"number": func(n int) string { return humanize.Comma(int64(n)) },
		"took":   took,
		"count":  count,
		"reply":  replyText,
		"tone":   tone,
		"actor":  func(iri string) string { return Path + "/events?actor=" + url.QueryEscape(iri) },
		"short":  short,
		"bare":   bare,
		"words":  collector.Words,
		"page":   func() string { return Path },
	}
}

// count is a number with what it counts: "1 event", "12 events".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return humanize.Comma(int64(n)) + " " + what
}

// took is a duration of milliseconds to be read at a glance.
func took(ms float64) string {
	switch {
	case ms < 1:
		return "<1 ms"
	case ms < 1000:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	default:
		return strconv.FormatFloat(ms/1000, 'f', 1, 64) + " s"
	}
}

// replyText is a status with its name; 0 is none.
func replyText(status int) string {
	if status == 0 {
		return "no reply"
	}
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// tone is the class of a status in the style sheet.
func tone(status int) string {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return "warn"
	}
	switch status / 100 {
	case 2:
		return "good"
	case 3, 4:
		return "bad"
	default: // 5xx, or no reply: it may do better next time
		return "warn"
	}
}

// bare is an IRI without what all UUIDs have in common.
func bare(iri string) string { return strings.TrimPrefix(iri, "urn:uuid:") }

// short leaves the part of an IRI that tells it from others.
func short(iri string) string {
	const most = 14
	iri = bare(iri)
	if cut := strings.LastIndexByte(strings.TrimRight(iri, "/"), '/'); cut >= 0 && cut+1 < len(iri) {
		iri = iri[cut+1:]
	}
	if _, err := uuid.Parse(iri); err == nil {
		return iri[:8] + "…"
	}
	if letters := []rune(iri); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return iri
}
