package main

import (
	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

func newDeadCountCommand(c *console) *cobra.Command {
	var flags deadFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "count [flags]",
		Short: "Count dead events by destination and reason",
		Long: `Count dead events by destination and reason

  bbcaliper dead count --since 7d`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			if err := flags.complete(nil); err != nil {
				return err
			}
			counts, err := api.CountDead(cmd.Context(), flags.filter)
			switch {
			case err != nil:
				return err
			case asJSON:
				return c.printJSON(counts.Counts)
			case counts.Total() == 0:
				return c.none(&flags.filter)
			default:
				return c.print(c.countTable(counts.Counts))
			}
		},
	}
	flags.add(cmd, c)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (c *console) countTable(counts []admin.DeadCount) string {
	t := newTable("DESTINATION", "REASON", "LETTERS", "OLDEST", "NEWEST")
	for _, n := range counts {
		t.row(n.Destination, n.Reason, number(n.Letters), ago(n.Oldest, c.now()), ago(n.Newest, c.now()))
	}
	return t.String()
}
