package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// shownAccepted is how many people are shown before somebody is asked.
const shownAccepted = 20

// acceptPlan is whom accepting maps to what, for people, without the end of the last line.
func acceptPlan(people []admin.UnmappedPerson, c *console) string {
	t := newTable("  SOURCE", "PERSON", "EVENTS", "PLATFORM ID", "EVIDENCE")
	t.fit(c.width())
	events := 0
	for i := range people {
		p := &people[i]
		events += p.Events
		if i < shownAccepted {
			s := p.Acceptable()
			t.row("  "+p.Source, callName(p), strconv.Itoa(p.Events), s.PlatformID.String(), s.EvidenceText())
		}
	}
	text := fmt.Sprintf("would map %s, which releases %s\n%s", counted(len(people), "person", "people"),
		counted(events, "event", "events"), t.String())
	if more := len(people) - shownAccepted; more > 0 {
		text += fmt.Sprintf("  and %d more\n", more)
	}
	return strings.TrimSuffix(text, "\n")
}

// callName is what people call somebody: the external id, which is what rosters have, else any other alias.
func callName(p *admin.UnmappedPerson) string {
	return cmp.Or(p.ExternalID, mapping.FormatUserUUID(p.UserUUID), p.UserID, p.Email, p.Key)
}

// acceptedText is what was done, in a line or more.
func acceptedText(done *admin.Accepted) string {
	var b strings.Builder
	fmt.Fprintf(&b, "mapped %s; %s released\n", counted(done.People, "person", "people"), counted(done.Events, "event is", "events are"))
	for _, change := range done.Changes {
		fmt.Fprintf(&b, "  change %d of source %s: %s\n", change.Change, change.Source, counted(change.People, "person", "people"))
	}
	return b.String()
}
