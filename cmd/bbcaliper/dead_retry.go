package main

import (
	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

func newDeadRetryCommand(c *console) *cobra.Command {
	var flags deadFlags
	cmd := &cobra.Command{
		Use:   "retry [flags] [EVENT_ID|LETTER…]",
		Short: "Send dead events through again: those that are named or selected, or all",
		Long: `Send dead events through again: those that are named or selected, or all

They are decoded, mapped and translated anew, so a corrected map or configuration takes effect. An event that is refused
again is a new dead letter.

  bbcaliper dead retry --destination timeback --reason refused`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			if err := flags.complete(args); err != nil {
				return err
			}
			result, err := api.RetryDead(cmd.Context(), flags.filter)
			if err != nil {
				return err
			}
			if result.Letters+result.Left == 0 {
				return c.none(&flags.filter)
			}
			c.sayRetried(result)
			return nil
		},
	}
	flags.add(cmd, c)
	return cmd
}

func (c *console) sayRetried(r admin.DeadResult) {
	if r.Letters > 0 {
		c.say("%s tried again; `bbcaliper status` shows how that goes", counted(r.Letters, "event is", "events are"))
	}
	if r.Left > 0 {
		c.say("%s cannot be tried again: what was refused at the door is no event, and what was too large is not whole", letters(r.Left))
	}
}
