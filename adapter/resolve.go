package adapter

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// resolving asks the configured resolvers about people whose events are held, and writes what they say into the map,
// which releases the events like any other mapping.
type resolving struct {
	mu   sync.Mutex
	them *resolvers // nil: none is configured
}

// resolvers are those of one configuration.
type resolvers struct {
	*resolver.Chain
	keeper *keeper
}

// startResolvers begins to ask. Nothing is asked before a pipeline says that somebody waits.
func (a *Adapter) startResolvers(context.Context) error {
	them, err := a.newResolvers(a.config())
	if err != nil {
		return err
	}
	a.resolving.use(them)
	a.onStop("stop resolvers", func(context.Context) error {
		a.resolving.use(nil)
		return nil
	})
	return nil
}

// gatherFindings is how long what was found waits to become one change of the map with what is found next. A resolver
// that is asked ten times a second would make a change a person.
const gatherFindings = time.Second

// newResolvers starts the resolvers of a configuration, nil if there are none. An error names the setting.
func (a *Adapter) newResolvers(c *config.Config) (*resolvers, error) {
	if len(c.Mapping.Resolvers) == 0 {
		return nil, nil
	}
	_, trust, err := peoplePolicy(c.Mapping)
	if err != nil {
		return nil, err
	}
	log := a.log.WithField("component", "resolvers")
	entries, err := resolverEntries(c.Mapping.Resolvers, a.opts.Clock, log)
	if err != nil {
		return nil, err
	}
	k := newKeeper(a.peopleOf, log)
	chain, err := resolver.New(resolver.Options{
		Found: k.keep, Gather: gatherFindings, Turned: func(s resolver.Stats) { logTurn(log, &s) }, Clock: a.opts.Clock,
		Known: func(p resolver.Person) (mapping.Match, bool) { return a.knows(&p, trust) },
	}, entries...)
	if err != nil {
		return nil, err
	}
	return &resolvers{chain, k}, nil
}

// use asks these resolvers from now on, and ends those before them.
func (r *resolving) use(them *resolvers) {
	r.mu.Lock()
	before := r.them
	r.them = them
	r.mu.Unlock()
	if before != nil {
		before.Close()
	}
}

// forget has everybody asked about anew, those too who would not be yet: whoever reloads may have mended a resolver.
func (r *resolving) forget() {
	if them := r.now(); them != nil {
		them.Forget()
	}
}

// ask asks about somebody who waits. It does not block.
func (r *resolving) ask(source, key string, whom journal.Whom) {
	them := r.now()
	if them == nil {
		return
	}
	them.Ask(resolver.Person{Key: key, Source: source, Identity: whom.Identity()})
}

func (r *resolving) now() *resolvers {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.them
}

// peopleOf is the map of a source, nil if there is no such source.
func (a *Adapter) peopleOf(source string) *mapping.Map {
	if s := a.source(source); s != nil {
		return s.people
	}
	return nil
}

// knows looks somebody up in the map.
func (a *Adapter) knows(p *resolver.Person, trust []mapping.Alias) (mapping.Match, bool) {
	people := a.peopleOf(p.Source)
	if people == nil {
		return mapping.Match{}, true // of nobody's source: there is nobody to ask for
	}
	return people.Lookup(p.Identity, trust)
}

// sameResolvers says whether a reload leaves the resolvers as they are. Which aliases are trusted says whom they need not
// be asked about.
func sameResolvers(before, next *config.Config) bool {
	return reflect.DeepEqual(before.Mapping.Resolvers, next.Mapping.Resolvers) &&
		reflect.DeepEqual(before.Mapping.Trust, next.Mapping.Trust)
}
