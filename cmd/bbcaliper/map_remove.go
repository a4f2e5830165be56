package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// removeFlags are the flags of the command.
type removeFlags struct {
	source   string
	revision uint64
	yes      bool
	json     bool
}

func newMapRemoveCommand(c *console) *cobra.Command {
	const short = "Take one record of a person out of the map"
	var f removeFlags
	cmd := &cobra.Command{
		Use:   "remove [flags] PERSON",
		Short: short,
		Long: short + `

The account's events wait from then on, until it is mapped again; what has been delivered stays. If several records
match, none is removed.

` + personForms,
		Args: takes("PERSON"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !f.yes && !c.terminal {
				return usagef("nobody can be asked whether to remove a record: give --yes")
			}
			return c.remove(cmd.Context(), args[0], &f)
		},
	}
	sourceFlag(cmd, &f.source, "only a record of the source `NAME`")
	revisionFlag(cmd, &f.revision, "the record")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	jsonFlag(cmd, &f.json)
	return cmd
}

// remove shows the record and asks; what is removed then is that record as it was shown.
func (c *console) remove(ctx context.Context, person string, f *removeFlags) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	revision := f.revision
	if !f.yes {
		r, err := c.theRecord(ctx, api, f.source, person)
		if err != nil {
			return err
		}
		c.showRecords(r)
		if err := c.confirm(fmt.Sprintf("Remove %s?", recordName(&r))); err != nil {
			return err
		}
		revision = cmp.Or(revision, r.Revision)
	}
	removed, err := api.Remove(ctx, f.source, person, revision)
	if err != nil {
		return advised(err, noAdvice)
	}
	if f.json {
		return c.printJSON(removed)
	}
	for i := range removed {
		c.say("removed %s", recordName(&removed[i]))
	}
	return nil
}

// recordName names a record in a sentence.
func recordName(r *mapping.Record) string {
	return fmt.Sprintf("record %d of source %s (platform id %s)", r.Number, clean(r.Source), r.PlatformID)
}
