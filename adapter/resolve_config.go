package adapter

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// resolverEntries makes the resolvers of a configuration, in order. An error begins with the key that is to blame.
func resolverEntries(configured []config.Resolver, clock clockwork.Clock, log logrus.FieldLogger) ([]resolver.Entry, error) {
	entries := make([]resolver.Entry, len(configured))
	for i := range configured {
		made, err := newResolver(&configured[i], clock, log)
		if err != nil {
			return nil, fmt.Errorf("mapping.resolvers[%d].%w", i, err)
		}
		entries[i] = resolverEntry(&configured[i], made)
	}
	return entries, nil
}

// newResolver makes what asks. An error begins with the name of the setting.
func newResolver(c *config.Resolver, clock clockwork.Clock, log logrus.FieldLogger) (resolver.Resolver, error) {
	secured, err := newClientTLS(c.TLS, log)
	if err != nil {
		return nil, err
	}
	connection := resolver.Connection{TLS: secured, Clock: clock}
	switch c.Type {
	case config.ResolverOneRoster:
		return resolver.NewOneRoster(resolver.OneRosterOptions{
			URL: c.URL, Filter: c.Filter, Auth: resolverAuth(&c.Auth), Connection: connection,
		})
	case config.ResolverBlackboard:
		return resolver.NewBlackboard(resolver.BlackboardOptions{
			URL: c.URL, Key: c.Key.Reveal(), Secret: c.Secret.Reveal(), Connection: connection,
		})
	case config.ResolverHTTP:
		return resolver.NewHTTP(resolver.HTTPOptions{
			URL: c.URL, Pointer: c.Pointer, Auth: resolverAuth(&c.Auth), Connection: connection,
		})
	case config.ResolverStatic:
		options := resolver.StaticOptions{Rule: resolver.Rule(c.Rule)}
		if c.Namespace != uuid.Nil {
			options.Namespace = c.Namespace.String()
		}
		return resolver.NewStatic(options)
	}
	return nil, fmt.Errorf("type: there is no resolver of type %q", c.Type)
}

func resolverAuth(a *config.Auth) resolver.Auth {
	return resolver.Auth{
		Type: resolver.AuthType(a.Type), Token: a.Token.Reveal(), Name: a.Name, Value: a.Value.Reveal(),
		Username: a.Username.Reveal(), Password: a.Password.Reveal(),
		TokenURL: a.TokenURL, ClientID: a.ClientID.Reveal(), ClientSecret: a.ClientSecret.Reveal(),
		Scopes: a.Scopes, Style: resolver.AuthStyle(a.Style),
	}
}

// resolverEntry says how a resolver is asked.
func resolverEntry(c *config.Resolver, made resolver.Resolver) resolver.Entry {
	e := resolver.Entry{
		Name: c.Name, Resolver: made, Sources: c.Sources, LastResort: c.LastResort,
		Timeout: c.Timeout, Rate: c.Rate, Concurrency: c.Concurrency, Queue: c.Queue,
		Cache: remembered(c.Cache), Misses: remembered(c.Misses),
		Breaker: resolver.BreakerLimits{Failures: c.Breaker.Failures, Pause: c.Breaker.Pause, MaxPause: c.Breaker.MaxPause},
	}
	if c.Rate == 0 {
		e.Rate = unlimited
	}
	return e
}

// unlimited is how an entry says what 0 says in the configuration.
const unlimited = -1

func remembered(c config.Remembered) resolver.CacheLimits {
	if c.Entries == 0 {
		return resolver.CacheLimits{Entries: unlimited, Life: c.Life}
	}
	return resolver.CacheLimits{Entries: c.Entries, Life: c.Life}
}
