package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// printRecords prints records for people.
func (c *console) printRecords(records ...mapping.Record) error { return c.print(recordTable(records)) }

// recordTable has a record a line, by the numbers by which they can be named.
func recordTable(records []mapping.Record) string {
	t := newTable("RECORD", "SOURCE", "PLATFORM ID", "USER UUID", "USER ID", "EXTERNAL ID", "E-MAIL", "REVISION", "CHANGED", "BY", "NOTE")
	for i := range records {
		r := &records[i]
		t.row(mapping.FormatNumber(r.Number), r.Source, r.PlatformID.String(), mapping.FormatUserUUID(r.UserUUID), r.UserID, r.ExternalID, r.Email,
			number(r.Revision), stamp(r.ChangedAt), r.ChangedBy, r.Note)
	}
	return t.String()
}

// theRecord returns the one record that an argument names. Of several it shows what tells them apart.
func (c *console) theRecord(ctx context.Context, api *client.Client, source, person string) (r mapping.Record, err error) {
	records, err := api.Find(ctx, source, person)
	switch {
	case err != nil:
		return r, err
	case len(records) == 0:
		return r, errNoRecord
	case len(records) > 1:
		c.showRecords(records...)
		return r, fmt.Errorf("%d records match: name one by its number, such as '%s', or by an alias that only it has",
			len(records), mapping.FormatNumber(records[0].Number))
	}
	return records[0], nil
}

// showRecords shows the records of which a question or an error speaks.
func (c *console) showRecords(records ...mapping.Record) {
	c.say("%s", strings.TrimSuffix(recordTable(records), "\n"))
}

var errNoRecord = errors.New("no record has that platform id, alias or number")

// revisionFlag lets a command act only on what its user has seen.
func revisionFlag(cmd *cobra.Command, revision *uint64, of string) {
	cmd.Flags().Uint64Var(revision, "if-revision", 0, "only if "+of+" is still at revision `N`, as `bbcaliper map show` prints it")
}

// personForms is what help says of arguments that name a record.
const personForms = `PERSON is a platform id, any alias, or the number of a record, as in '#12' (in quotes, for # begins a comment in a
shell).`
