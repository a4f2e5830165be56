package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

func newDeadExportCommand(c *console) *cobra.Command {
	var flags deadFlags
	cmd := &cobra.Command{
		Use:   "export [flags] [FILE]",
		Short: "Write dead events as JSON lines, with all that is known of them",
		Long: `Write dead events as JSON lines, with all that is known of them

A line each, to FILE or standard output: the event as it was received (raw, or raw_base64 where that is no JSON), as it
was translated (sent), and why it is dead. There is personal data in it: FILE is made readable for you alone.

  bbcaliper dead export --reason untranslatable dead.jsonl`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("%q is one argument too many", args[1])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			if err := flags.complete(nil); err != nil {
				return err
			}
			if len(args) == 0 || args[0] == "-" {
				return api.ExportDead(cmd.Context(), flags.filter, c.out)
			}
			return c.exportDead(cmd, api, flags.filter, args[0])
		},
	}
	flags.add(cmd, c)
	return cmd
}

func (c *console) exportDead(cmd *cobra.Command, api *client.Client, filter admin.DeadFilter, name string) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	defer file.Close()
	out := &lineCounter{w: file}
	if err := api.ExportDead(cmd.Context(), filter, out); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	c.say("exported %s", letters(out.lines))
	return nil
}

// lineCounter counts the lines that go through it.
type lineCounter struct {
	w     io.Writer
	lines uint64
}

func (l *lineCounter) Write(p []byte) (int, error) {
	l.lines += uint64(bytes.Count(p, []byte("\n")))
	return l.w.Write(p)
}
