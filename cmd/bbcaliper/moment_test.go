package main

import (
	"testing"
	"time"
)

func TestMoments(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"24h":                       now.Add(-24 * time.Hour),
		"90m":                       now.Add(-90 * time.Minute),
		"1h30m":                     now.Add(-90 * time.Minute),
		"0s":                        now,
		"7d":                        now.AddDate(0, 0, -7),
		"1d12h":                     now.Add(-36 * time.Hour),
		"2026-03-01":                time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		"2026-03-01T10:00:00Z":      time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
		"2026-03-01T10:00:00+02:00": time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
		"2026-03-01T10:00:00.5Z":    time.Date(2026, 3, 1, 10, 0, 0, 5e8, time.UTC),
	} {
		if got, err := parseMoment(text, now); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "d", "h", "7", "-1h", "-1d", "1d-1h", "7D", "1.5d", "d12h", "1d1d", "yesterday", "2026", "2026-3-1", "2026-02-30",
		"2026-03-01T10:00:00", "2026-03-01 10:00:00Z", "99999999d", "65535d", "2000000h", "9223372036854775807ns0h", " 24h",
	} {
		if got, err := parseMoment(text, now); err == nil {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func FuzzMoment(f *testing.F) {
	for _, text := range []string{"24h", "7d", "1d12h", "2026-03-01", "2026-03-01T10:00:00+02:00", "0000-01-01", "36500d"} {
		f.Add(text)
	}
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		at, err := parseMoment(text, now)
		if err != nil {
			return
		}
		if at.Location() != time.UTC || now.Sub(at) > maxAgo && len(text) < len(time.DateOnly) {
			t.Errorf("%q: %s", text, at)
		}
		// What was read is a time that can be sent.
		if again, err := parseMoment(at.Format(time.RFC3339Nano), now); err != nil || !again.Equal(at) {
			t.Errorf("%q: %s, again %s, %v", text, at, again, err)
		}
	})
}
