package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
)

// overview is a status for people: whether it works, tables, and what to do next.
func overview(s *admin.Status, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", headline(s, now))
	b.WriteString(sourceTable(s.Sources, now))
	b.WriteString("\n")
	b.WriteString(destinationTable(s.Destinations, now))
	b.WriteString(mapFileTable(s.MapFiles, now))
	b.WriteString(resolverTable(s.Resolvers))
	writeLines(&b, "↻ ", replays(s.Destinations))
	writeLines(&b, "→ ", nextSteps(s, now))
	return b.String()
}

// writeLines writes lines below an empty one, if there are any.
func writeLines(b *strings.Builder, mark string, lines []string) {
	for i, line := range lines {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(mark + clean(line) + "\n")
	}
}

// replays says how the replays go that have not ended.
func replays(destinations []admin.DestinationStatus) []string {
	var lines []string
	for i := range destinations {
		if d := &destinations[i]; d.Replay != nil && !d.Replay.Done {
			lines = append(lines, fmt.Sprintf("replaying to %s: %s", d.Name, replayText(d.Replay)))
		}
	}
	return lines
}

// headline answers in a line whether it works.
func headline(s *admin.Status, now time.Time) string {
	var last time.Time
	for i := range s.Sources {
		if at := s.Sources[i].LastEnvelope; at.After(last) {
			last = at
		}
	}
	stuck := 0
	for i := range s.Destinations {
		if s.Destinations[i].State != pipeline.Running {
			stuck++
		}
	}
	switch {
	case !s.Engine.OK:
		return "✗ nothing can be received: " + clean(s.Engine.Reason)
	case stuck > 0:
		return fmt.Sprintf("✗ receiving, but %d of %d destinations take no events", stuck, len(s.Destinations))
	case last.IsZero():
		return "✓ ready: no envelope has come yet"
	default:
		return "✓ working: the last envelope came " + ago(last, now)
	}
}

func sourceTable(sources []admin.SourceStatus, now time.Time) string {
	t := newTable("SOURCE", "SITE", "LAST ENVELOPE", "ENVELOPES", "EVENTS", "REFUSED")
	for i := range sources {
		s := &sources[i]
		t.row(s.Name, s.Site, ago(s.LastEnvelope, now), number(s.Envelopes), number(s.Events.Total), reasons(s.Refused))
	}
	return t.String()
}

func destinationTable(destinations []admin.DestinationStatus, now time.Time) string {
	t := newTable("DESTINATION", "STATE", "DELIVERED", "WAITING", "OLDEST", "HELD", "DEAD", "SKIPPED", "DUPLICATE", "LAST SENT", "LAST REPLY")
	for i := range destinations {
		d := &destinations[i]
		t.row(d.Name, d.State, number(d.Outcomes.Delivered), number(d.Waiting.Journal), seconds(d.OldestSeconds.Journal),
			number(d.Waiting.Held), number(d.Waiting.Dead), number(d.Outcomes.Skipped), number(d.Outcomes.Duplicate),
			ago(d.LastSent, now), d.LastReply)
	}
	return t.String()
}

// nextSteps says what somebody should do, the most urgent first.
func nextSteps(s *admin.Status, now time.Time) []string {
	var steps []string
	for i := range s.Destinations {
		steps = append(steps, destinationSteps(&s.Destinations[i], now)...)
	}
	for i := range s.Resolvers {
		steps = append(steps, resolverSteps(&s.Resolvers[i], now)...)
	}
	for i := range s.MapFiles {
		if step := mapFileStep(&s.MapFiles[i], now); step != "" {
			steps = append(steps, step)
		}
	}
	if len(s.Refused) > 0 {
		steps = append(steps, fmt.Sprintf("requests without a key of any source were refused (%s): compare the API key in Learn with the keys of the source", reasons(s.Refused)))
	}
	for i := range s.Sources {
		if s.Sources[i].Envelopes == 0 {
			steps = append(steps, fmt.Sprintf("nothing has come from %s yet: `bbcaliper source key --url https://HOST/caliper` says what to type into Learn", s.Sources[i].Name))
		}
	}
	return steps
}

func destinationSteps(d *admin.DestinationStatus, now time.Time) []string {
	var steps []string
	if d.State != pipeline.Running {
		steps = append(steps, stateStep(d, now))
	}
	if d.PeopleWaiting > 0 {
		steps = append(steps, fmt.Sprintf("%s for a mapping at %s, with %s: `bbcaliper map unmapped`",
			counted(d.PeopleWaiting, "person waits", "people wait"), d.Name, counted(d.EventsUnmapped, "event", "events")))
	}
	if d.Waiting.Dead > 0 {
		steps = append(steps, fmt.Sprintf("%s dead at %[2]s: `bbcaliper dead list --destination %[2]s`",
			counted(d.Waiting.Dead, "event is", "events are"), d.Name))
	}
	return steps
}

// stateStep says why a destination is not running, and what ends that.
func stateStep(d *admin.DestinationStatus, now time.Time) string {
	step := fmt.Sprintf("%s has been %s for %s", d.Name, strings.ReplaceAll(d.State, "_", " "), duration(now.Sub(d.Since)))
	if d.PausedBy != "" {
		step += ", by " + d.PausedBy
	}
	if d.Reason != "" {
		step += ": " + d.Reason
	}
	switch {
	case d.PausedBy != "":
		step += fmt.Sprintf("; `bbcaliper destination resume %s` ends that", d.Name)
	case d.Setting != "":
		step += fmt.Sprintf("; change %s of it in the configuration and reload", d.Setting)
	}
	if d.RetryAt.After(now) {
		step += "; the next attempt is in " + duration(d.RetryAt.Sub(now))
	}
	return step
}

// reasons writes counts by reason, such as `syntax 2, unauthorized 5`.
func reasons(counts map[string]uint64) string {
	parts := make([]string, 0, len(counts))
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", reason, counts[reason]))
	}
	return strings.Join(parts, ", ")
}

// counted writes a number with its noun.
func counted[N int | uint64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }
