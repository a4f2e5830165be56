package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/demo"
)

func newDemoCommand(c *console) *cobra.Command {
	var once bool
	cmd := &cobra.Command{
		Use:   "demo [--once]",
		Short: "Show everything at work on this machine, with nothing installed",
		Long: `Show everything at work on this machine, with nothing installed

An adapter, a collector and a sample map on free ports of the loopback; a login and an LTI launch go through them, and
the v1p2 events that arrive are printed on standard output. One person of the sample is not in the map: the lines to
copy show the work list and map that person. It stays up to be played with until Ctrl-C.`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo.Run(cmd.Context(), demo.Options{
				Once: once, Command: ownCommand(), Out: c.out, Say: c.err, Version: version(),
			})
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "map that person, wait until everything has arrived, and end")
	return cmd
}

// ownCommand is how this program was called, to be called again.
func ownCommand() string {
	path, err := os.Executable()
	if err != nil || strings.Contains(path, "go-build") { // go run
		return "go run ./cmd/bbcaliper"
	}
	if found, err := filepath.Abs(os.Args[0]); err == nil && found == path {
		return os.Args[0]
	}
	return filepath.Base(path)
}
