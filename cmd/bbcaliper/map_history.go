package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/mapping"
)

func newMapHistoryCommand(c *console) *cobra.Command {
	var source string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "history [flags] PERSON",
		Short: "Show every version that the records of a person ever had: when, who, how, old → new",
		Long: `Show every version that the records of a person ever had: when, who, how, old → new

The oldest comes first. A person is named by a platform id or by any alias, also by one that the record had once, or by
the number of a record, as in '#12'; and so are people whose record was removed. The whole log of the map is read.`,
		Args: takes("PERSON"),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			versions, err := api.History(cmd.Context(), source, args[0])
			if err != nil {
				return err
			}
			if len(versions) == 0 {
				return errors.New("no record has, or ever had, that platform id, alias or number")
			}
			if asJSON {
				return c.printJSON(versions)
			}
			return c.printVersions(versions)
		},
	}
	sourceFlag(cmd, &source, "only records of the source `NAME`")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (c *console) printVersions(versions []mapping.Version) error {
	for i := range versions {
		text := versionText(&versions[i])
		if i > 0 {
			text = "\n" + text
		}
		if err := c.print(text); err != nil {
			return err
		}
	}
	c.say("`bbcaliper map undo CHANGE` puts back what a change did, to all of its records")
	return nil
}

// versionText is a version for people: what became of which record, by whom and how, and each value that changed.
func versionText(v *mapping.Version) string {
	r := &v.Record
	head := fmt.Sprintf("change %d, %s: record %d of source %s %s\n", v.ChangeNumber, stamp(r.ChangedAt), r.Number, clean(r.Source), became(v))
	var f facts
	f.add("by", r.ChangedBy)
	f.add("how", strings.TrimSpace(howText(&mapping.How{Command: v.How.Command, Undoes: v.How.Undoes, Resolver: v.How.Resolver})))
	f.add("file", v.How.File)
	f.add("sha256", v.How.SHA256)
	if !v.Removed && r.Revision != v.ChangeNumber {
		f.add("revision", number(r.Revision))
	}
	addValues(&f, v)
	return head + f.String()
}

// became says in a word or two what a change did to a record.
func became(v *mapping.Version) string {
	switch {
	case v.Removed:
		return "was removed"
	case v.Before.Number == 0:
		return "was made"
	case v.Before.PlatformID != v.Record.PlatformID:
		return "was re-pointed"
	default:
		return "was changed"
	}
}

// addValues lists the values that are others than before.
func addValues(f *facts, v *mapping.Version) {
	was, is := &v.Before, &v.Record
	add := func(name, before, after string) {
		switch {
		case before == after:
		case was.Number == 0:
			f.add(name, after)
		default:
			f.add(name, cmp.Or(before, "-")+" → "+cmp.Or(after, "-"))
		}
	}
	add("platform id", idText(was.PlatformID), idText(is.PlatformID))
	add("user uuid", mapping.FormatUserUUID(was.UserUUID), mapping.FormatUserUUID(is.UserUUID))
	add("user id", was.UserID, is.UserID)
	add("external id", was.ExternalID, is.ExternalID)
	add("e-mail", was.Email, is.Email)
	add("note", was.Note, is.Note)
}

// idText writes a platform id; nil is "".
func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}
