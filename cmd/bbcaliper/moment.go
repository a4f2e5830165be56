package main

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// periodFlags are the bounds of a time.
type periodFlags struct{ since, until moment }

func (f *periodFlags) add(cmd *cobra.Command, c *console, what string) {
	f.since.now, f.until.now = c.now, c.now
	cmd.Flags().Var(&f.since, "since", "only what "+what+" at `TIME` or later: "+momentForms)
	cmd.Flags().Var(&f.until, "until", "only what "+what+" before `TIME`")
}

// check refuses a period in which nothing can be.
func (f *periodFlags) check() error {
	if !f.until.IsZero() && !f.until.After(f.since.Time) {
		return usagef("--until must be later than --since")
	}
	return nil
}

// momentForms is what a flag that takes a time says of it.
const momentForms = "24h, 7d (ago), 2026-03-04 or 2026-03-04T15:00:00Z"

var errMoment = errors.New("a time is 24h or 7d for so long ago, a date such as 2026-03-04 (UTC), or 2026-03-04T15:00:00Z")

// moment is a flag that takes a time.
type moment struct {
	time.Time
	now func() time.Time
}

// Set implements pflag.Value.
func (m *moment) Set(text string) (err error) {
	m.Time, err = parseMoment(text, m.now())
	return err
}

// String implements pflag.Value: there is no default to show.
func (m *moment) String() string { return "" }

// Type implements pflag.Value.
func (m *moment) Type() string { return "time" }

// parseMoment reads a time: a duration before now, with days before hours; a date, which begins at midnight UTC; or
// RFC 3339.
func parseMoment(text string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	d, err := parseAgo(text)
	if err != nil {
		return time.Time{}, errMoment
	}
	return now.Add(-d).UTC(), nil
}

// maxAgo bounds how long ago a moment is. Nothing is kept for as long as that.
const maxAgo = 100 * 365 * 24 * time.Hour

// parseAgo reads a duration such as 90m, 7d or 1d12h.
func parseAgo(text string) (time.Duration, error) {
	var ago time.Duration
	if days, rest, ok := strings.Cut(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, errMoment
		}
		ago, text = time.Duration(n)*24*time.Hour, rest
	}
	if text != "" || ago == 0 {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 || d > maxAgo {
			return 0, errMoment
		}
		ago += d
	}
	if ago > maxAgo {
		return 0, errMoment
	}
	return ago, nil
}
