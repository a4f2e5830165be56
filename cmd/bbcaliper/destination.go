package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
)

func newDestinationCommand(c *console) *cobra.Command {
	return group("destination", "Pause the sending to a collector, and resume it",
		newDestinationListCommand(c),
		newDestinationPauseCommand(c),
		newDestinationResumeCommand(c),
	)
}

func newDestinationListCommand(c *console) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List destinations: their state, why, and when the next attempt is",
		Long: `List destinations: their state, why, and when the next attempt is

FAILURES counts attempts in a row that failed, IN FLIGHT envelopes on their way, WAITING events in the journal.

  bbcaliper destination list`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			status, err := api.Status(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(status.Destinations)
			}
			return c.print(states(status.Destinations, c.now()))
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// states is a table of destinations, and a line about each that is not running.
func states(destinations []admin.DestinationStatus, now time.Time) string {
	t := newTable("DESTINATION", "STATE", "SINCE", "FAILURES", "IN FLIGHT", "WAITING", "NEXT TRY")
	var steps []string
	for i := range destinations {
		d := &destinations[i]
		next := ""
		if d.State != pipeline.Running {
			steps = append(steps, stateStep(d, now))
			if d.RetryAt.After(now) {
				next = "in " + duration(d.RetryAt.Sub(now))
			}
		}
		t.row(d.Name, d.State, ago(d.Since, now), strconv.Itoa(d.Failures), strconv.Itoa(d.InFlight), number(d.Waiting.Journal), next)
	}
	var b strings.Builder
	b.WriteString(t.String())
	writeLines(&b, "→ ", steps)
	return b.String()
}

func newDestinationPauseCommand(c *console) *cobra.Command {
	var because string
	cmd := &cobra.Command{
		Use:   "pause [flags] NAME",
		Short: "Stop the sending to a destination until it is resumed",
		Long: `Stop the sending to a destination until it is resumed

What comes in meanwhile waits in the journal. A pause outlives restarts and does not end by itself.

  bbcaliper destination pause timeback --because "maintenance until noon"`,
		Args: takes("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			if err := api.PauseDestination(cmd.Context(), args[0], because); err != nil {
				return err
			}
			c.say("%[1]s is paused: `bbcaliper destination resume %[1]s` ends that", args[0])
			return nil
		},
	}
	cmd.Flags().StringVar(&because, "because", "", "`TEXT` for whoever finds it paused")
	return cmd
}

func newDestinationResumeCommand(c *console) *cobra.Command {
	return &cobra.Command{
		Use:   "resume NAME",
		Short: "End a pause, or have a destination that waits try at once",
		Long: `End a pause, or have a destination that waits try at once

What has waited is sent in order. One that was paused by a fault, or is backing off, tries at once.

  bbcaliper destination resume timeback`,
		Args: takes("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			if err := api.ResumeDestination(cmd.Context(), args[0]); err != nil {
				return err
			}
			c.say("%s tries at once; `bbcaliper destination list` shows how it goes", args[0])
			return nil
		},
	}
}
