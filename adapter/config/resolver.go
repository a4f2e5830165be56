package config

import (
	"time"

	"github.com/google/uuid"
)

// What a resolver asks: the values of Resolver.Type.
const (
	ResolverOneRoster  = "oneroster"  // a OneRoster service, whose sourcedId is the platform id
	ResolverBlackboard = "blackboard" // Learn's REST API, which tells the others more about the person
	ResolverHTTP       = "http"       // a URL of the institution's own directory
	ResolverStatic     = "static"     // nobody: the platform id is made of the external id
)

// How a static resolver makes a platform id: the values of Resolver.Rule.
const (
	RuleUUID   = "uuid"    // the external id is one
	RuleUUIDv5 = "uuid_v5" // a UUIDv5 of the external id
)

// What a resolver has when the file does not say.
const (
	DefaultFilter       = "email='{email}'"
	DefaultTimeout      = 10 * time.Second
	DefaultRate         = 10
	DefaultConcurrency  = 4
	DefaultQueue        = 10_000
	DefaultCacheEntries = 100_000
	DefaultCacheLife    = time.Hour
	DefaultMissLife     = 15 * time.Minute
	DefaultFailures     = 5
	DefaultPause        = 10 * time.Second
	DefaultMaxPause     = 5 * time.Minute
)

// Resolver is somebody who is asked about people whom the ID map does not know. Type says which of the fields that ask
// are set; the file may hold no others.
type Resolver struct {
	// Name is its name in metrics and in the history of the ID map.
	Name string `mapstructure:"name"`
	// Type is one of the Resolver constants.
	Type string `mapstructure:"type"`
	// Sources are the names of the sources about whose people it is asked; none: all sources'.
	Sources []string `mapstructure:"sources"`
	// URL is the base of a OneRoster service, a Learn site, or a URL with fields of the person such as {external_id}.
	URL string `mapstructure:"url"`
	// Filter says whom to ask a OneRoster service for, with fields of the person in its values. Default DefaultFilter.
	Filter string `mapstructure:"filter"`
	// Pointer is where the platform id stands in the JSON that ResolverHTTP gets (RFC 6901). Empty: the reply is the id.
	Pointer string `mapstructure:"pointer"`
	// Key and Secret are those of an application that is registered at the Learn site.
	Key    Secret `mapstructure:"key"`
	Secret Secret `mapstructure:"secret"`
	// Rule is how ResolverStatic makes the id: RuleUUID or RuleUUIDv5, which needs a Namespace.
	Rule      string    `mapstructure:"rule"`
	Namespace uuid.UUID `mapstructure:"namespace"`
	// Auth is how a OneRoster service or a directory is told who is asking: any type but AuthQuery.
	Auth Auth `mapstructure:"auth"`
	// TLS is of the connections to the service and to its token endpoint.
	TLS ClientTLS `mapstructure:"tls"`
	// LastResort asks it only where every resolver before it has said no. Default: true for ResolverStatic.
	LastResort bool `mapstructure:"last_resort"`
	// Timeout bounds one question. Default 10s.
	Timeout time.Duration `mapstructure:"timeout"`
	// Rate is the most questions a second; 0 means no limit. Default 10.
	Rate float64 `mapstructure:"rate"`
	// Concurrency is how many questions are asked at a time. Default 4.
	Concurrency int `mapstructure:"concurrency"`
	// Queue is how many questions wait. Default 10000.
	Queue int `mapstructure:"queue"`
	// Cache bounds what is remembered of its answers, and Misses what of its noes. Default 100000 each, 1h and 15m.
	Cache  Remembered `mapstructure:"cache"`
	Misses Remembered `mapstructure:"misses"`
	// Breaker says when it is left alone because it fails.
	Breaker Breaker `mapstructure:"breaker"`
}

// Remembered bounds a cache.
type Remembered struct {
	// Entries is how many answers are remembered; 0 means none.
	Entries int `mapstructure:"entries"`
	// Life is for how long.
	Life time.Duration `mapstructure:"life"`
}

// Breaker says when somebody who fails is left alone.
type Breaker struct {
	// Failures is after how many in a row. Default 5.
	Failures int `mapstructure:"failures"`
	// Pause is for how long at first; each time that follows without an answer is twice as long. Default 10s.
	Pause time.Duration `mapstructure:"pause"`
	// MaxPause is for how long at most. Default 5m.
	MaxPause time.Duration `mapstructure:"max_pause"`
}

// resolverTypes are the types in the order in which they are documented, with the keys of each besides those that all
// have.
func resolverTypes() ([]string, map[string]typeKeys) {
	all := []string{"name", "sources", "last_resort"}
	limits := append(all, "tls", "timeout", "rate", "concurrency", "queue", "cache", "misses", "breaker")
	return []string{ResolverOneRoster, ResolverBlackboard, ResolverHTTP, ResolverStatic}, map[string]typeKeys{
		ResolverOneRoster:  {required: []string{"url"}, optional: append([]string{"filter", "auth"}, limits...)},
		ResolverBlackboard: {required: []string{"url", "key", "secret"}, optional: limits},
		ResolverHTTP:       {required: []string{"url"}, optional: append([]string{"pointer", "auth"}, limits...)},
		ResolverStatic:     {required: []string{"rule"}, optional: append([]string{"namespace"}, all...)},
	}
}

func (s *Resolver) setDefaults(d *document, path string) {
	orElse(d, path+".last_resort", &s.LastResort, s.Type == ResolverStatic)
	if s.Type == ResolverStatic {
		return
	}
	if s.Type == ResolverOneRoster {
		orElse(d, path+".filter", &s.Filter, DefaultFilter)
	}
	if !d.has(path + ".auth") {
		s.Auth.Type = AuthNone
	}
	orElse(d, path+".timeout", &s.Timeout, DefaultTimeout)
	orElse(d, path+".rate", &s.Rate, DefaultRate)
	orElse(d, path+".concurrency", &s.Concurrency, DefaultConcurrency)
	orElse(d, path+".queue", &s.Queue, DefaultQueue)
	orElse(d, path+".cache.entries", &s.Cache.Entries, DefaultCacheEntries)
	orElse(d, path+".cache.life", &s.Cache.Life, DefaultCacheLife)
	orElse(d, path+".misses.entries", &s.Misses.Entries, DefaultCacheEntries)
	orElse(d, path+".misses.life", &s.Misses.Life, DefaultMissLife)
	orElse(d, path+".breaker.failures", &s.Breaker.Failures, DefaultFailures)
	orElse(d, path+".breaker.pause", &s.Breaker.Pause, DefaultPause)
	orElse(d, path+".breaker.max_pause", &s.Breaker.MaxPause, max(DefaultMaxPause, s.Breaker.Pause))
}
