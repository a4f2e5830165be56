package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// readState reads one small record into v and returns its revision, 0 with ErrNotFound if there is none.
func (j *Journal) readState(ctx context.Context, key string, v any) (revision uint64, err error) {
	entry, err := j.state.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return 0, ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", key, err)
	}
	if err := json.Unmarshal(entry.Value(), v); err != nil {
		return 0, fmt.Errorf("read %s: %w", key, err)
	}
	return entry.Revision(), nil
}

// writeState replaces a record that is still at the given revision (0: that does not exist); ErrConflict otherwise.
func (j *Journal) writeState(ctx context.Context, key string, text []byte, revision uint64) (uint64, error) {
	next, err := j.state.Update(ctx, key, text, revision)
	if isWrongSequence(err) {
		return 0, fmt.Errorf("write %s: %w", key, ErrConflict)
	}
	if err != nil {
		return 0, fmt.Errorf("write %s: %w", key, err)
	}
	return next, nil
}

// lastToken returns what stands behind the last dot of a subject.
func lastToken(subject string) string { return subject[strings.LastIndexByte(subject, '.')+1:] }

// pinKey is the record of a source's site.
func pinKey(source string) string { return "site." + source }

// pin is the site of a source.
type pin struct {
	Site string `json:"site"`
}

// Site returns the site that a source is pinned to, "" if none yet.
func (j *Journal) Site(ctx context.Context, source string) (string, error) {
	var p pin
	_, err := j.readState(ctx, pinKey(source), &p)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return p.Site, err
}

// LearnSite pins a source to a site if it has none, and returns the site that it is pinned to.
func (j *Journal) LearnSite(ctx context.Context, source, site string) (string, error) {
	text, _ := json.Marshal(pin{Site: site}) // a string cannot fail
	there, err := j.Site(ctx, source)
	if err != nil || there != "" {
		return there, err
	}
	if err := j.replaceSite(ctx, source, text); errors.Is(err, ErrConflict) {
		return j.Site(ctx, source) // somebody was faster
	} else if err != nil {
		return "", err
	}
	return site, nil
}

// PinSite sets the site of a source, "" to let it be learned from the next event.
func (j *Journal) PinSite(ctx context.Context, source, site string) error {
	text, _ := json.Marshal(pin{Site: site}) // a string cannot fail
	return j.replaceSite(ctx, source, text)
}

func (j *Journal) replaceSite(ctx context.Context, source string, text []byte) error {
	var there pin
	revision, err := j.readState(ctx, pinKey(source), &there)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	_, err = j.writeState(ctx, pinKey(source), text, revision)
	return err
}
