package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/timeback"
)

// presetFlag lets a command name a preset; what says what it is for.
func presetFlag(cmd *cobra.Command, name *string, what string) {
	cmd.Flags().StringVar(name, "preset", timeback.PresetCaliper,
		"`PRESET` "+what+": "+strings.Join(timeback.PresetNames(), ", "))
}

// lookupPreset returns the preset that the flag names.
func lookupPreset(name string) (timeback.Preset, error) {
	preset, ok := timeback.LookupPreset(name)
	if !ok {
		return preset, usagef("--preset: there is no %q; there are %s", name, strings.Join(timeback.PresetNames(), ", "))
	}
	return preset, nil
}
