package pipeline

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// People is the ID map as a pipeline sees it: see mapping.Map.
type People interface {
	Lookup(id mapping.Identity, trust []mapping.Alias) (mapping.Match, bool)
	Learn(id mapping.Identity, trust []mapping.Alias)
	Changed() *mapping.Subscription
	Revision() uint64
}

// Source is what a pipeline needs of one Blackboard site that it reads.
type Source struct {
	Name   string
	Map    People
	Memory *journal.Memory
	// Site is the site that the configuration names, "" to use the pinned one or to pin the first that appears.
	Site string
}

// Policy is what decides about an event, apart from where it stands.
type Policy struct {
	Translator *translate.Translator
	Unmapped   mapping.Unmapped
	Trust      []mapping.Alias
}

// Options says what one destination wants. Durations and counts have no defaults here: the configuration has them.
type Options struct {
	Policy
	Destination string
	Owner       string    // this member's name, unique in a fleet
	Start       time.Time // where in the journal a destination that never ran begins; zero: at its end
	Sources     []Source
	Batch       timeback.Batch
	InFlight    int           // envelopes in flight at a time
	Rate        float64       // requests a second, 0 for no limit
	DedupWindow time.Duration // of receive times
	HoldFor     time.Duration // how long an unmapped person's events wait before they are dead
	KeepDead    time.Duration // how long dead letters are kept before they are discarded, 0 for ever
	SkipBacklog bool          // on_full: skip
	Sensor      string        // the envelopes' sensor, "" for the site's UUID as a URN
	AppID       uuid.UUID     // names the sensor where no site is known
	// Held is told whom the map does not know: after events of theirs were held, at the start, and again every
	// RemindEvery while they wait. It must not block. nil: nobody is told.
	Held func(source, key string, whom journal.Whom)

	Client  *timeback.Client
	Journal *journal.Journal
	Backoff timeback.Backoff
	Clock   clockwork.Clock // of schedules, and of what is written about them
	Metrics *Metrics
	Log     logrus.FieldLogger
}

func (o *Options) validate() error {
	switch {
	case o.Destination == "":
		return errors.New("destination has no name")
	case len(o.Sources) == 0:
		return fmt.Errorf("destination %s: no source", o.Destination)
	case o.Batch.MaxEvents <= 0 || o.Batch.MaxBytes <= 0:
		return fmt.Errorf("destination %s: batch limits must be positive", o.Destination)
	case o.InFlight <= 0:
		return fmt.Errorf("destination %s: at least one envelope must be in flight", o.Destination)
	case o.Clock == nil:
		return fmt.Errorf("destination %s: no clock", o.Destination)
	}
	return nil
}

func (o *Options) sourceNames() []string {
	names := make([]string, len(o.Sources))
	for i := range o.Sources {
		names[i] = o.Sources[i].Name
	}
	return names
}
