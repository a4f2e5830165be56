package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

// discardFlags are the flags of the command.
type discardFlags struct {
	deadFlags
	because  string
	all, yes bool
}

func newDeadDiscardCommand(c *console) *cobra.Command {
	var flags discardFlags
	cmd := &cobra.Command{
		Use:   "discard --because TEXT [flags] [EVENT_ID|LETTER…]",
		Short: "Drop dead events for good: those that are named or selected",
		Long: `Drop dead events for good: those that are named or selected

They are counted as discarded, and explain repeats your words. More than one is asked about first.

  bbcaliper dead discard --reason malformed --until 7d --because "the vendor knows"`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.complete(args); err != nil {
				return err
			}
			api, err := c.client()
			if err != nil {
				return err
			}
			return c.discard(cmd.Context(), api, &flags)
		},
	}
	flags.add(cmd, c)
	cmd.Flags().StringVar(&flags.because, "because", "", "`TEXT` that says why nobody will want them (required)")
	cmd.Flags().BoolVar(&flags.all, "all", false, "discard every dead event")
	cmd.Flags().BoolVar(&flags.yes, "yes", false, "do not ask")
	return cmd
}

func (f *discardFlags) complete(named []string) error {
	if err := f.deadFlags.complete(named); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(f.because) == "":
		return usagef("--because is missing: say why nobody will want them")
	case f.all && !f.filter.Empty():
		return usagef("--all discards every dead event: leave it out to discard those that are named or selected")
	case !f.all && f.filter.Empty():
		return usagef("which? Name events or letters, select them with flags, or give --all")
	}
	return nil
}

// discard counts first: what is discarded then is what was counted, and nothing that died meanwhile.
func (c *console) discard(ctx context.Context, api *client.Client, f *discardFlags) error {
	counts, err := api.CountDead(ctx, f.filter)
	if err != nil {
		return err
	}
	if counts.Total() == 0 {
		return c.none(&f.filter)
	}
	if err := c.approveDiscard(&counts, f.yes); err != nil {
		return err
	}
	f.filter.Last = counts.Last
	result, err := api.DiscardDead(ctx, f.filter, f.because)
	if err != nil {
		return err
	}
	c.say("discarded %s", letters(result.Letters))
	return nil
}

func (c *console) approveDiscard(counts *admin.DeadCounts, yes bool) error {
	n := counts.Total()
	switch {
	case n == 1 || yes:
		return nil
	case !c.terminal:
		return usagef("nobody can be asked whether to discard %s: give --yes", letters(n))
	default:
		return c.confirm(fmt.Sprintf("Discard %s (%s) for good?", letters(n), tally(counts.Counts)))
	}
}
