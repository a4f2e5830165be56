package resolver

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Check asks a resolver about somebody who does not exist, to see whether it is
// reached, lets us in and makes sense. The error says what to do.
func Check(ctx context.Context, r Resolver) error {
	if _, isLocal := r.(local); isLocal {
		return nil
	}
	nobody := nobody()
	if _, reason := r.Plan(&nobody); reason != "" {
		return errors.New("cannot be asked about anybody")
	}
	answer, err := r.Resolve(ctx, &nobody)
	switch {
	case err != nil:
		return err
	case answer.PlatformID != uuid.Nil, answer.Reason == Ambiguous, answer.Reason == Unconfirmed, answer.Reason == Enriched:
		return errors.New("it knows somebody who does not exist: it ignores what it is asked by")
	default:
		return nil
	}
}

// nobody has every field, with values that nobody has.
func nobody() Person {
	name := "bbcaliper-check-" + uuid.NewString()
	return Person{Source: "check", UserName: name, Identity: mapping.Identity{
		UserUUID: uuid.New(), UserID: name, ExternalID: name, Email: name + "@example.invalid",
	}}
}
