package main

import (
	"fmt"
	"maps"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// resolverTable lists who is asked about people, "" if nobody is.
func resolverTable(resolvers []admin.ResolverStatus) string {
	if len(resolvers) == 0 {
		return ""
	}
	t := newTable("RESOLVER", "TYPE", "STATE", "FOUND", "UNKNOWN", "ERRORS", "FROM MEMORY", "NOT ASKED", "WAITING", "NOT STORED")
	for i := range resolvers {
		r := &resolvers[i]
		q := r.Questions
		t.row(r.Name, r.Type, r.State, number(q["found"]), number(q["unknown"]), number(q["error"]),
			number(q["found_cached"]+q["unknown_cached"]), number(notAsked(q)), number(uint64(r.Waiting)), reasons(notStored(r)))
	}
	return "\n" + t.String()
}

// notAsked is how many questions passed a resolver by.
func notAsked(questions map[string]uint64) (n uint64) {
	for _, outcome := range []string{"skipped_open", "skipped_limited", "no_alias", "unsafe_value", "held_back"} {
		n += questions[outcome]
	}
	return n
}

// notStored is what the ID map did not take of what was found, by reason.
func notStored(r *admin.ResolverStatus) map[string]uint64 {
	refused := maps.Clone(r.Findings)
	maps.DeleteFunc(refused, func(outcome string, n uint64) bool { return outcome == "stored" || n == 0 })
	return refused
}

// resolverSteps says what keeps a resolver from helping, and what ends that.
func resolverSteps(r *admin.ResolverStatus, now time.Time) []string {
	var steps []string
	if r.State != admin.ResolverWorking {
		steps = append(steps, resolverStateStep(r, now))
	}
	if refused := notStored(r); len(refused) > 0 {
		steps = append(steps, fmt.Sprintf("the ID map did not take what %s found (%s); these people wait: `bbcaliper map unmapped`", r.Name, reasons(refused)))
	}
	return steps
}

func resolverStateStep(r *admin.ResolverStatus, now time.Time) string {
	step := fmt.Sprintf("%s has been failing for %s", r.Name, duration(now.Sub(r.Since)))
	if r.State == admin.ResolverLimited {
		step = r.Name + " has asked to be left alone"
	}
	if r.Reason != "" {
		step += ": " + r.Reason
	}
	if r.RetryAt.After(now) {
		return step + "; the next attempt is in " + duration(r.RetryAt.Sub(now))
	}
	return step + "; the next question tries it"
}
