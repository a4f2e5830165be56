package main

import (
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// Resolvers have a table of their own, and a line for each that wants somebody.
func TestOverviewOfResolvers(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	stored := map[string]uint64{"stored": 7, "conflict": 0, "repoint": 0, "invalid": 0, "failed": 0}
	s := admin.Status{
		Engine: admin.EngineStatus{OK: true},
		Resolvers: []admin.ResolverStatus{
			{Name: "learn", Type: "blackboard", State: admin.ResolverLimited, Reason: "GET https://learn/ answered 429 Too Many Requests",
				Since: now.Add(-time.Minute), RetryAt: now.Add(29 * time.Minute), Findings: stored,
				Questions: map[string]uint64{"found": 9, "unknown": 2, "error": 1, "found_cached": 4, "unknown_cached": 1, "skipped_limited": 3}},
			{Name: "roster", Type: "oneroster", State: admin.ResolverFailing, Reason: "GET https://roster/users: connection refused; look at url",
				Since: now.Add(-26 * time.Hour), RetryAt: now.Add(45 * time.Second), Waiting: 12,
				Questions: map[string]uint64{"error": 5, "skipped_open": 80, "no_alias": 2}, Findings: map[string]uint64{"stored": 3, "conflict": 2, "repoint": 1}},
			{Name: "directory", Type: "http", State: admin.ResolverProbing, Since: now.Add(-3 * time.Minute), RetryAt: now.Add(-time.Second), Findings: stored},
			{Name: "made", Type: "static", State: admin.ResolverWorking, LastError: "long ago", Findings: stored, Questions: map[string]uint64{"held_back": 1, "unsafe_value": 1}},
		},
	}
	const want = `
RESOLVER   TYPE        STATE    FOUND  UNKNOWN  ERRORS  FROM MEMORY  NOT ASKED  WAITING  NOT STORED
learn      blackboard  limited  9      2        1       5            3          0        -
roster     oneroster   failing  0      0        5       0            82         12       conflict 2, repoint 1
directory  http        probing  0      0        0       0            0          0        -
made       static      working  0      0        0       0            2          0        -

→ learn has asked to be left alone: GET https://learn/ answered 429 Too Many Requests; the next attempt is in 29m
→ roster has been failing for 26h: GET https://roster/users: connection refused; look at url; the next attempt is in 45s
→ the ID map did not take what roster found (conflict 2, repoint 1); these people wait: ` + "`bbcaliper map unmapped`" + `
→ directory has been failing for 3m; the next question tries it
`
	if got := overview(&s, now); !strings.HasSuffix(got, want) {
		t.Errorf("overview is\n%s\nwant at its end\n%s", got, want)
	}
	s.Resolvers = nil
	if got := overview(&s, now); strings.Contains(got, "RESOLVER") {
		t.Errorf("without resolvers:\n%s", got)
	}
}
