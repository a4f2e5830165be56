package config

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/google/uuid"
)

// Size is a number of bytes, written as 512KiB, 20GiB or 4MB, or as a plain number of bytes.
type Size int64

// String returns the size with a unit, rounded.
func (s Size) String() string { return humanize.IBytes(uint64(max(s, 0))) }

func sizeOf(from reflect.Value) (any, error) {
	const reason = "must be a size such as 512KiB or 20GiB"
	switch from.Kind() {
	case reflect.Int:
		if from.Int() >= 0 {
			return Size(from.Int()), nil
		}
	case reflect.String:
		n, err := humanize.ParseBytes(from.String())
		if err == nil && n <= math.MaxInt64 {
			return Size(n), nil
		}
	}
	return nil, errors.New(reason)
}

// durationOf reads Go's durations (1h30m, 500ms), whole days (7d) and a plain 0.
func durationOf(from reflect.Value) (any, error) {
	const reason = "must be a duration with its unit, such as 500ms, 1h30m, 168h or 7d"
	if from.Kind() == reflect.Int && from.Int() == 0 {
		return time.Duration(0), nil
	}
	if from.Kind() != reflect.String {
		return nil, errors.New(reason)
	}
	if days, ok := strings.CutSuffix(from.String(), "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return nil, errors.New(reason)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	dur, err := time.ParseDuration(from.String())
	if err != nil || dur < 0 {
		return nil, errors.New(reason)
	}
	return dur, nil
}

func uuidOf(from reflect.Value) (any, error) {
	if from.Kind() == reflect.String {
		if id, err := uuid.Parse(from.String()); err == nil && id != uuid.Nil {
			return id, nil
		}
	}
	return nil, errors.New("must be a UUID such as 1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11")
}
