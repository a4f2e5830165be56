package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// translateFlags are the flags of the command.
type translateFlags struct{ mapFile, preset, appID string }

// dryApp is the application of a dry run that names none.
const dryApp = "00000000-0000-4000-8000-000000000000"

func newTranslateCommand(c *console) *cobra.Command {
	var flags translateFlags
	cmd := &cobra.Command{
		Use:   "translate [--map CSV] [--preset P] [--app-id UUID] [FILE...]",
		Short: "Translate Blackboard JSON without a server",
		Long: `Translate Blackboard JSON without a server

Reads envelopes, events or arrays of either from files or standard input, and writes one v1p2 envelope to standard
output; nothing if no event came out. What was held, dead or skipped is reported on standard error, as is a file that is
no JSON; the others come out all the same. Duplicates are not looked for. The exit code is 1 if any event was held or
dead, or any file was refused.`,
		RunE: func(cmd *cobra.Command, files []string) error { return c.translate(cmd.Context(), flags, files) },
	}
	cmd.Flags().StringVar(&flags.mapFile, "map", "", "the ID map, a `CSV` file as for map import (default: an empty map)")
	presetFlag(cmd, &flags.preset, "of the output")
	cmd.Flags().StringVar(&flags.appID, "app-id", dryApp, "`UUID` of the application, as in the configuration")
	return cmd
}

func (c *console) translate(ctx context.Context, flags translateFlags, files []string) error {
	run, err := newDryRun(ctx, flags)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	var lost, refused int
	for _, file := range files {
		fates, err := c.dryRun(run, file)
		if err != nil {
			c.say("%s: refused: %s", file, clean(err.Error()))
			refused++
		}
		lost += c.report(file, fates)
	}
	if err := c.printEnvelope(run); err != nil {
		return err
	}
	var without []string
	if lost > 0 {
		without = append(without, counted(lost, "event", "events"))
	}
	if refused > 0 {
		without = append(without, counted(refused, "file", "files"))
	}
	if len(without) > 0 {
		return fmt.Errorf("%s did not come out", strings.Join(without, " and "))
	}
	return nil
}

// dryRun takes a file through a dry run. An error is of a file that cannot be read, or that would be refused if it were
// posted.
func (c *console) dryRun(run *pipeline.DryRun, file string) ([]pipeline.Fate, error) {
	body, err := c.read(file)
	if err != nil {
		return nil, err
	}
	return run.Body(body)
}

// report says what became of events that were not translated, and counts those that should have been.
func (c *console) report(file string, fates []pipeline.Fate) (failed int) {
	for _, f := range fates {
		if f.Outcome != "skipped" {
			failed++
		}
		line := fmt.Sprintf("%s#%d: %s: %s: %s %s", file, f.Item, f.Outcome, f.Reason, f.Type, f.EventID)
		if f.Detail != "" {
			line += ": " + clean(f.Detail)
		}
		c.say("%s", line)
	}
	return failed
}

func (c *console) printEnvelope(run *pipeline.DryRun) error {
	if len(run.Events) == 0 {
		return nil
	}
	return c.print(string(caliper.AppendEnvelope(nil, run.Sensor, c.now(), run.Events)) + "\n")
}

func newDryRun(ctx context.Context, flags translateFlags) (*pipeline.DryRun, error) {
	preset, err := lookupPreset(flags.preset)
	if err != nil {
		return nil, err
	}
	app, err := uuid.Parse(flags.appID)
	if err != nil {
		return nil, usagef("--app-id: not a UUID")
	}
	people, err := readMap(ctx, flags.mapFile)
	if err != nil {
		return nil, err
	}
	policy := pipeline.Policy{
		Translator: translate.New(translate.Options{
			Events: preset.Events, AppID: app, LaunchParameters: config.DefaultLaunchParameters(),
		}),
		Unmapped: mapping.Hold,
		Trust:    mapping.DefaultTrust(),
	}
	return pipeline.NewDryRun(policy, people), nil
}

// readMap reads a map file whole, or makes an empty map.
func readMap(ctx context.Context, file string) (*mapping.Index, error) {
	const source = "dry-run"
	if file == "" {
		return mapping.NewIndex(source), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	people, err := mapping.LoadFile(ctx, f, source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return people, nil
}
