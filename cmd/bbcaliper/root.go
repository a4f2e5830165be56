package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// newRoot makes the whole tree of commands, a line each.
func newRoot(c *console) *cobra.Command {
	root := group("bbcaliper", "Bring a Blackboard Learn site's Caliper events to a Caliper 1.2 collector",
		newDemoCommand(c),
		newServeCommand(c),
		newCheckCommand(c),
		newTranslateCommand(c),
		newStatusCommand(c),
		newExplainCommand(c),
		newMapCommand(c),
		newHeldCommand(c),
		newDeadCommand(c),
		newReplayCommand(c),
		newDestinationCommand(c),
		newSourceCommand(c),
		newValidateCommand(c),
		newCollectorCommand(c),
		newVersionCommand(c),
	)
	flags := root.PersistentFlags()
	flags.StringVar(&c.server, "server", "", fmt.Sprintf(
		"`URL` of a running adapter's admin listener (default $%s, else %s)", envServer, defaultServer()))
	flags.StringVar(&c.token, "token", "", fmt.Sprintf(
		"`TOKEN` of admin.tokens in the configuration (default $%s)", client.EnvToken))
	root.SetUsageTemplate(usageTemplate)
	root.SetHelpCommand(newHelpCommand())
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = true
	root.Version = version()
	root.SetVersionTemplate("bbcaliper {{.Version}}\n")
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	return root
}

// newHelpCommand is --help in other words.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "help [COMMAND]",
		Short:  "Help about a command",
		Hidden: true, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			switch {
			case err != nil:
				return usagef("%w", err)
			case len(rest) > 0 && !about.HasSubCommands():
				return usagef("%q is one argument too many", rest[0])
			case len(rest) > 0:
				return usagef("there is no command %q; there are %s", rest[0], strings.Join(names(about), ", "))
			}
			return about.Help()
		},
	}
}

// usageTemplate is what help says behind the first lines of a command.
const usageTemplate = `Usage:
  {{.UseLine}}
{{- if .HasAvailableSubCommands}}

Commands:
{{- range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}
{{- end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{- end}}
{{- if .HasAvailableInheritedFlags}}

Flags of every command:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{- end}}
`

const envServer = "BBCALIPER_SERVER"

// client returns a client for the adapter that the flags or the environment name.
func (c *console) client() (*client.Client, error) {
	options := client.Options{
		Server: c.first(c.server, envServer, defaultServer()),
		Token:  c.first(c.token, client.EnvToken, ""),
	}
	api, err := client.New(options)
	if err != nil {
		return nil, usagef("--server: %w", err)
	}
	return api, nil
}

// first returns the first that is not empty: what a flag gives, what the environment says, the default.
func (c *console) first(flag, variable, otherwise string) string {
	if flag != "" {
		return flag
	}
	if value, _ := c.env(variable); value != "" {
		return value
	}
	return otherwise
}

func defaultServer() string { return "http://" + config.DefaultAdminListen }
