package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

func newDeadListCommand(c *console) *cobra.Command {
	var flags deadFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List dead events, with the reason",
		Long: `List dead events, with the reason

The oldest come first. LETTER is the number by which the other commands take an event, as they take its UUID. On a
terminal the detail is cut; dead show has all of it.

  bbcaliper dead list --destination timeback --reason refused --since 24h`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			if err := flags.complete(nil); err != nil {
				return err
			}
			return c.listDead(cmd, api, &flags.filter, asJSON)
		},
	}
	flags.add(cmd, c)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// listDead prints page after page, so that a long list is on its way while it is read.
func (c *console) listDead(cmd *cobra.Command, api *client.Client, filter *admin.DeadFilter, asJSON bool) error {
	table := &deadTable{console: c}
	show := table.page
	array := jsonArray{console: c}
	if asJSON {
		show = func(page []admin.DeadEvent) error { return elements(&array, page) }
	}
	listed := 0
	for page, err := range api.Dead(cmd.Context(), *filter) {
		if err != nil {
			return err
		}
		if err := show(page); err != nil {
			return err
		}
		listed += len(page)
	}
	switch {
	case asJSON:
		return array.end()
	case listed == 0:
		return c.none(filter)
	default:
		c.say("`bbcaliper dead show LETTER` shows one; docs/operations.md says what each reason means")
	}
	return nil
}

// deadTable is the list for people.
type deadTable struct {
	*console
	table *table
}

func (d *deadTable) page(events []admin.DeadEvent) error {
	if len(events) == 0 {
		return nil
	}
	if d.table == nil {
		d.table = newTable("LETTER", "AGE", "DESTINATION", "SOURCE", "TYPE", "REASON", "DETAIL")
		d.table.fit(d.width())
	}
	for i := range events {
		e := &events[i]
		d.table.row(number(e.Letter), duration(d.now().Sub(e.At)), e.Destination, e.Source, e.Type, e.Reason, answered(e.Status, e.Detail))
	}
	return d.print(d.table.flush())
}

// answered writes what a collector said, or what rule was broken.
func answered(status int, detail string) string {
	if status == 0 {
		return detail
	}
	return strings.TrimSuffix(fmt.Sprintf("HTTP %d: %s", status, detail), ": ")
}
