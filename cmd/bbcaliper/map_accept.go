package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

// acceptFlags are the flags of the command.
type acceptFlags struct {
	all      bool
	evidence string
	source   string
	dryRun   bool
	yes      bool
	json     bool
}

func newMapAcceptCommand(c *console) *cobra.Command {
	var f acceptFlags
	cmd := &cobra.Command{
		Use:   "accept [flags] PERSON… | --all",
		Short: "Map people who wait, as map unmapped suggests",
		Long: `Map people who wait, as map unmapped suggests

PERSON is any alias of somebody on that list. Only a suggestion that nothing speaks against can be accepted. What would be
mapped is shown first, and asked about; whose suggestion is another by the time you answer is left out. The evidence
becomes the record's note. All people of a source are one change, which map undo takes back.

  bbcaliper map accept --all --evidence external_id --dry-run`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(args, c.terminal); err != nil {
				return err
			}
			api, err := c.client()
			if err != nil {
				return err
			}
			return c.accept(cmd.Context(), api, &f, args)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.all, "all", false, "everybody who is suggested without ambiguity")
	flags.StringVar(&f.evidence, "evidence", "", "of --all only those with evidence of this `KIND`: external_id or email")
	sourceFlag(cmd, &f.source, "only people of the source `NAME`")
	flags.BoolVar(&f.dryRun, "dry-run", false, "only say what would be mapped; exit 1 if somebody would be left out")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	jsonFlag(cmd, &f.json)
	return cmd
}

func (f *acceptFlags) check(people []string, terminal bool) error {
	_, badEvidence := admin.ParseEvidence(f.evidence)
	switch {
	case f.all && len(people) > 0:
		return usagef("--all maps everybody who is suggested: leave it out to map those that are named")
	case !f.all && len(people) == 0:
		return usagef("whom? Name people as map unmapped lists them, or give --all")
	case !f.all && f.evidence != "":
		return usagef("--evidence is for --all")
	case badEvidence != nil:
		return usagef("--evidence: %w", badEvidence)
	case !f.yes && !f.dryRun && !terminal:
		return usagef("nobody can be asked whether to map people: give --yes")
	default:
		return nil
	}
}

// accept finds out whom it concerns, shows that and asks, unless that is not wanted.
func (c *console) accept(ctx context.Context, api *client.Client, f *acceptFlags, named []string) error {
	people, err := c.acceptable(ctx, api, f, named)
	if err != nil {
		return err
	}
	var done admin.Accepted
	if len(people) > 0 {
		if done, err = c.acceptThese(ctx, api, f, people); err != nil {
			return err
		}
	}
	if err := c.printAccepted(people, &done, f); err != nil {
		return err
	}
	return c.leftOut(people, &done)
}

func (c *console) acceptThese(ctx context.Context, api *client.Client, f *acceptFlags, people []admin.UnmappedPerson) (admin.Accepted, error) {
	if !f.yes && !f.dryRun {
		c.say("%s", acceptPlan(people, c))
		if err := c.confirm(fmt.Sprintf("Map %s?", counted(len(people), "person", "people"))); err != nil {
			return admin.Accepted{}, err
		}
	}
	return api.Accept(ctx, admin.AcceptRequest{People: marks(people), DryRun: f.dryRun})
}

// printAccepted prints what was done, or would be.
func (c *console) printAccepted(people []admin.UnmappedPerson, done *admin.Accepted, f *acceptFlags) error {
	switch {
	case f.json:
		return c.printJSON(done)
	case len(people) == 0:
		c.say("nobody is suggested without ambiguity")
		return nil
	case f.dryRun:
		return c.print(acceptPlan(people, c) + "\n")
	default:
		return c.print(acceptedText(done))
	}
}

// leftOut names those who were not mapped after all; the error says that there are some.
func (c *console) leftOut(people []admin.UnmappedPerson, done *admin.Accepted) error {
	if len(done.Left) == 0 {
		return nil
	}
	called := make(map[string]string, len(people))
	for i := range people {
		called[people[i].Key] = callName(&people[i])
	}
	const most = 20
	for _, left := range done.Left[:min(most, len(done.Left))] {
		c.say("  %s: %s", clean(called[left.Person]), clean(left.Text))
	}
	if more := len(done.Left) - most; more > 0 {
		c.say("  and %d more", more)
	}
	return fmt.Errorf("%s left out", counted(len(done.Left), "person was", "people were"))
}

// acceptable returns those of whom a suggestion can be accepted: who is named, or everybody.
func (c *console) acceptable(ctx context.Context, api *client.Client, f *acceptFlags, named []string) ([]admin.UnmappedPerson, error) {
	if f.all {
		return c.everybodySuggested(ctx, api, f)
	}
	var people []admin.UnmappedPerson
	for _, name := range named {
		p, err := c.acceptableOne(ctx, api, f.source, name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(people, func(o admin.UnmappedPerson) bool { return o.Key == p.Key }) {
			people = append(people, p)
		}
	}
	return people, nil
}

// everybodySuggested also says how many are ambiguous.
func (c *console) everybodySuggested(ctx context.Context, api *client.Client, f *acceptFlags) (people []admin.UnmappedPerson, err error) {
	filter := admin.UnmappedFilter{Source: f.source, Suggested: true, Limit: admin.MaxUnmappedLimit}
	if filter.Evidence, err = admin.ParseEvidence(f.evidence); err != nil {
		return nil, err
	}
	ambiguous := 0
	for page, err := range api.Unmapped(ctx, filter) {
		if err != nil {
			return nil, err
		}
		for i := range page.People {
			if page.People[i].Acceptable() == nil {
				ambiguous++
				continue
			}
			people = append(people, page.People[i])
		}
		if len(people) >= admin.MaxAccepted {
			people = people[:admin.MaxAccepted]
			c.say("these are the first %d; then accept the others", admin.MaxAccepted)
			break
		}
	}
	if ambiguous > 0 {
		c.say("of %s the evidence is ambiguous: `bbcaliper map unmapped --suggested` shows it", counted(ambiguous, "person", "people"))
	}
	return people, nil
}

// acceptableOne returns the one person of that name, or says why no suggestion can be accepted.
func (c *console) acceptableOne(ctx context.Context, api *client.Client, source, name string) (p admin.UnmappedPerson, err error) {
	page, err := api.UnmappedPage(ctx, admin.UnmappedFilter{Source: source, Person: name, Limit: 2})
	if err != nil {
		return p, err
	}
	switch {
	case page.Total == 0:
		return p, fmt.Errorf("nobody who waits is called %s: `bbcaliper map unmapped` lists who does", clean(name))
	case page.Total > 1:
		return p, fmt.Errorf("%d people who wait are called %s: name an alias that only one of them has, or --source", page.Total, clean(name))
	}
	p = page.People[0]
	if p.Acceptable() != nil {
		return p, nil
	}
	byHand := "map them by hand: bbcaliper map set --platform-id UUID " + aliasFlag(&p)
	if len(p.Suggestions) == 0 && len(p.Doubts) == 0 {
		return p, errors.New("nothing suggests who that is; " + byHand)
	}
	for _, note := range personNotes(&p) {
		c.say("  %s", clean(note))
	}
	return p, errors.New("nobody is suggested without ambiguity; " + byHand)
}

// marks names the suggestions as they were shown.
func marks(people []admin.UnmappedPerson) []admin.Accept {
	accepts := make([]admin.Accept, len(people))
	for i := range people {
		accepts[i] = admin.Accept{Person: people[i].Key, Mark: people[i].Acceptable().Mark}
	}
	return accepts
}
