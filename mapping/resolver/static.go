package resolver

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Rule is how a static resolver makes a platform id of an external id.
type Rule string

// The rules.
const (
	// RuleUUID takes the external id as the platform id, where it is a UUID.
	RuleUUID Rule = "uuid"
	// RuleUUIDv5 makes a UUIDv5 of it (RFC 9562 section 5.5), byte for byte as
	// the stream has it, without white space around it.
	RuleUUIDv5 Rule = "uuid_v5"
)

// StaticOptions are the settings of a rule.
type StaticOptions struct {
	Rule      Rule
	Namespace string // a UUID; required for RuleUUIDv5, and only for it
}

// static computes the platform id.
type static struct{ namespace uuid.UUID } // nil: the external id is the id

// NewStatic returns a resolver, or an error that names the option that makes no
// sense.
func NewStatic(o StaticOptions) (Resolver, error) {
	switch o.Rule {
	case RuleUUID:
		if o.Namespace != "" {
			return nil, errors.New("namespace: only the rule uuid_v5 has one")
		}
		return static{}, nil
	case RuleUUIDv5:
		namespace, err := mapping.ParsePlatformID(o.Namespace)
		if err != nil {
			return nil, errors.New("namespace: want a UUID")
		}
		return static{namespace}, nil
	default:
		return nil, errors.New("rule: want uuid or uuid_v5")
	}
}

func (s static) Kind() Kind       { return KindStatic }
func (s static) Endpoint() string { return "" }

func (s static) Plan(p *Person) ([]Field, Reason) {
	return plan(p, byExternalID, func(string) bool { return true })
}

func (s static) Resolve(_ context.Context, p *Person) (Answer, error) { return s.answer(p), nil }

func (s static) answer(p *Person) Answer {
	if s.namespace != uuid.Nil {
		return Answer{PlatformID: uuid.NewSHA1(s.namespace, []byte(p.value(ExternalID)))}
	}
	return answerOf(p.value(ExternalID))
}
