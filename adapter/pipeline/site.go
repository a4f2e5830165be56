package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/blackboard"
)

// otherSite says that an event is of another site than its source, and what to do if it should not be.
func otherSite(source, pinned, site string) string {
	if uuid.Validate(site) != nil {
		return fmt.Sprintf("the event names a site that is not a UUID, and the source is pinned to %s", pinned)
	}
	return fmt.Sprintf("the event is of the site %s, and the source is pinned to %s: if the key is used by the right site, "+
		"`bbcaliper source pin %s %s` corrects the pin", site, pinned, source, site)
}

// site returns the site that an event belongs to, or an error if its source is pinned to another. A source without a
// pin gets the first site that appears.
func (l *loop) site(source *Source, ev *blackboard.Event, e *journal.Event) (string, error) {
	site := siteOf(ev, e)
	if site == "" {
		return l.pins[source.Name], nil
	}
	pinned := l.pins[source.Name]
	if pinned == "" {
		pinned = l.learnSite(source, site)
	}
	if !sameSite(pinned, site) {
		return "", errors.New(otherSite(source.Name, pinned, site))
	}
	return site, nil
}

// siteOf is the site that an event names, or its envelope; "" if neither does.
func siteOf(ev *blackboard.Event, e *journal.Event) string {
	if site := ev.Site(); site != "" {
		return site
	}
	return e.Sensor
}

// sameSite says whether an event of a site may come from a source that is pinned to one; "" is not known.
func sameSite(pinned, site string) bool {
	return pinned == "" || site == "" || strings.EqualFold(pinned, site)
}

// learnSite pins a source. If that cannot be stored now, the event is taken at its word and the next one tries again; so it
// is if what it names cannot be a site of Learn, as the sensor of somebody's trial.
func (l *loop) learnSite(source *Source, site string) string {
	if uuid.Validate(site) != nil {
		return site
	}
	ctx, cancel := context.WithTimeout(l.ctx, time.Second)
	defer cancel()
	pinned, err := l.opts.Journal.LearnSite(ctx, source.Name, site)
	if err != nil {
		return site
	}
	l.pins[source.Name] = pinned
	return pinned
}

// loadPins reads the sites of all sources; the configuration's word counts more than what was learned.
func (l *loop) loadPins() error {
	l.pins = map[string]string{}
	for i := range l.opts.Sources {
		source := &l.opts.Sources[i]
		if source.Site != "" {
			l.pins[source.Name] = source.Site
			continue
		}
		pinned, err := l.opts.Journal.Site(l.ctx, source.Name)
		if err != nil {
			return err
		}
		if pinned != "" {
			l.pins[source.Name] = pinned
		}
	}
	return nil
}
