package main

import (
	"slices"
	"strconv"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// unmappedTable is the work list for people. Columns that would be empty are left out, for it is wide.
func unmappedTable(people []admin.UnmappedPerson, c *console) string {
	withEmail := slices.ContainsFunc(people, func(p admin.UnmappedPerson) bool { return p.Email != "" })
	headers := []string{"SOURCE", "USER UUID", "USER ID", "EXTERNAL ID"}
	if withEmail {
		headers = append(headers, "E-MAIL")
	}
	t := newTable(append(headers, "EVENTS", "WAITING", "AT", "TYPES")...)
	t.fit(c.width())
	for i := range people {
		p := &people[i]
		cells := []string{p.Source, mapping.FormatUserUUID(p.UserUUID), p.UserID, p.ExternalID}
		if withEmail {
			cells = append(cells, p.Email)
		}
		t.row(append(cells, strconv.Itoa(p.Events), waitingText(p, c.now()), placesText(p.Destinations), admin.CountsText(p.Types))...)
		for _, note := range personNotes(p) {
			t.note("  " + note)
		}
	}
	return t.String()
}

// waitingText says when the first event came for which a person waits, and when the last: `3d … 2h ago`.
func waitingText(p *admin.UnmappedPerson, now time.Time) string {
	first, last := duration(now.Sub(p.Since)), duration(now.Sub(p.Until))
	if first == last {
		return first + " ago"
	}
	return first + " … " + last + " ago"
}

// placesText names the destinations at which events wait, with counts if there are several.
func placesText(destinations map[string]int) string {
	if len(destinations) == 1 {
		for name := range destinations {
			return name
		}
	}
	return admin.CountsText(destinations)
}

// personNotes say who somebody may be and what is in doubt, a line each.
func personNotes(p *admin.UnmappedPerson) []string {
	var notes []string
	for i := range p.Suggestions {
		s := &p.Suggestions[i]
		mark := "→ "
		if !s.Unambiguous {
			mark = "? "
		}
		notes = append(notes, mark+s.PlatformID.String()+": "+s.EvidenceText())
	}
	for i := range p.Doubts {
		notes = append(notes, "✗ "+doubtText(p, &p.Doubts[i]))
	}
	return notes
}

// doubtText says what is in doubt, and what mends it. Nobody takes a user id from an account: Learn gives none twice.
func doubtText(p *admin.UnmappedPerson, d *admin.Doubt) string {
	text := p.DoubtText(d)
	if d.Kind == admin.DoubtOtherAccount && d.Alias != mapping.UserID {
		text += ": `bbcaliper map set --take` moves it"
	}
	return text
}
