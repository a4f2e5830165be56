package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// unmappedShown is how many people the table has unless another limit is given.
const unmappedShown = 50

// unmappedFlags are the flags of the command.
type unmappedFlags struct {
	filter admin.UnmappedFilter
	limit  uint
	all    bool // without a limit
	csv    bool
	json   bool
}

func newMapUnmappedCommand(c *console) *cobra.Command {
	var f unmappedFlags
	cmd := &cobra.Command{
		Use:   "unmapped [flags] [PERSON]",
		Short: "List people whose events wait for a mapping, the longest waiting first",
		Long: `List people whose events wait for a mapping, the longest waiting first

Below somebody stands what suggests who they are, and what speaks against it; map accept maps them so. PERSON is any alias
that the list shows, and lists only who has it. With --csv everybody is printed as a file in which platform_id can be
filled in, and which map import then reads:

  bbcaliper map unmapped --csv > who.csv
  bbcaliper map import --skip-empty who.csv`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.csv && f.json {
				return usagef("--csv and --json exclude each other")
			}
			if len(args) > 0 {
				f.filter.Person = args[0]
			}
			f.all = f.limit == 0 || (f.csv || f.json) && !cmd.Flags().Changed("limit")
			if f.csv && !f.all {
				return usagef("--csv prints everybody: leave --limit out")
			}
			api, err := c.client()
			if err != nil {
				return err
			}
			return c.unmapped(cmd.Context(), api, &f)
		},
	}
	sourceFlag(cmd, &f.filter.Source, "only people of the source `NAME`")
	flags := cmd.Flags()
	flags.BoolVar(&f.filter.Suggested, "suggested", false, "only people of whom something suggests who they are")
	flags.UintVar(&f.limit, "limit", unmappedShown, "`N` people at most; 0 lists all, as do --csv and --json without it")
	flags.BoolVar(&f.csv, "csv", false, "print a CSV file to be filled in")
	jsonFlag(cmd, &f.json)
	return cmd
}

func (c *console) unmapped(ctx context.Context, api *client.Client, f *unmappedFlags) error {
	switch {
	case f.csv:
		return api.ExportUnmapped(ctx, f.filter, c.out)
	case f.json:
		array := jsonArray{console: c}
		if _, err := f.each(ctx, api, func(page []admin.UnmappedPerson) error { return elements(&array, page) }); err != nil {
			return err
		}
		return array.end()
	}
	var people []admin.UnmappedPerson
	first, err := f.each(ctx, api, func(page []admin.UnmappedPerson) error { people = append(people, page...); return nil })
	if err != nil {
		return err
	}
	return c.printUnmapped(people, &first, f)
}

// each hands out the people who are to be listed, page by page, and returns the first page for what it counts.
func (f *unmappedFlags) each(ctx context.Context, api *client.Client, each func([]admin.UnmappedPerson) error) (first admin.UnmappedPage, err error) {
	f.filter.Limit = admin.MaxUnmappedLimit
	left := f.limit
	if !f.all {
		f.filter.Limit = int(min(left, admin.MaxUnmappedLimit))
	}
	for page, err := range api.Unmapped(ctx, f.filter) {
		if err != nil {
			return first, err
		}
		if left == f.limit {
			first = page
		}
		people := page.People
		if !f.all {
			people = people[:min(left, uint(len(people)))]
			left -= uint(len(people))
		}
		if err := each(people); err != nil {
			return first, err
		}
		if !f.all && left == 0 {
			break
		}
	}
	return first, nil
}

// printUnmapped prints the list for people, and says what to do next.
func (c *console) printUnmapped(people []admin.UnmappedPerson, first *admin.UnmappedPage, f *unmappedFlags) error {
	if len(people) > 0 {
		if err := c.print(unmappedTable(people, c)); err != nil {
			return err
		}
	}
	c.sayUnlisted(people, first, f)
	if len(people) == 0 {
		return nil
	}
	acceptable := 0
	for i := range people {
		if people[i].Acceptable() != nil {
			acceptable++
		}
	}
	if acceptable > 0 {
		c.say("map as it is suggested: bbcaliper map accept PERSON, or --all")
	}
	c.say("map one: bbcaliper map set --platform-id UUID %s", aliasFlag(&people[0]))
	return nil
}

// sayUnlisted says who does not stand in the list, and why.
func (c *console) sayUnlisted(listed []admin.UnmappedPerson, first *admin.UnmappedPage, f *unmappedFlags) {
	events := first.Events
	for i := range listed {
		events -= listed[i].Events
	}
	more := first.Total - len(listed)
	switch {
	case more > 0:
		c.say("and %s, with %s: --limit %d lists more, --limit 0 all",
			counted(more, "more person", "more people"), counted(max(events, 0), "event", "events"), 10*f.limit)
	case len(listed) == 0 && f.filter.Person != "":
		c.say("nobody who waits for a mapping has that alias")
	case len(listed) == 0 && f.filter.Suggested:
		c.say("nothing suggests who anybody is who waits for a mapping")
	case len(listed) == 0:
		c.say("nobody waits for a mapping")
	}
	if first.Mapped > 0 {
		c.say("%s mapped by now; their events are held until they can be sent on", counted(first.Mapped, "person is", "people are"))
	}
}

// aliasFlag writes the strongest alias of a person as a flag of `map set`.
func aliasFlag(p *admin.UnmappedPerson) string {
	switch source := " --source " + p.Source; {
	case mapping.FormatUserUUID(p.UserUUID) != "":
		return "--user-uuid " + mapping.FormatUserUUID(p.UserUUID) + source
	case p.ExternalID != "":
		return fmt.Sprintf("--external-id %q", p.ExternalID) + source
	case p.UserID != "":
		return "--user-id " + p.UserID + source
	default:
		return "--email ADDRESS" + source
	}
}
