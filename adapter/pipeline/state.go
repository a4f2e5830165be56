package pipeline

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// The states of a destination, as metrics, API and commands show them.
const (
	Running    = "running"
	BackingOff = "backing_off"
	Paused     = "paused"
)

// StateReport is how a destination was doing at one moment.
type StateReport struct {
	Name      string         // Running, BackingOff or Paused
	Reason    string         // why it is not running, for people
	Setting   string         // the keys of the destination's configuration that are to be looked at, if that is the reason
	Since     time.Time      // when it got into this state
	Failures  int            // in a row
	Retry     time.Time      // when it is tried again; zero if it runs, or only somebody can resume it
	Pause     *journal.Pause // who paused it; nil if nobody did
	InFlight  int            // POSTs under way
	LastReply string         // what the collector said last
	LastSent  time.Time      // when it accepted something last
}

// report says what the state is; the caller holds the lock.
func (g *gate) report() StateReport {
	r := StateReport{
		Name: g.now.State, Reason: g.now.Reason, Setting: g.now.Setting, Since: g.now.Since, Failures: g.now.Failures,
		Retry: g.now.Retry, InFlight: g.flying, LastReply: g.now.LastReply, LastSent: g.now.LastSent,
	}
	if pause := g.now.Pause; pause != nil {
		r.Name, r.Reason, r.Since, r.Pause, r.Retry = Paused, "paused by "+pause.By, pause.At, pause, time.Time{}
		if pause.Because != "" {
			r.Reason += ": " + pause.Because
		}
	}
	return r
}

// Report returns the state as it is.
func (g *gate) Report() StateReport {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.report()
}

// settings names the keys of the destination's configuration that a reply puts the blame on.
func settings(r timeback.Reply) string {
	var fault *timeback.Fault
	if !errors.As(r.Err, &fault) {
		return ""
	}
	return strings.Join(fault.Settings, ", ")
}

// describe says in a line what the collector answered.
func describe(r timeback.Reply) string {
	switch {
	case r.Err != nil:
		return r.Err.Error()
	case r.Status != 0:
		return fmt.Sprintf("HTTP %d", r.Status)
	default:
		return r.Class.String()
	}
}
