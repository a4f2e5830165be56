package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// mergeFlags are the flags of the command, and its arguments.
type mergeFlags struct {
	request  admin.MergeRequest
	revision uint64
	yes      bool
	json     bool
}

func newMapMergeCommand(c *console) *cobra.Command {
	const short = "Make one record of two that stand for the same account"
	var f mergeFlags
	cmd := &cobra.Command{
		Use:   "merge [flags] INTO FROM",
		Short: short,
		Long: short + `

INTO stays as it is and gets what it lacks from FROM, which is removed, in one change: what both have stays as INTO has
it. ` + "`bbcaliper map undo`" + ` takes it back. Two accounts, with different user uuids or user ids, are not merged: give their
records the same platform id, if they are one person's.

INTO and FROM are each a platform id or any alias that only one record has, or the number of a record, as in '#12' (in
quotes, for # begins a comment in a shell).`,
		Args: takes("INTO", "FROM"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !f.yes && !c.terminal {
				return usagef("nobody can be asked whether to merge two records: give --yes")
			}
			f.request.Into, f.request.From = args[0], args[1]
			return c.merge(cmd.Context(), &f)
		},
	}
	flags := cmd.Flags()
	sourceFlag(cmd, &f.request.Source, "only records of the source `NAME`")
	flags.BoolVar(&f.request.AllowRepoint, "allow-repoint", false,
		"FROM may have another platform id than INTO: its events leave as INTO's from then on")
	revisionFlag(cmd, &f.revision, "INTO")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	jsonFlag(cmd, &f.json)
	return cmd
}

// merge shows the records and asks; what is merged then are these, as they were shown.
func (c *console) merge(ctx context.Context, f *mergeFlags) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	if !f.yes {
		if err := c.confirmMerge(ctx, api, f); err != nil {
			return err
		}
	}
	merged, err := api.Merge(ctx, f.request, f.revision)
	if err != nil {
		return advised(err, repointAdvice)
	}
	if f.json {
		return c.printJSON(merged)
	}
	c.say("removed %s", recordName(&merged.Removed))
	return c.printRecords(merged.Record)
}

func (c *console) confirmMerge(ctx context.Context, api *client.Client, f *mergeFlags) error {
	into, err := c.theRecord(ctx, api, f.request.Source, f.request.Into)
	if err != nil {
		return fmt.Errorf("INTO: %w", err)
	}
	from, err := c.theRecord(ctx, api, f.request.Source, f.request.From)
	if err != nil {
		return fmt.Errorf("FROM: %w", err)
	}
	c.showRecords(into, from)
	f.revision, f.request.FromRevision = cmp.Or(f.revision, into.Revision), from.Revision
	if into.Source != from.Source || into.Mergeable(&from, f.request.AllowRepoint) != nil {
		return nil // as they were shown they are refused: there is nothing to ask
	}
	return c.confirm(mergeQuestion(&into, &from))
}

func mergeQuestion(into, from *mapping.Record) string {
	stays, goes := mapping.FormatNumber(into.Number), mapping.FormatNumber(from.Number)
	question := fmt.Sprintf("Merge? %s stays and gets what it lacks from %s, which is removed", stays, goes)
	if into.PlatformID != from.PlatformID {
		question += fmt.Sprintf("; events found by %s leave as %s", goes, into.PlatformID)
	}
	return question + "."
}

func repointAdvice(p *admin.Problem) string {
	if p.Kind != admin.KindRepoint {
		return ""
	}
	return "--allow-repoint allows it, if both really are one account; in the other order, the other platform id stays"
}
