package pipeline

import (
	"context"
	"fmt"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// What would become of an event: the values of Look.Outcome.
const (
	WouldDeliver = "deliver"
	WouldHold    = "hold"
	WouldDie     = "dead"
	WouldSkip    = "skip"
)

// Look is what would become of an event at a destination if it were taken now.
type Look struct {
	Outcome string        // one of the Would constants
	Reason  string        // of a dead or skipped event, a machine word
	JSON    []byte        // the translated event; nil if it would not be delivered
	Whom    *journal.Whom // the person whose order it keeps, as the stream says; nil if there is none
	Match   mapping.Match // what the map says of them; zero if nothing
}

// Look judges an event as the loop would, and changes nothing by that. Errors are the engine's.
func (p *Pipeline) Look(ctx context.Context, e *journal.Event) (Look, error) {
	source := p.source(e.Source)
	if source == nil {
		return Look{}, fmt.Errorf("destination %s does not read source %s", p.opts.Destination, e.Source)
	}
	pinned, err := p.pin(ctx, source)
	if err != nil {
		return Look{}, err
	}
	v, whom := p.opts.Policy.look(e, source, pinned)
	words := map[verdictKind]string{deliver: WouldDeliver, hold: WouldHold, bury: WouldDie, skip: WouldSkip}
	return Look{Outcome: words[v.how], Reason: v.reason, JSON: v.json, Whom: whom, Match: v.match}, nil
}

// pin is the site of which a source's events have to be, "" if there is none yet.
func (p *Pipeline) pin(ctx context.Context, source *Source) (string, error) {
	if source.Site != "" {
		return source.Site, nil
	}
	pinned, err := p.opts.Journal.Site(ctx, source.Name)
	if err != nil {
		return "", fmt.Errorf("destination %s: %w", p.opts.Destination, err)
	}
	return pinned, nil
}

// look is judge for an event of a source that is pinned to a site, without learning anything from it. It also says whose
// order the event keeps; nil if that is nobody's, or cannot be read.
func (o *Policy) look(e *journal.Event, source *Source, pinned string) (verdict, *journal.Whom) {
	if e.Oversize != nil {
		return buried(ReasonTooLarge, tooLarge), nil
	}
	ev, err := blackboard.Decode(e.Raw)
	if err != nil {
		return undecodable(err), nil
	}
	site := siteOf(ev, e)
	if !sameSite(pinned, site) {
		return buried(ReasonOtherSite, otherSite(source.Name, pinned, site)), nil
	}
	if site == "" {
		site = pinned
	}
	quiet := Source{Name: source.Name, Map: unlearning{source.Map}, Memory: source.Memory}
	v := o.judge(ev, site, &quiet, holdNobody)
	person, known := lanePerson(&quiet, ev)
	if !known {
		return v, nil
	}
	whom := translate.Whom(&person)
	return v, &whom
}

func (p *Pipeline) source(name string) *Source {
	for i := range p.opts.Sources {
		if p.opts.Sources[i].Name == name {
			return &p.opts.Sources[i]
		}
	}
	return nil
}

// unlearning is a map that takes no lessons.
type unlearning struct{ People }

func (unlearning) Learn(mapping.Identity, []mapping.Alias) {}
