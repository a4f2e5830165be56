package main

import "github.com/spf13/cobra"

func newMapCommand(c *console) *cobra.Command {
	return group("map", "Keep the ID map: which platform id stands for which Blackboard account",
		newMapUnmappedCommand(c),
		newMapAcceptCommand(c),
		newMapSetCommand(c),
		newMapShowCommand(c),
		newMapRemoveCommand(c),
		newMapMergeCommand(c),
		newMapHistoryCommand(c),
		newMapLogCommand(c),
		newMapUndoCommand(c),
		newMapImportCommand(c),
		newMapExportCommand(c),
	)
}

// sourceFlag lets a command name a source where there are several.
func sourceFlag(cmd *cobra.Command, source *string, what string) {
	cmd.Flags().StringVar(source, "source", "", what)
}
