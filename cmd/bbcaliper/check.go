package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter"
	"github.com/bbcaliper/bbcaliper/adapter/config"
)

func newCheckCommand(c *console) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "check --config FILE",
		Short: "Check a configuration and everything that it names",
		Long: `Check a configuration and everything that it names

A line each for the configuration, the engine, the certificates, and of each destination what its preset sets and what
the configuration sets instead, its token, and whether it is reached: a check mark, or what to do and under which key.
No event is sent. Only where a destination has a validate_url, a sample event of nobody is posted there, which checks it
and stores nothing. The exit code is 1 if anything is wrong.`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.check(cmd.Context(), file) },
	}
	configFlag(cmd, &file)
	return cmd
}

func (c *console) check(ctx context.Context, file string) error {
	cfg, err := config.Load(file, c.env)
	if err != nil {
		return err
	}
	wrong := 0
	for _, f := range adapter.Check(ctx, cfg) {
		mark := "✓"
		if !f.OK {
			mark = "✗"
			wrong++
		}
		if err := c.print(fmt.Sprintf("%s %s: %s\n", mark, f.What, clean(f.Text))); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d of these want attention", wrong)
	}
	return nil
}
