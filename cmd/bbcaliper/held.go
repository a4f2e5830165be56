package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

func newHeldCommand(c *console) *cobra.Command {
	var filter admin.HeldFilter
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "held [flags]",
		Short: "List events that wait until their person is mapped",
		Long: `List events that wait until their person is mapped

Those of a destination in the order in which they came. For whom they wait is shown to tokens with the role mapper.

  bbcaliper held --destination timeback --type SessionEvent`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			events, err := api.Held(cmd.Context(), filter)
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(events)
			}
			return c.printHeld(events)
		},
	}
	cmd.Flags().StringVar(&filter.Destination, "destination", "", "only those of the destination `NAME`")
	cmd.Flags().StringVar(&filter.Source, "source", "", "only those of the source `NAME`")
	cmd.Flags().StringVar(&filter.Type, "type", "", "only those of the `TYPE`, such as SessionEvent")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (c *console) printHeld(events []admin.HeldEvent) error {
	if len(events) == 0 {
		c.say("no events are held")
		return nil
	}
	t := newTable("AGE", "DESTINATION", "SOURCE", "TYPE", "EVENT", "WAITS FOR")
	for i := range events {
		e := &events[i]
		t.row(duration(c.now().Sub(e.At)), e.Destination, e.Source, e.Type, e.EventID, whom(e.Person))
	}
	if err := c.print(t.String()); err != nil {
		return err
	}
	c.say("`bbcaliper map unmapped` lists for whom they wait")
	return nil
}

// whom names a person by the strongest alias.
func whom(p *admin.Person) string {
	switch {
	case p == nil:
		return ""
	case mapping.FormatUserUUID(p.UserUUID) != "":
		return mapping.FormatUserUUID(p.UserUUID)
	default:
		return strings.TrimSpace(p.ExternalID + " " + p.UserID)
	}
}
