package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// setFlags are the flags of the command.
type setFlags struct {
	stated   admin.Statement
	record   string
	revision uint64
	json     bool
}

func newMapSetCommand(c *console) *cobra.Command {
	const short = "Map a Blackboard account, or correct its record; held events of it are released"
	var f setFlags
	cmd := &cobra.Command{
		Use:   "set --platform-id UUID [flags]",
		Short: short,
		Long: short + `

The record is that of --record, else the one that has the strongest of the aliases given, else a new one. What is not
given stays as it is, unless --replace is given.

An alias belongs to one record. To give one that another record has is a conflict, unless --take moves it: to the record
of --record, else to the one that has the --user-uuid, else to a new one. A record that loses its last alias is removed.`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return c.set(cmd.Context(), &f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.stated.PlatformID, "platform-id", "", "the platform's `UUID` for the person (required)")
	flags.StringVar(&f.stated.UserUUID, "user-uuid", "", "Learn's `UUID` of the account: hex digits, dashed, or the whole IRI")
	flags.StringVar(&f.stated.UserID, "user-id", "", "Learn's primary key, such as `_1_1`")
	flags.StringVar(&f.stated.ExternalID, "external-id", "", "the institution's `ID` of the account (batch_uid)")
	flags.StringVar(&f.stated.Email, "email", "", "the account's e-mail `ADDRESS`")
	flags.StringVar(&f.stated.Note, "note", "", "a `TEXT` for other editors")
	sourceFlag(cmd, &f.stated.Source, "`NAME` of the source; with one configured it need not be given")
	flags.StringVar(&f.record, "record", "", "the record to change, by its `NUMBER`, as `bbcaliper map show` prints it")
	flags.BoolVar(&f.stated.Take, "take", false, "take the aliases from the records that have them")
	flags.BoolVar(&f.stated.Replace, "replace", false, "empty what is not given")
	revisionFlag(cmd, &f.revision, "the record")
	jsonFlag(cmd, &f.json)
	return cmd
}

// check finds what can be seen without asking the adapter.
func (f *setFlags) check() (err error) {
	s := &f.stated
	switch {
	case s.PlatformID == "":
		return usagef("--platform-id is missing")
	case s.UserUUID == "" && s.UserID == "" && s.ExternalID == "" && s.Email == "":
		return usagef("an alias is missing: give --user-uuid, --user-id, --external-id or --email")
	case f.record == "":
		return nil
	}
	if s.Number, err = mapping.ParseNumber(f.record); err != nil {
		return usagef("--record: %w", err)
	}
	return nil
}

func (c *console) set(ctx context.Context, f *setFlags) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	record, err := api.Set(ctx, f.stated, f.revision)
	if repoint := problemOf(err, admin.KindRepoint); repoint != nil {
		f.stated.AllowRepoint = true // whoever states one record by hand means it
		if record, err = api.Set(ctx, f.stated, f.revision); err == nil {
			c.say("%s: the account's events leave as another person's from now on; `bbcaliper map undo %d` takes that back",
				clean(repoint.Text), record.Revision)
		}
	}
	if err != nil {
		return advised(err, conflictAdvice)
	}
	if f.json {
		return c.printJSON(record)
	}
	return c.printRecords(record)
}

// conflictAdvice says how the conflict of a record with another, or of a new one with another, can be resolved. Merging
// into the one that has the alias keeps that.
func conflictAdvice(p *admin.Problem) string {
	switch {
	case p.Kind != admin.KindConflict:
		return ""
	case len(p.Records) == 2:
		one, other := mapping.FormatNumber(p.Records[0]), mapping.FormatNumber(p.Records[1])
		return fmt.Sprintf("if both are one account, `bbcaliper map merge '%[2]s' '%[1]s'` makes one record of them; "+
			"else --take gives the alias to %[1]s, and %[2]s keeps the rest", one, other)
	case len(p.Records) == 1:
		other := mapping.FormatNumber(p.Records[0])
		return fmt.Sprintf("that is another account: --take gives the alias to a new record, and %[1]s keeps the rest; "+
			"--record '%[1]s' corrects %[1]s instead", other)
	default:
		return ""
	}
}
