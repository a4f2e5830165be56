package main

import (
	"github.com/spf13/cobra"
)

func newMapExportCommand(c *console) *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:   "export [flags]",
		Short: "Print the map as the CSV that import reads",
		Args:  takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			return api.Export(cmd.Context(), source, c.out)
		},
	}
	sourceFlag(cmd, &source, "only the records of the source `NAME`")
	return cmd
}
