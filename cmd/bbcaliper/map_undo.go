package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// undoFlags are the flags of the command.
type undoFlags struct {
	request admin.UndoRequest
	yes     bool
	json    bool
}

func newMapUndoCommand(c *console) *cobra.Command {
	var f undoFlags
	cmd := &cobra.Command{
		Use:   "undo [flags] CHANGE",
		Short: "Put back what a change of the map did, as a new change",
		Long: `Put back what a change of the map did, as a new change

What that does is shown first, and asked about. A record on which a later change stands cannot be put back: then nothing
is, unless --partial is given. Held events of people who are mapped again are released; what has been delivered stays.
An undoing is a change, and can itself be undone. ` + "`bbcaliper map log`" + ` lists the numbers.`,
		Args: takes("CHANGE"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if f.request.Change, err = admin.ParseChange(args[0]); err != nil {
				return usagef("%w: `bbcaliper map log` lists them", err)
			}
			if !f.yes && !f.request.DryRun && !c.terminal {
				return usagef("nobody can be asked whether to undo a change: give --yes")
			}
			api, err := c.client()
			if err != nil {
				return err
			}
			return c.undo(cmd.Context(), api, &f)
		},
	}
	flags := cmd.Flags()
	sourceFlag(cmd, &f.request.Source, "only a change of the source `NAME`")
	flags.BoolVar(&f.request.DryRun, "dry-run", false, "only say what that would do; exit 1 if that would be refused")
	flags.BoolVar(&f.request.Partial, "partial", false, "leave records on which later changes stand, and put back the others")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	jsonFlag(cmd, &f.json)
	return cmd
}

// undo shows what it would do and asks, unless that is not wanted.
func (c *console) undo(ctx context.Context, api *client.Client, f *undoFlags) error {
	if !f.yes || f.request.DryRun {
		plan, err := c.planUndo(ctx, api, f)
		if err != nil || f.request.DryRun || plan.Effect.Sum() == 0 {
			return err
		}
		if err := c.confirm("Undo this change?"); err != nil {
			return err
		}
	}
	done, err := api.Undo(ctx, f.request)
	if err != nil {
		return err
	}
	if f.json {
		return c.printJSON(done)
	}
	if f.yes {
		c.sayProblems(done.Problems)
	}
	return c.print(undone(&done))
}

// planUndo says what would be put back. It is the result of a dry run, and else what somebody is asked about.
func (c *console) planUndo(ctx context.Context, api *client.Client, f *undoFlags) (plan admin.Undoing, err error) {
	request := f.request
	request.DryRun = true
	if plan, err = api.Undo(ctx, request); err != nil {
		return plan, err
	}
	switch {
	case f.request.DryRun && f.json:
		err = c.printJSON(plan)
	case f.request.DryRun:
		err = c.print(undoPlan(&plan))
	default:
		c.say("%s", strings.TrimSuffix(undoPlan(&plan), "\n"))
	}
	if err != nil {
		return plan, err
	}
	c.sayProblems(plan.Problems)
	if plan.Refused {
		return plan, fmt.Errorf("change %d cannot be undone whole: undo the later changes first, or give --partial", plan.Change.Number)
	}
	return plan, nil
}

// sayProblems names what is in the way, a line each.
func (c *console) sayProblems(problems []admin.Problem) {
	for _, p := range problems {
		c.say("  %s", clean(p.Text))
	}
}

// undoPlan is a change, and what undoing it would do, for people.
func undoPlan(u *admin.Undoing) string {
	var f facts
	f.add("by", u.Change.By)
	f.add("how", howText(&u.Change.How))
	f.add("records", effectText(u.Change.Effect, "new"))
	return fmt.Sprintf("change %d of source %s, %s\n%sundoing it: %s\n%s",
		u.Change.Number, clean(u.Change.Source), stamp(u.Change.At), f.String(), undoEffect(u), firstUndone(u))
}

// firstUndone is a table of the first records that would be put back.
func firstUndone(u *admin.Undoing) string {
	if len(u.First) == 0 {
		return ""
	}
	t := newTable("  BECOMES", "RECORD", "PLATFORM ID", "USER UUID", "USER ID", "EXTERNAL ID")
	for i := range u.First {
		first := &u.First[i]
		r := cmp.Or(first.Record, &mapping.Record{}) // nothing is known of one that is not there
		t.row("  "+first.Becomes, fmt.Sprint(first.Number), idText(r.PlatformID), mapping.FormatUserUUID(r.UserUUID), r.UserID, r.ExternalID)
	}
	if more := u.Effect.Sum() - len(u.First); more > 0 {
		return t.String() + fmt.Sprintf("  and %d more\n", more)
	}
	return t.String()
}

// undone is what an undoing did, in a line.
func undone(u *admin.Undoing) string {
	if u.UndoneBy == 0 {
		return "undone: nothing\n"
	}
	return fmt.Sprintf("undone: %s; that is change %d\n", undoEffect(u), u.UndoneBy)
}

func undoEffect(u *admin.Undoing) string {
	text := effectText(u.Effect, "there again")
	if text == "" {
		text = "nothing"
	}
	if u.Blocked > 0 {
		text += fmt.Sprintf(", %d in conflict with later changes", u.Blocked)
	}
	return text
}
