package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestWrongUsage(t *testing.T) {
	s := newShell(t)
	for line, says := range map[string]string{
		"":                                 "which command? ",
		"nope":                             `there is no command "nope"`,
		"--nope":                           "unknown flag: --nope",
		"map":                              "which command? accept, export, history, import, log, merge, remove, set, show, undo, unmapped",
		"map nope":                         `there is no command "nope"`,
		"dead":                             "which command? count, discard, export, list, retry, show",
		"dead list x":                      "too many",
		"dead list --since x":              "a time is 24h or 7d",
		"dead count --since 1d --until 2d": "--until must be later than --since",
		"dead show":                        "EVENT_ID|LETTER is missing",
		"dead show x":                      "named by its number, or by the UUID of its event",
		"dead retry x":                     "named by its number",
		"dead discard":                     "--because is missing",
		"dead discard --because x":         "which?",
		"dead discard --because x y":       "named by its number",
		"dead discard --because x --all 7": "--all discards every dead event",
		"dead export a b":                  "too many",
		"destination":                      "which command? list, pause, resume",
		"destination pause":                "NAME is missing",
		"destination resume a b":           "too many",
		"replay":                           "--since is missing",
		"replay --person x":                "--since is missing",
		"replay --since now":               "a time is 24h or 7d",
		"replay --since 1d --until 2d":     "--until must be later than --since",
		"replay --event x":                 "--event: an event is named by its UUID",
		"replay --stop --since 1d":         "--stop takes --destination and nothing else",
		"replay x --since 1d":              "too many",
		"explain":                          "EVENT_ID is missing",
		"explain x":                        "EVENT_ID: an event is named by its UUID",
		"source":                           "which command? key, pin, unpin",
		"status now":                       `"now" is one argument too many`,
		"status --bad":                     "unknown flag",
		"status --server ftp://x":          "--server: ",
		"held x":                           "too many",
		"map show":                         "PERSON is missing",
		"map show a b":                     "too many",
		"map set":                          "--platform-id is missing",
		"map set --platform-id x":          "an alias is missing",
		"map set --platform-id":            "needs an argument",
		"map merge":                        "INTO is missing",
		"map merge a":                      "FROM is missing",
		"map merge a b":                    "give --yes",
		"map remove":                       "PERSON is missing",
		"map remove x":                     "give --yes",
		"map import":                       "FILE is missing",
		"map import a b":                   "too many",
		"map import --column x f":          "--column must be COLUMN=HEADER",
		"map export f":                     "too many",
		"source key":                       "--url is missing",
		"source key --url host":            "--url must be a whole URL",
		"source key --url https://a:b@c/":  "--url must have no credentials",
		"source pin a":                     "SITE is missing",
		"source pin a b":                   "SITE must be the UUID",
		"source unpin":                     "NAME is missing",
		"validate":                         "FILE is missing",
		"validate --preset nope x":         `there is no "nope"; there are timeback, beyondai, caliper`,
		"collector --script nope":          "--script: ",
		"serve":                            "config",
		"check":                            "config",
		"version x":                        "too many",
		"help nope":                        `there is no command "nope"`,
		"help map nope":                    `there is no command "nope"; there are accept, `,
		"help status x":                    "too many",
	} {
		s.run(strings.Fields(line)...).is(exitUsage).says(says)
	}
}

func TestHelpBeginsWithWhatACommandDoes(t *testing.T) {
	s := newShell(t)
	commands := 0
	each(newRoot(&console{}), func(cmd *cobra.Command) {
		commands++
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: short text %q", cmd.CommandPath(), cmd.Short)
		}
		line := strings.Fields(strings.TrimPrefix(cmd.CommandPath()+" --help", "bbcaliper"))
		got := s.run(line...).is(exitDone).prints("Usage:\n  " + cmd.UseLine())
		if first, _, _ := strings.Cut(got.out, "\n"); first != cmd.Short || got.err != "" {
			t.Errorf("%s: help begins with %q, want %q; %s", got.line, first, cmd.Short, got.err)
		}
	})
	if commands < 20 {
		t.Errorf("only %d commands", commands)
	}
}

func TestNoAdapterAnswers(t *testing.T) {
	s := newShell(t)
	for _, line := range []string{"status", "held", "dead list", "dead count", "dead show 1", "dead retry", "dead discard 1 --because x", "dead export",
		"destination list", "destination pause x", "destination resume x", "replay --since 1d", "replay --stop",
		"explain f8c984e2-de73-4c0b-8183-779ab4149422", "map unmapped", "map show x", "map merge x y --yes", "map export", "source unpin x"} {
		args := append(strings.Fields(line), "--server", "127.0.0.1:1", "--token", "hush")
		got := s.run(args...).is(exitFailed).says("no bbcaliper answers at http://127.0.0.1:1: is `bbcaliper serve` running?", "--server")
		if got.out != "" || strings.Contains(got.err, "usage:") || strings.Contains(got.err, "hush") {
			t.Errorf("%s: %s%s", line, got.out, got.err)
		}
	}
}

func TestServerAndToken(t *testing.T) {
	r := newRig(t)
	r.run("status").is(exitDone)
	server := r.env["BBCALIPER_SERVER"]
	r.env = map[string]string{"BBCALIPER_SERVER": "http://127.0.0.1:1", "BBCALIPER_ADMIN_TOKEN": "wrong"}
	r.run("status", "--server", server, "--token", testToken).is(exitDone)
	r.run("--server", server, "--token", testToken, "status").is(exitDone)
	r.run("status", "--server", server).is(exitFailed).says("none of admin.tokens", "--token", "$BBCALIPER_ADMIN_TOKEN")
	delete(r.env, "BBCALIPER_ADMIN_TOKEN")
	r.run("status", "--server", server).is(exitFailed).says("no token: give --token or set $BBCALIPER_ADMIN_TOKEN")
	r.run("status", "--server", server, "--token", "a-viewer").is(exitDone)
	r.run("map", "unmapped", "--server", server, "--token", "a-viewer").is(exitFailed).says("role mapper", "--token")
}

func TestVersion(t *testing.T) {
	s := newShell(t)
	s.run("version").is(exitDone).prints("bbcaliper " + version())
	s.run("--version").is(exitDone).prints("bbcaliper " + version() + "\n")
}
