package main

import (
	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

func newSourceCommand(c *console) *cobra.Command {
	return group("source", "Connect Blackboard sites",
		newSourceKeyCommand(c),
		newSourcePinCommand(c),
		newSourceUnpinCommand(c),
	)
}

func newSourcePinCommand(c *console) *cobra.Command {
	return &cobra.Command{
		Use:   "pin NAME SITE",
		Short: "Say which Blackboard site a source is, and retry the events that were refused as of another",
		Args:  takes("NAME", "SITE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, site := args[0], args[1]
			if uuid.Validate(site) != nil {
				return usagef("SITE must be the UUID of a Blackboard site, as it stands in the ids of its events")
			}
			return c.pin(cmd, name, site, "source %s is pinned to the site %s; events of it that were refused are retried", name, site)
		},
	}
}

func newSourceUnpinCommand(c *console) *cobra.Command {
	return &cobra.Command{
		Use:   "unpin NAME",
		Short: "Let the next event say which Blackboard site a source is, and retry those that were refused as of another",
		Args:  takes("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.pin(cmd, args[0], "", "source %s takes the site of the next event; those that were refused as of another are retried", args[0])
		},
	}
}

func (c *console) pin(cmd *cobra.Command, name, site, said string, args ...any) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	if err := api.PinSite(cmd.Context(), name, site); err != nil {
		return err
	}
	c.say(said, args...)
	return nil
}
