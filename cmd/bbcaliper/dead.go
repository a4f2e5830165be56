package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

func newDeadCommand(c *console) *cobra.Command {
	return group("dead", "Look at events that were refused for good, try them again, or discard them",
		newDeadListCommand(c),
		newDeadCountCommand(c),
		newDeadShowCommand(c),
		newDeadRetryCommand(c),
		newDeadDiscardCommand(c),
		newDeadExportCommand(c),
	)
}

// deadFlags select dead events.
type deadFlags struct {
	filter admin.DeadFilter
	period periodFlags
}

func (f *deadFlags) add(cmd *cobra.Command, c *console) {
	flags := cmd.Flags()
	flags.StringVar(&f.filter.Destination, "destination", "",
		fmt.Sprintf("only those of the destination `NAME`; %s for bodies refused at the door", admin.DestinationReceive))
	sourceFlag(cmd, &f.filter.Source, "only those of the source `NAME`")
	flags.StringVar(&f.filter.Type, "type", "", "only those of the `TYPE`, such as SessionEvent")
	flags.StringVar(&f.filter.Reason, "reason", "", "only those with the `REASON`, such as refused")
	f.period.add(cmd, c, "was refused")
}

// complete makes the filter from the flags and from arguments, which name events or letters.
func (f *deadFlags) complete(named []string) error {
	if err := f.period.check(); err != nil {
		return err
	}
	f.filter.Since, f.filter.Until = f.period.since.Time, f.period.until.Time
	for _, id := range named {
		if err := f.filter.Name(id); err != nil {
			return usagef("%w", err)
		}
	}
	return nil
}

// none says that a filter selects nothing; that is an error if it names what there should be.
func (c *console) none(filter *admin.DeadFilter) error {
	switch {
	case filter.Names():
		return errors.New("there are no such dead letters: maybe they have been retried or discarded")
	case filter.Empty():
		c.say("no events are dead")
	default:
		c.say("no dead events are like that")
	}
	return nil
}

// letters writes how many dead letters there are.
func letters(n uint64) string { return counted(n, "dead letter", "dead letters") }

// tally writes counts of dead letters, such as `lrs: refused 3; receive: syntax 1`.
func tally(counts []admin.DeadCount) string {
	var b strings.Builder
	for i, count := range counts {
		switch {
		case i == 0:
			b.WriteString(count.Destination + ": ")
		case counts[i-1].Destination != count.Destination:
			b.WriteString("; " + count.Destination + ": ")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %d", count.Reason, count.Letters)
	}
	return clean(b.String())
}
