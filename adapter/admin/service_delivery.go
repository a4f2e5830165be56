package admin

import (
	"context"

	"github.com/google/uuid"
)

// Delivery is the part of [Service] that concerns what is sent: dead letters, destinations, replays, and the way of one
// event. A destination "" means all of them; one that is not configured is a [NotFound] error, as is a source.
type Delivery interface {
	// CountDead counts the letters that a filter selects, bodies refused at the door included. Limit does not count.
	CountDead(ctx context.Context, filter DeadFilter) (DeadCounts, error)
	// EachLetter calls each with the letters that a filter selects, whole, in the order of their numbers, until it
	// returns an error, which is returned as it is. Letters that go away meanwhile may be left out. each does not keep
	// the letter.
	EachLetter(ctx context.Context, filter DeadFilter, each func(*DeadLetter) error) error
	// RetryLetters sends dead events through their pipelines again, with today's map, pins and settings. It returns when
	// that has begun: how many are tried, and how many were selected but cannot be. What dies again is a new letter.
	RetryLetters(ctx context.Context, filter DeadFilter) (DeadResult, error)
	// DiscardLetters drops letters for good. It returns when that has been stored. A dead event counts as discarded from
	// then on.
	DiscardLetters(ctx context.Context, filter DeadFilter, discard Discard) (DeadResult, error)

	// PauseDestination stops the sending to a destination, across restarts, until it is resumed. One that is paused by a
	// person already gets the new words.
	PauseDestination(ctx context.Context, name string, pause Pause) error
	// ResumeDestination ends a pause, and has a destination that backs off, or is paused by a fault, try at once.
	ResumeDestination(ctx context.Context, name string) error

	// PlanReplay says what a replay would do, destination by destination in the order of the configuration. It reads the
	// journal.
	PlanReplay(ctx context.Context, request ReplayRequest) ([]ReplayPlan, error)
	// StartReplay begins a replay at each of the destinations that it is for, and names them. If one of these replays
	// already, none is started: that is a [Conflict] error. How it goes on stands in DestinationStatus.Replay.
	StartReplay(ctx context.Context, request ReplayRequest) ([]string, error)
	// StopReplay ends the replays that run, and names their destinations; none is no error. What is in flight is sent. by
	// is who asks.
	StopReplay(ctx context.Context, destination, by string) ([]string, error)

	// Explain tells the way of an event, which is named by its UUID. One that is in no store is a [NotFound] error that
	// says how far back the journal goes.
	Explain(ctx context.Context, event uuid.UUID) (Explanation, error)
}
