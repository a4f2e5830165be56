package timeback_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback"
)

func TestBackoffGrowsToItsCap(t *testing.T) {
	b := timeback.Backoff{Min: time.Second, Max: 30 * time.Second}
	want := []time.Duration{1, 2, 4, 8, 16, 30, 30, 30}
	for i, seconds := range want {
		if got := b.Next(i+1, 0); got != seconds*time.Second {
			t.Errorf("Next(%d) = %s, want %ds", i+1, got, seconds)
		}
	}
	for _, attempt := range []int{math.MinInt, -1, 0} {
		if got := b.Next(attempt, 0); got != time.Second {
			t.Errorf("Next(%d) = %s, want 1s", attempt, got)
		}
	}
	if got := b.Next(math.MaxInt, 0); got != 30*time.Second {
		t.Errorf("Next(MaxInt) = %s, want 30s", got)
	}
}

func TestBackoffIsJitteredWithinItsBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	b := timeback.Backoff{Min: time.Second, Max: time.Minute, Rand: rng.Float64}
	for attempt := 1; attempt <= 10; attempt++ {
		full := min(time.Second<<(attempt-1), time.Minute)
		seen := map[time.Duration]bool{}
		for range 50 {
			wait := b.Next(attempt, 0)
			if wait < full/2 || wait > full {
				t.Fatalf("Next(%d) = %s, want %s to %s", attempt, wait, full/2, full)
			}
			seen[wait] = true
		}
		if len(seen) < 40 {
			t.Errorf("Next(%d): only %d different waits of 50", attempt, len(seen))
		}
	}
}

func TestBackoffHonoursRetryAfter(t *testing.T) {
	for name, test := range map[string]struct {
		part            float64
		asked, from, to time.Duration
	}{
		"shorter than the schedule": {0, 100 * time.Millisecond, 500 * time.Millisecond, time.Second},
		"longer":                    {0, 10 * time.Second, 10 * time.Second, 10 * time.Second},
		"longer, jittered":          {0.5, 10 * time.Second, 10500 * time.Millisecond, 10500 * time.Millisecond},
		"beyond Max":                {0, 10 * time.Minute, 10 * time.Minute, 10 * time.Minute},
		"beyond an hour":            {0, 100 * time.Hour, time.Hour, time.Hour},
		"negative":                  {0, -time.Hour, 500 * time.Millisecond, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			b := timeback.Backoff{Rand: func() float64 { return test.part }}
			if got := b.Next(1, test.asked); got < test.from || got > test.to {
				t.Errorf("got %s, want %s to %s", got, test.from, test.to)
			}
		})
	}
}
