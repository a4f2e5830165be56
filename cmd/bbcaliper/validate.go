package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

func newValidateCommand(c *console) *cobra.Command {
	var preset string
	cmd := &cobra.Command{
		Use:   "validate [--preset P] FILE...",
		Short: "Check Caliper 1.2 envelopes, events, entities or arrays of them",
		Long: `Check Caliper 1.2 envelopes, events, entities or arrays of them

A line for each document goes to standard output, fields separated by tabs:

  OK    FILE
  FAIL  FILE  JSON-PATH: RULE

FILE is as typed, - is standard input. Items of an envelope or an array are FILE#0, FILE#1 and so on.
The exit code is 1 if any failed.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("FILE is missing; - is standard input")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, files []string) error {
			rules, err := lookupPreset(preset)
			if err != nil {
				return err
			}
			checker := caliper.NewChecker(caliper.Options{ExtraProperties: rules.Events.ExtraProperties})
			return c.validate(checker, files)
		},
	}
	presetFlag(cmd, &preset, "whose extra properties are allowed")
	return cmd
}

// validate checks files and prints a line for each document.
func (c *console) validate(checker *caliper.Checker, files []string) error {
	documents, failed := 0, 0
	for _, file := range files {
		for _, v := range c.verdicts(checker, file) {
			documents++
			if v.err != nil {
				failed++
			}
			if err := c.print(v.String()); err != nil {
				return err
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d documents failed", failed, documents)
	}
	return nil
}

// verdict is one line.
type verdict struct {
	name string
	err  error
}

func (v verdict) String() string {
	if v.err == nil {
		return "OK\t" + v.name + "\n"
	}
	return "FAIL\t" + v.name + "\t" + v.err.Error() + "\n"
}

// verdicts checks one file. What concerns the file as a whole stands at its root, $.
func (c *console) verdicts(checker *caliper.Checker, file string) []verdict {
	text, err := c.read(file)
	if err != nil {
		return []verdict{{file, fmt.Errorf("$: %w", err)}}
	}
	report, err := checker.Items(text)
	if err != nil {
		return []verdict{{file, err}}
	}
	if report.Shape == caliper.SingleShape {
		return []verdict{{file, report.Items[0]}}
	}
	verdicts := make([]verdict, len(report.Items))
	for i, failure := range report.Items {
		verdicts[i] = verdict{fmt.Sprintf("%s#%d", file, i), failure}
	}
	return verdicts
}

// read reads a file, or standard input for -.
func (c *console) read(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(c.in)
	}
	return os.ReadFile(file)
}
