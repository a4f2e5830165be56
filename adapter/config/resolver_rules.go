package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// maxResolverName is how long the name of a resolver may be: it is repeated in every record that it finds.
const maxResolverName = 32

func (r rules) resolvers(c *Config) {
	if len(c.Mapping.Resolvers) > 0 && c.Mapping.Unmapped != UnmappedHold {
		r.bad("mapping.resolvers", "is of no use with unmapped: %s, which leaves nobody to ask about: remove one of the two", c.Mapping.Unmapped)
	}
	known := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		known[i] = s.Name
	}
	names := map[string]string{}
	for i := range c.Mapping.Resolvers {
		s, path := &c.Mapping.Resolvers[i], fmt.Sprintf("mapping.resolvers[%d]", i)
		r.name(path+".name", s.Name, names)
		if len(s.Name) > maxResolverName {
			r.bad(path+".name", "must have at most %d characters", maxResolverName)
		}
		if len(s.Sources) > 0 {
			r.sourcesOf(path+".sources", s.Sources, known)
		}
		r.resolver(path, s)
	}
}

func (r rules) resolver(path string, s *Resolver) {
	types, keys := resolverTypes()
	r.oneOf(path+".type", s.Type, types...)
	if !slices.Contains(types, s.Type) {
		return
	}
	r.typeKeys(path, "a resolver of type "+s.Type, keys[s.Type], reflect.TypeFor[Resolver]())
	if s.Type == ResolverStatic {
		r.staticRule(path, s)
		return
	}
	r.webURL(path+".url", s.URL, "https://roster.example.org/rostering/1.0")
	if s.Type == ResolverBlackboard {
		r.clientTLS(path+".tls", s.TLS, "url is not", s.URL)
	} else {
		r.resolverAuth(path+".auth", s.Auth)
		r.clientTLS(path+".tls", s.TLS, "neither url nor auth.token_url is", s.URL, s.Auth.TokenURL)
	}
	r.resolverLimits(path, s)
}

func (r rules) staticRule(path string, s *Resolver) {
	r.oneOf(path+".rule", s.Rule, RuleUUID, RuleUUIDv5)
	switch {
	case s.Rule == RuleUUIDv5 && s.Namespace == uuid.Nil:
		r.bad(path+".namespace", "is missing: the rule uuid_v5 needs the UUID of a namespace of its own")
	case s.Rule == RuleUUID && s.Namespace != uuid.Nil:
		r.bad(path+".namespace", "does not belong to the rule uuid: remove it")
	}
}

// resolverAuth allows what does not stand in a URL: a resolver's URL is written into the history of the ID map.
func (r rules) resolverAuth(path string, a Auth) {
	if a.Type == AuthQuery {
		types, _ := authTypes()
		types = slices.DeleteFunc(types, func(t string) bool { return t == AuthQuery })
		r.bad(path+".type", "must be one of %s: a resolver takes no credential in its query", strings.Join(types, ", "))
		return
	}
	r.auth(path, a)
}

func (r rules) resolverLimits(path string, s *Resolver) {
	r.longEnough(path+".timeout", s.Timeout, 100*time.Millisecond)
	if s.Rate < 0 {
		r.bad(path+".rate", "must be a number of questions a second, or 0 for no limit")
	}
	r.between(path+".concurrency", s.Concurrency, 1, 64)
	r.between(path+".queue", s.Queue, 1, 1_000_000)
	for key, c := range map[string]Remembered{"cache": s.Cache, "misses": s.Misses} {
		r.between(path+"."+key+".entries", c.Entries, 0, 10_000_000)
		r.longEnough(path+"."+key+".life", c.Life, time.Second)
	}
	r.between(path+".breaker.failures", s.Breaker.Failures, 1, 1000)
	r.longEnough(path+".breaker.pause", s.Breaker.Pause, 100*time.Millisecond)
	if s.Breaker.MaxPause < s.Breaker.Pause {
		r.bad(path+".breaker.max_pause", "is shorter than breaker.pause (%s): make it as long, or longer", s.Breaker.Pause)
	}
}
