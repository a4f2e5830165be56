package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

// replayFlags are the flags of the command.
type replayFlags struct {
	request            admin.ReplayRequest
	period             periodFlags
	events             []string
	dryRun, stop, json bool
	noWait             bool
}

func newReplayCommand(c *console) *cobra.Command {
	var flags replayFlags
	cmd := &cobra.Command{
		Use:   "replay --since TIME [flags]",
		Short: "Send events of the journal once more, with the same ids",
		Long: `Send events of the journal once more, with the same ids

They are mapped and translated as today; nothing is held or becomes a dead letter, and the destination's counts stay as
they are. --dry-run says how many there are and shows the first. Otherwise it is shown how it goes on; Ctrl-C ends the
showing, not the replay.

  bbcaliper replay --since 2026-03-04 --destination timeback --dry-run`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.complete(); err != nil {
				return err
			}
			api, err := c.client()
			if err != nil {
				return err
			}
			switch {
			case flags.stop:
				return c.stopReplay(cmd.Context(), api, flags.request.Destination)
			case flags.dryRun:
				return c.planReplay(cmd.Context(), api, &flags)
			default:
				return c.replay(cmd.Context(), api, &flags)
			}
		},
	}
	flags.add(cmd, c)
	return cmd
}

func (f *replayFlags) add(cmd *cobra.Command, c *console) {
	flags := cmd.Flags()
	f.period.add(cmd, c, "was received")
	flags.StringVar(&f.request.Destination, "destination", "", "only to the destination `NAME`")
	sourceFlag(cmd, &f.request.Source, "only events of the source `NAME`")
	flags.StringVar(&f.request.Person, "person", "", "only events of `PERSON`, a platform id or any alias")
	flags.StringArrayVar(&f.events, "event", nil, "only the event with this `EVENT_ID` (repeatable; needs no --since)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "only say how many events would be sent, and show the first")
	flags.BoolVar(&f.noWait, "no-wait", false, "do not wait until it has ended")
	flags.BoolVar(&f.stop, "stop", false, "stop the replays that run, or the one of --destination")
	jsonFlag(cmd, &f.json)
}

// complete makes the request from the flags.
func (f *replayFlags) complete() error {
	f.request.Since, f.request.Until = f.period.since.Time, f.period.until.Time
	for _, text := range f.events {
		id, err := admin.ParseEventID(text)
		if err != nil {
			return usagef("--event: %w", err)
		}
		if !slices.Contains(f.request.Events, id) {
			f.request.Events = append(f.request.Events, id)
		}
	}
	switch {
	case f.stop && f.selects():
		return usagef("--stop takes --destination and nothing else")
	case f.stop:
		return nil
	case f.request.Since.IsZero() && len(f.request.Events) == 0:
		return usagef("--since is missing: %s", momentForms)
	default:
		return f.period.check()
	}
}

// selects says whether anything but a destination is given.
func (f *replayFlags) selects() bool {
	r := &f.request
	return !r.Since.IsZero() || !r.Until.IsZero() || r.Source != "" || r.Person != "" || len(r.Events) > 0 || f.dryRun
}

func (c *console) stopReplay(ctx context.Context, api *client.Client, destination string) error {
	stopped, err := api.StopReplay(ctx, destination)
	if err != nil {
		return err
	}
	if len(stopped) == 0 {
		c.say("nothing is replayed")
		return nil
	}
	c.say("stopped at %s", clean(strings.Join(stopped, ", ")))
	return nil
}

func (c *console) planReplay(ctx context.Context, api *client.Client, f *replayFlags) error {
	plans, err := api.PlanReplay(ctx, f.request)
	if err != nil {
		return err
	}
	for i := range plans {
		p := &plans[i]
		c.sayUnsent(f, p.Destination, p.Events+p.Unmapped+p.Skipped+p.Untranslatable)
	}
	if f.json {
		return c.printJSON(plans)
	}
	return c.print(planText(plans))
}

// sayUnsent says that a replay has not found all events that were named: what is dead or waits is not sent.
func (c *console) sayUnsent(f *replayFlags, destination string, found uint64) {
	if missing := len(f.request.Events) - int(found); missing > 0 {
		c.say("%s: %s been sent there before, as far as the journal reaches back; `bbcaliper explain EVENT_ID` says what became of it",
			clean(destination), counted(missing, "event that was named has not", "events that were named have not"))
	}
}

// planText is what a replay would do, for people.
func planText(plans []admin.ReplayPlan) string {
	t := newTable("DESTINATION", "WOULD SEND", "UNMAPPED", "SKIPPED", "UNTRANSLATABLE")
	for i := range plans {
		p := &plans[i]
		t.row(p.Destination, number(p.Events), number(p.Unmapped), number(p.Skipped), number(p.Untranslatable))
	}
	var b strings.Builder
	b.WriteString(t.String())
	for i := range plans {
		if p := &plans[i]; len(p.First) > 0 {
			fmt.Fprintf(&b, "\nthe first to %s\n%s", clean(p.Destination), firstTable(p.First))
		}
	}
	return b.String()
}

func firstTable(first []admin.ReplayEvent) string {
	t := newTable("RECEIVED", "SOURCE", "TYPE", "EVENT")
	for _, e := range first {
		t.row(stamp(e.Received), e.Source, e.Type, e.EventID)
	}
	return t.String()
}

// replay starts a replay and, unless nobody wants to wait, shows how it goes until it has ended.
func (c *console) replay(ctx context.Context, api *client.Client, f *replayFlags) error {
	started, err := api.StartReplay(ctx, f.request)
	if err != nil {
		return err
	}
	c.say("replaying to %s; `bbcaliper replay --stop` ends it", clean(strings.Join(started, ", ")))
	if f.noWait {
		return nil
	}
	ended, err := c.follow(ctx, api, started)
	if err != nil {
		return err
	}
	for i := range ended {
		r := &ended[i]
		c.sayUnsent(f, r.Destination, r.Delivered+r.Refused+r.Unmapped+r.Skipped+r.Untranslatable)
	}
	if f.json {
		err = c.printJSON(ended)
	} else {
		err = c.print(replayTable(ended))
	}
	if err != nil {
		return err
	}
	return failedReplays(ended)
}
