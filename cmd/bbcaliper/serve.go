package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter"
	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// stopTimeout is how long a daemon that was told to stop may take.
const stopTimeout = 30 * time.Second

func newServeCommand(c *console) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "serve --config FILE",
		Short: "Receive Learn's events and send them on",
		Long: `Receive Learn's events and send them on

SIGHUP re-reads sources, destinations, keys and tokens. SIGTERM or SIGINT ends it: what was received and not delivered
waits in the journal for the next start. A second signal cuts that short.`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.serve(cmd.Context(), file) },
	}
	configFlag(cmd, &file)
	return cmd
}

// configFlag gives a command the required flag that names the configuration.
func configFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "config", "", "the configuration `FILE`")
	if err := cmd.MarkFlagRequired("config"); err != nil {
		panic(err) // the flag was made in the line before
	}
}

func (c *console) serve(ctx context.Context, file string) error {
	cfg, err := config.Load(file, c.env)
	if err != nil {
		return err
	}
	log := newLog(c.err, cfg.Log)
	limitMemory(log)
	if _, set := c.env("GOGC"); !set {
		defer tameHeap()()
	}
	a, err := adapter.New(adapter.Options{Config: cfg, Log: log, Version: version()})
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	log.WithFields(logrus.Fields{"listen": a.Addr(), "admin": a.AdminAddr(), "version": version()}).Info("bbcaliper is ready")
	c.untilStopped(ctx, a, file, log)
	log.Info("stopping")
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return a.Stop(stopping)
}

// untilStopped reloads the configuration at each SIGHUP until the context ends. A configuration with problems changes
// nothing.
func (c *console) untilStopped(ctx context.Context, a *adapter.Adapter, file string, log logrus.FieldLogger) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		}
		next, err := config.Load(file, c.env)
		if err == nil {
			err = a.Reload(ctx, next)
		}
		if err != nil {
			log.WithError(err).Error("configuration was not reloaded")
		}
	}
}

// newLog makes the daemon's log. Level and format have been validated with the configuration.
func newLog(w io.Writer, c config.Log) *logrus.Logger {
	log := logrus.New()
	log.SetOutput(w)
	if level, err := logrus.ParseLevel(c.Level); err == nil {
		log.SetLevel(level)
	}
	log.SetFormatter(&logrus.TextFormatter{FullTimestamp: true, TimestampFormat: time.RFC3339})
	if c.Format == "json" {
		log.SetFormatter(&logrus.JSONFormatter{TimestampFormat: time.RFC3339Nano, DisableHTMLEscape: true})
	}
	return log
}
