package main

import (
	"github.com/spf13/cobra"
)

func newMapShowCommand(c *console) *cobra.Command {
	const short = "Show the records of a person, with their numbers and revisions"
	var source string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show [flags] PERSON",
		Short: short,
		Long:  short + "\n\n" + personForms,
		Args:  takes("PERSON"),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			records, err := api.Find(cmd.Context(), source, args[0])
			if err != nil {
				return err
			}
			if len(records) == 0 {
				return errNoRecord
			}
			if asJSON {
				return c.printJSON(records)
			}
			return c.printRecords(records...)
		},
	}
	sourceFlag(cmd, &source, "only records of the source `NAME`")
	jsonFlag(cmd, &asJSON)
	return cmd
}
