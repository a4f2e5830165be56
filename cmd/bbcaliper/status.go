package main

import (
	"github.com/spf13/cobra"
)

func newStatusCommand(c *console) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status [flags]",
		Short: "Say whether it works: what came, what was sent, what waits",
		Args:  takes(),
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
				return c.printJSON(status)
			}
			return c.print(overview(&status, c.now()))
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}
