package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
)

// importing is one run of the command.
type importing struct {
	*console
	api     *client.Client
	flags   *importFlags
	file    string
	reasons map[int]string // why lines are not imported, as the file was last sent
}

// run sends the file, and says what came of it. On a terminal it is sent twice: first to see what it would change.
func (i *importing) run(ctx context.Context) error {
	if i.flags.asks(i.console, i.file) {
		return i.withRejected(briefly(i.ask(ctx)))
	}
	result, err := i.send(ctx, i.flags.request)
	if err == nil {
		err = i.conclude(&result, true)
	}
	return i.withRejected(briefly(err))
}

// ask imports what somebody agrees to: if the map or the file has changed until then, they are asked again.
func (i *importing) ask(ctx context.Context) error {
	for {
		request := i.flags.request
		request.DryRun = true
		plan, err := i.send(ctx, request)
		if err != nil {
			return err
		}
		changes := changesOf(&plan, request.AllowRepoint)
		if changes > 0 || plan.Refused {
			if err := i.approve(&plan); err != nil {
				return err
			}
		}
		request.DryRun, request.Approved = false, plan.Plan
		result, err := i.send(ctx, request)
		if client.IsStale(err) {
			i.say("The map or the file has changed meanwhile. This is what the import would do now:")
			continue
		}
		if err != nil {
			return err
		}
		return i.conclude(&result, changes == 0)
	}
}

// approve says what the file would change, and asks.
func (i *importing) approve(plan *admin.ImportResult) error {
	i.say("%s", strings.TrimSuffix(importPlan(plan, i.flags.request.AllowRepoint), "\n"))
	i.comment(plan)
	if plan.Refused {
		return errors.New(plan.Rejected) // which names every line
	}
	if n := plan.Counts.Removed; n > 0 {
		return i.confirm(fmt.Sprintf("Import this, and remove %s?", counted(n, "record", "records")))
	}
	return i.confirm("Import this?")
}

// conclude prints what was asked for. comment: what is to be said about it has not been said yet.
func (i *importing) conclude(result *admin.ImportResult, comment bool) error {
	var err error
	switch {
	case i.flags.json:
		err = i.printJSON(result)
	case i.flags.request.DryRun:
		err = i.print(importPlan(result, i.flags.request.AllowRepoint))
	default:
		err = i.print(importSummary(result, i.flags.request.AllowRepoint) + "\n")
	}
	if comment {
		i.comment(result)
	}
	if err == nil && result.Refused {
		err = errors.New(result.Rejected) // which names every line
	}
	return err
}

// send sends the file, and draws how far that is.
func (i *importing) send(ctx context.Context, request admin.ImportRequest) (admin.ImportResult, error) {
	body, err := i.open(i.file)
	if err != nil {
		return admin.ImportResult{}, err
	}
	defer body.Close()
	watch := newImportWatch(i.console, body)
	defer watch.end()
	request.Body = watch
	if i.terminal {
		request.Progress = watch.progress
	}
	i.reasons = map[int]string{}
	if i.flags.rejected != "" {
		request.Rejected = func(line admin.RejectedLine) { i.reasons[line.Line] = line.Reason }
	}
	return i.api.Import(ctx, request)
}

// open opens a file, or standard input for -.
func (c *console) open(file string) (io.ReadCloser, error) {
	if file == "-" {
		return io.NopCloser(c.in), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	return f, nil
}

func readableTwice(file string) bool {
	info, err := os.Stat(file)
	return file != "-" && err == nil && info.Mode().IsRegular()
}

// withRejected writes the rejected lines, whatever came of the others, unless somebody thought better of all of it.
func (i *importing) withRejected(err error) error {
	if i.flags.rejected == "" || errors.Is(err, errDeclined) || (err != nil && len(i.reasons) == 0) {
		return err
	}
	return errors.Join(err, i.writeRejected())
}
