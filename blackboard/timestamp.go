package blackboard

import (
	"strconv"
	"time"
)

// layouts are the forms of a time that are taken, by how often they come:
// ISO 8601 with any fraction of a second, then with offsets that RFC 3339 does
// not know, then without any, which means UTC as Caliper has no other.
var layouts = [...]string{
	time.RFC3339,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05Z07",
	"2006-01-02T15:04:05",
}

// parseTime reads a time and gives it in UTC, to the millisecond, which is all
// that Caliper can write. It is false for what is no time, or one outside the
// years 1 to 9999.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return normalTime(t)
		}
	}
	return time.Time{}, false
}

// parseMillis is parseTime that also takes milliseconds since 1970, the form
// in which Learn writes an LTI launch_time.
func parseMillis(s string) (time.Time, bool) {
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil && ms > 0 {
		return normalTime(time.UnixMilli(ms))
	}
	return parseTime(s)
}

func normalTime(t time.Time) (time.Time, bool) {
	t = t.UTC().Truncate(time.Millisecond)
	if t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, false
	}
	return t, true
}
