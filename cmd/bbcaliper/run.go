package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // it did not work; the reason is on standard error
	exitUsage  = 2 // it was not understood
)

// usageError says how a command was misunderstood.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// run runs one command line and returns its exit code. What fails before a command has begun is a matter of usage.
func run(ctx context.Context, args []string, c *console) int {
	root := newRoot(c)
	root.SetArgs(append([]string{}, args...)) // never nil, which would mean os.Args
	began := false
	each(root, func(cmd *cobra.Command) {
		if do := cmd.RunE; do != nil {
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				began = true
				return do(cmd, args)
			}
		}
	})
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	report(c.err, err)
	if usage := (*usageError)(nil); began && !errors.As(err, &usage) {
		return exitFailed
	}
	fmt.Fprintf(c.err, "usage: %s\n", cmd.UseLine())
	return exitUsage
}

// report says what went wrong, in a line, and in one for each part if there are several; and what to do.
func report(w io.Writer, err error) {
	message := strings.TrimSpace(err.Error())
	fmt.Fprintf(w, "bbcaliper: %s\n", message)
	problems := admin.ProblemsOf(err)
	var refused *client.Error
	if errors.As(err, &refused) {
		problems = refused.Problems
	}
	if !saysAll(message, problems) {
		for _, p := range problems {
			fmt.Fprintf(w, "  %s\n", clean(p.Text))
		}
	}
	var advised *advisedError
	if errors.As(err, &advised) {
		fmt.Fprintf(w, "→ %s\n", clean(advised.advice))
	}
}

// saysAll says whether there is but one problem, of which a message speaks already.
func saysAll(message string, problems []admin.Problem) bool {
	return len(problems) == 1 && strings.Contains(message, problems[0].Text)
}

// each visits a command and all below it.
func each(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, sub := range cmd.Commands() {
		each(sub, visit)
	}
}

// group makes a command that only has others below it.
func group(name, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:                   name + " COMMAND",
		Short:                 short,
		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("which command? %s", strings.Join(names(cmd), ", "))
			}
			return usagef("there is no command %q; there are %s", args[0], strings.Join(names(cmd), ", "))
		},
	}
	cmd.AddCommand(commands...)
	return cmd
}

// names lists the commands below one, those that help shows.
func names(cmd *cobra.Command) []string {
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names
}

// takes checks that a command is given exactly the arguments named.
func takes(wanted ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(wanted):
			return usagef("%s is missing", wanted[len(args)])
		case len(args) > len(wanted):
			return usagef("%q is one argument too many", args[len(wanted)])
		}
		return nil
	}
}
