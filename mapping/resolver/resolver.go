package resolver

import "context"

// Kind is a kind of resolver, under its name in the configuration.
type Kind string

// The kinds.
const (
	KindOneRoster  Kind = "oneroster"
	KindBlackboard Kind = "blackboard"
	KindHTTP       Kind = "http"
	KindStatic     Kind = "static"
)

// Resolver is somebody who may know a person. Implementations are safe for
// concurrent use, keep nothing about anybody, and show no value of a person in
// an error.
type Resolver interface {
	Kind() Kind
	// Endpoint is where it asks, fit to be shown; "" for nowhere.
	Endpoint() string
	// Plan says by which fields it would ask about the person: with the source,
	// their values decide the answer. A reason says why it would not ask:
	// NoAlias or Unsafe. It asks nobody, and costs next to nothing.
	Plan(p *Person) ([]Field, Reason)
	// Resolve asks. An error is no answer, and is a *Fault where another
	// attempt would have to wait or a setting is wrong.
	Resolve(ctx context.Context, p *Person) (Answer, error)
}

// local is a resolver whose answer is a matter of computing: it is had at once,
// without lane, cache and circuit.
type local interface {
	Resolver
	answer(p *Person) Answer
}

// remote is a resolver that keeps connections open between questions.
type remote interface {
	Resolver
	closeIdle()
}
