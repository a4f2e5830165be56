package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// story tells the way of an event to people, from the top down.
func story(e *admin.Explanation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "event %s\n\n", clean(e.EventID))
	for i := range e.Receipts {
		b.WriteString(receiptLine(&e.Receipts[i], i > 0))
	}
	source := ""
	if len(e.Receipts) > 0 {
		source = e.Receipts[0].Source
	}
	for i := range e.Destinations {
		b.WriteString("\n" + fateText(&e.Destinations[i], e.EventID, source))
	}
	if e.Note != "" {
		fmt.Fprintf(&b, "\n%s\n", clean(e.Note))
	}
	return b.String()
}

func receiptLine(r *admin.Receipt, again bool) string {
	what := "received from"
	if again {
		what = "received again from"
	}
	line := fmt.Sprintf("%s  %s %s", moments(r.Received), what, r.Source)
	if r.Type != "" {
		line += ": " + r.Type
	}
	return clean(fmt.Sprintf("%s (frame %d, number %d)", line, r.Frame, r.Number)) + "\n"
}

// moments writes a time to the millisecond, for what happens in fractions of a second.
func moments(t time.Time) string {
	if t.IsZero() {
		return "at a time not known    "
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// fateText is what became of an event at one destination.
func fateText(f *admin.Fate, event, source string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "at %s\n", clean(f.Destination))
	var known facts
	known.add("person", personText(f.Person))
	known.add("in the map", recordText(f.Record))
	known.add("named by", namedText(f))
	known.add("becomes", translatedText(f.Translated))
	b.WriteString(known.String())
	for i := range f.Attempts {
		fmt.Fprintf(&b, "  %s\n", clean(attemptText(&f.Attempts[i])))
	}
	fmt.Fprintf(&b, "  → %s\n", clean(placeText(f)))
	if advice := adviceFor(f, event, source); advice != "" {
		fmt.Fprintf(&b, "    %s\n", clean(advice))
	}
	return b.String()
}

// personText names a person by all that the stream says of them.
func personText(p *admin.Person) string {
	if p == nil {
		return ""
	}
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+" "+value)
		}
	}
	add("user uuid", mapping.FormatUserUUID(p.UserUUID))
	add("user id", p.UserID)
	add("external id", p.ExternalID)
	add("e-mail", p.Email)
	return strings.Join(parts, ", ")
}

func recordText(r *mapping.Record) string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf("platform id %s (record %d of source %s, revision %d)", r.PlatformID, r.Number, r.Source, r.Revision)
}

// namedText says what of the map named the person when the event was sent.
func namedText(f *admin.Fate) string {
	switch {
	case f.RecordThen != nil:
		return recordText(f.RecordThen) + ", with the map at revision " + number(f.MapRevision)
	case f.MapRevision > 0:
		return "the map at revision " + number(f.MapRevision)
	default:
		return ""
	}
}

// translatedText names what an event has become: its type and action, and its size.
func translatedText(event []byte) string {
	if len(event) == 0 {
		return ""
	}
	var head struct {
		Type   string `json:"type"`
		Action string `json:"action"`
	}
	_ = json.Unmarshal(event, &head) // what it does not say is left out
	size := counted(uint64(len(event)), "byte", "bytes")
	return strings.TrimSpace(head.Type+" "+head.Action) + ", " + size
}

func attemptText(a *admin.AttemptReport) string {
	text := moments(a.At) + "  sent"
	if a.Replay {
		text += " as a replay"
	}
	if a.Status != 0 {
		text += fmt.Sprintf(": HTTP %d", a.Status)
	} else {
		text += ": no answer"
	}
	text += fmt.Sprintf(" after %d ms, %s", a.TookMS, strings.ReplaceAll(a.Class, "_", " "))
	if a.Refused {
		text += ": this event is refused"
	}
	if a.RequestID != "" {
		text += " (request " + a.RequestID + ")"
	}
	if a.Error != "" {
		text += ": " + a.Error
	}
	return text
}

// placeText says where an event is now.
func placeText(f *admin.Fate) string {
	text := placeWords(f.Place)
	if !f.At.IsZero() {
		text += " since " + stamp(f.At)
	}
	if f.Reason != "" {
		text += ", " + f.Reason
	}
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	return text
}

func placeWords(place string) string {
	switch place {
	case admin.PlaceWaiting:
		return "waiting in the journal"
	case admin.PlaceInFlight:
		return "on its way to the collector"
	case admin.PlaceDuplicate:
		return "dropped as a duplicate"
	case admin.PlaceUnknown:
		return "not known"
	default:
		return place
	}
}

const turnAdvice = "`bbcaliper destination list` says whether its turn comes"

// adviceFor says what somebody can do about an event, "" if there is nothing to do.
func adviceFor(f *admin.Fate, event, source string) string {
	switch f.Place {
	case admin.PlaceWaiting, admin.PlaceInFlight:
		return turnAdvice
	case admin.PlaceHeld:
		if f.Reason == admin.ReasonMapped {
			return turnAdvice
		}
		return "`bbcaliper map set --platform-id UUID " + aliasOf(f.Person, source) + "` releases it"
	case admin.PlaceDead:
		return fmt.Sprintf("`bbcaliper dead show %[1]s` shows it, `bbcaliper dead retry %[1]s` sends it through again", letterName(f, event))
	case admin.PlaceDelivered, admin.PlaceDiscarded:
		return fmt.Sprintf("`bbcaliper replay --event %s --destination %s` sends it once more", event, f.Destination)
	default:
		return ""
	}
}

// letterName is how commands name a dead event.
func letterName(f *admin.Fate, event string) string {
	if f.Letter == 0 {
		return event
	}
	return number(f.Letter)
}

// aliasOf writes the strongest alias of a person as a flag of `map set`.
func aliasOf(p *admin.Person, source string) string {
	if p == nil {
		p = &admin.Person{}
	}
	return aliasFlag(&admin.UnmappedPerson{Source: source, UserUUID: p.UserUUID, UserID: p.UserID, ExternalID: p.ExternalID, Email: p.Email})
}
