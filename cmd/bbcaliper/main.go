// Command bbcaliper stands between a Blackboard Learn site and a Caliper 1.2 collector.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal cuts short what the first one ended
	code := run(ctx, os.Args[1:], &console{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv, now: time.Now,
		terminal: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())),
	})
	stop()
	os.Exit(code)
}

// console is what a command has of the outside world.
type console struct {
	in  io.Reader
	out io.Writer // what a command was asked for
	err io.Writer // everything said about it
	env func(name string) (value string, ok bool)
	now func() time.Time
	// terminal says that somebody can be asked: in and err are one.
	terminal bool

	server, token string // the flags of every command that speaks to a running adapter
}
