package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

// replayLook is how long the command waits before it looks again how replays go.
const replayLook = 500 * time.Millisecond

// replayed is the replay of one destination.
type replayed struct {
	Destination string `json:"destination"`
	admin.ReplayStatus
}

// errUnwatched ends a command that somebody does not want to wait for.
var errUnwatched = errors.New("the replay goes on: `bbcaliper status` shows how, `bbcaliper replay --stop` ends it")

// follow waits until the replays of some destinations have ended, and returns how.
func (c *console) follow(ctx context.Context, api *client.Client, destinations []string) ([]replayed, error) {
	progress := progressLine{console: c}
	defer progress.end()
	look := time.NewTicker(replayLook)
	defer look.Stop()
	for {
		status, err := api.Status(ctx)
		if ctx.Err() != nil {
			return nil, errUnwatched
		}
		if err != nil {
			return nil, err
		}
		now, err := replaysOf(status.Destinations, destinations)
		if err != nil || allDone(now) {
			return now, err
		}
		progress.show(replaysText(now))
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil, errUnwatched
		}
	}
}

// replaysOf returns the replays of some destinations. One that is not there any more was lost with its process.
func replaysOf(all []admin.DestinationStatus, destinations []string) ([]replayed, error) {
	var found []replayed
	for _, name := range destinations {
		i := slices.IndexFunc(all, func(d admin.DestinationStatus) bool { return d.Name == name })
		if i < 0 || all[i].Replay == nil {
			return nil, fmt.Errorf("the replay to %s is gone: bbcaliper has been restarted or configured anew; start it again", clean(name))
		}
		found = append(found, replayed{name, *all[i].Replay})
	}
	return found, nil
}

func allDone(replays []replayed) bool {
	return !slices.ContainsFunc(replays, func(r replayed) bool { return !r.Done })
}

// failedReplays names those that did not get to their end.
func failedReplays(replays []replayed) error {
	var failed []string
	for i := range replays {
		if r := &replays[i]; r.Failed != "" {
			failed = append(failed, r.Destination+": "+r.Failed)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return fmt.Errorf("the replay ended early: %s", clean(strings.Join(failed, "; ")))
}

func replayTable(replays []replayed) string {
	t := newTable("DESTINATION", "READ", "DELIVERED", "REFUSED", "UNMAPPED", "SKIPPED", "UNTRANSLATABLE")
	for i := range replays {
		r := &replays[i]
		t.row(r.Destination, number(r.Read), number(r.Delivered), number(r.Refused), number(r.Unmapped), number(r.Skipped), number(r.Untranslatable))
	}
	return t.String()
}

func replaysText(replays []replayed) string {
	parts := make([]string, len(replays))
	for i := range replays {
		parts[i] = clean(replays[i].Destination) + " " + replayText(&replays[i].ReplayStatus)
	}
	return strings.Join(parts, "; ")
}

// replayText says in a few words how far a replay is.
func replayText(r *admin.ReplayStatus) string {
	text := fmt.Sprintf("%d delivered", r.Delivered)
	if r.Refused > 0 {
		text += fmt.Sprintf(", %d refused", r.Refused)
	}
	if r.Total == 0 {
		return fmt.Sprintf("%d read, %s", r.Read, text)
	}
	return fmt.Sprintf("%s, %s", bar(r.Read, r.Total), text)
}
