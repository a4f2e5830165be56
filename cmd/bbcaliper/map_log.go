package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// logFlags are the flags of the command.
type logFlags struct {
	filter admin.ChangeFilter
	period periodFlags
	limit  uint
	json   bool
}

func newMapLogCommand(c *console) *cobra.Command {
	var f logFlags
	cmd := &cobra.Command{
		Use:   "log [flags]",
		Short: "List what changed the map: when, who, how, and how many records",
		Long: `List what changed the map: when, who, how, and how many records

The newest come first. CHANGE is the number by which undo takes a change, also once it has been undone. What was learned
from the stream was done by stream.

  bbcaliper map log --by stream --since 24h`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.period.check(); err != nil {
				return err
			}
			f.filter.Since, f.filter.Until = f.period.since.Time, f.period.until.Time
			api, err := c.client()
			if err != nil {
				return err
			}
			return c.listChanges(cmd, api, &f)
		},
	}
	sourceFlag(cmd, &f.filter.Source, "only changes of the source `NAME`")
	cmd.Flags().StringVar(&f.filter.By, "by", "", "only what `WHO` did: the name of a token, or stream")
	f.period.add(cmd, c, "was done")
	cmd.Flags().UintVar(&f.limit, "limit", admin.DefaultChangesLimit, "`N` changes at most; 0 lists all")
	jsonFlag(cmd, &f.json)
	return cmd
}

// listChanges prints page after page.
func (c *console) listChanges(cmd *cobra.Command, api *client.Client, f *logFlags) error {
	list := &changeTable{console: c}
	show := list.page
	var array jsonArray
	if f.json {
		array.console = c
		show = func(page []admin.MapChange) error { return elements(&array, page) }
	}
	listed, more, err := eachChange(cmd, api, f, show)
	switch {
	case err != nil:
		return err
	case f.json:
		return array.end()
	case listed == 0 && f.filter.Empty():
		c.say("the map has never been changed")
	case listed == 0:
		c.say("no changes of the map are like that")
	case more:
		c.say("there are older ones: --limit %d lists more, --limit 0 all", 10*f.limit)
	}
	return nil
}

// eachChange asks for one more than are to be shown, so as to know whether there are more.
func eachChange(cmd *cobra.Command, api *client.Client, f *logFlags, show func([]admin.MapChange) error) (listed uint, more bool, err error) {
	f.filter.Limit = admin.MaxChangesLimit
	if f.limit > 0 {
		f.filter.Limit = int(min(f.limit+1, admin.MaxChangesLimit))
	}
	for page, err := range api.Changes(cmd.Context(), f.filter) {
		if err != nil {
			return listed, false, err
		}
		if left := f.limit - listed; f.limit > 0 && uint(len(page)) > left {
			page, more = page[:left], true
		}
		if err := show(page); err != nil {
			return listed, more, err
		}
		if listed += uint(len(page)); more {
			break
		}
	}
	return listed, more, nil
}

// changeTable is the list for people.
type changeTable struct {
	*console
	table *table
}

func (t *changeTable) page(changes []admin.MapChange) error {
	if len(changes) == 0 {
		return nil
	}
	if t.table == nil {
		t.table = newTable("CHANGE", "AT", "SOURCE", "BY", "RECORDS", "HOW")
		t.table.fit(t.width())
	}
	for i := range changes {
		m := &changes[i]
		t.table.row(number(m.Number), stamp(m.At), m.Source, m.By, effectText(m.Effect, "new"), howText(&m.How))
	}
	return t.print(t.table.flush())
}

// effectText counts what became of records; there is what is said of those that were not there before.
func effectText(e mapping.Effect, there string) string {
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(e.New, there)
	add(e.Changed, "changed")
	add(e.Repointed, "re-pointed")
	add(e.Removed, "removed")
	return strings.Join(parts, ", ")
}

// howText says by what means a change came, in a line.
func howText(h *mapping.How) string {
	const enough = 12 // digits of a hash tell files apart
	words := []string{h.Command, h.File}
	if h.Undoes > 0 {
		words = append(words, "of change "+number(h.Undoes))
	}
	if h.Resolver != "" {
		words = append(words, "by resolver "+h.Resolver)
	}
	if h.SHA256 != "" {
		words = append(words, "sha256:"+h.SHA256[:min(enough, len(h.SHA256))])
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}
