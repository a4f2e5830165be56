package main

import (
	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

func newExplainCommand(c *console) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain [flags] EVENT_ID",
		Short: "Tell the whole way of one event: received, mapped, sent, and where it is now",
		Long: `Tell the whole way of one event: received, mapped, sent, and where it is now

EVENT_ID is the UUID that Learn and the collector know it by, with or without urn:uuid:. --json has the event as it was
received and as it is sent, too.

  bbcaliper explain f8c984e2-de73-4c0b-8183-779ab4149422`,
		Args: takes("EVENT_ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			event, err := admin.ParseEventID(args[0])
			if err != nil {
				return usagef("EVENT_ID: %w", err)
			}
			api, err := c.client()
			if err != nil {
				return err
			}
			explanation, err := api.Explain(cmd.Context(), event.String())
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(explanation)
			}
			return c.print(story(&explanation))
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}
