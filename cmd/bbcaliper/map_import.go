package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// importFlags are the flags of the command.
type importFlags struct {
	request  admin.ImportRequest
	columns  []string // COLUMN=HEADER
	rejected string   // the file for rejected lines; "": none is wanted
	yes      bool
	json     bool
}

func newMapImportCommand(c *console) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import [flags] FILE",
		Short: "Import a file into the map, whole or not at all",
		Long: `Import a file into the map, whole or not at all

A CSV file has a header with platform_id and any of user_uuid, user_id, external_id, email, source and note, with comma,
semicolon, tab or bar between. A file of JSON lines has an object with these keys on each line. - is standard input.

On a terminal you first see what the file would do and whose held events that would release, and are asked. If there are
lines that cannot be imported none is, and each is named by its number; the first line of the file is line 1. A line that
gives a record another platform id sends an account's events out as another person's: that needs --allow-repoint.`,
		Args: takes("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.complete(c, args[0]); err != nil {
				return err
			}
			api, err := c.client()
			if err != nil {
				return err
			}
			i := importing{console: c, api: api, flags: &f, file: args[0]}
			return i.run(cmd.Context())
		},
	}
	f.define(cmd)
	return cmd
}

func (f *importFlags) define(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.request.DryRun, "dry-run", false, "only say what would change; exit 1 if the file would be refused")
	flags.BoolVar(&f.request.AllowRepoint, "allow-repoint", false, "let lines give a record another platform id")
	flags.BoolVar(&f.request.Partial, "partial", false, "import the good lines of a file that has bad ones")
	flags.BoolVar(&f.request.Sync, "sync", false, "also remove the records that the file does not name, of the sources that it has lines for")
	flags.BoolVar(&f.request.SkipEmpty, "skip-empty", false, "pass over lines without a platform id, as in a work list that is filled in in part")
	flags.StringArrayVar(&f.columns, "column", nil, "`COLUMN=HEADER`: another header, such as platform_id=sourcedId; - for none, such as email=- (repeatable)")
	flags.StringVar(&f.rejected, "rejected", "", "write the lines that are not imported to `FILE`, each with its reason")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	sourceFlag(cmd, &f.request.Source, "`NAME` of the source of lines that name none")
	jsonFlag(cmd, &f.json)
}

// complete makes the request from the flags and the file's name.
func (f *importFlags) complete(c *console, file string) error {
	if file != "-" {
		f.request.File = filepath.Base(file)
	}
	f.request.Columns = map[string]string{}
	for _, pair := range f.columns {
		column, header, ok := strings.Cut(pair, "=")
		if !ok || column == "" || header == "" {
			return usagef("--column must be COLUMN=HEADER, such as platform_id=sourcedId")
		}
		f.request.Columns[column] = header
	}
	return f.check(c, file)
}

// check refuses what cannot go well.
func (f *importFlags) check(c *console, file string) error {
	r := &f.request
	switch {
	case r.Sync && r.Partial, r.Sync && r.SkipEmpty:
		return usagef("--sync goes neither with --partial nor with --skip-empty: a line that is left out does not say whom to keep")
	case r.Sync && !f.yes && !r.DryRun && !f.asks(c, file):
		return usagef("nobody can be asked whether to remove records: give --yes")
	case f.rejected != "" && file == "-":
		return usagef("--rejected needs a file that can be read again, and standard input cannot")
	case f.rejected != "" && sameFile(f.rejected, file):
		return usagef("--rejected must be another file than the one that is imported")
	}
	return nil
}

// asks says whether somebody is asked before the map is changed.
func (f *importFlags) asks(c *console, file string) bool {
	return c.terminal && !f.yes && !f.request.DryRun && readableTwice(file)
}
