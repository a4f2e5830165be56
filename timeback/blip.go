package timeback

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/sirupsen/logrus"
)

// A blip is a failure that ends within a second: retried inline, unseen by the
// caller. Everything longer goes back to the caller at once.

// inlineRetry decides after each attempt whether to try again inline. It never
// returns an error of its own, so that the attempt's error stays the cause.
func inlineRetry(longest time.Duration) retryablehttp.CheckRetry {
	return func(ctx context.Context, resp *http.Response, err error) (bool, error) {
		if ctx.Err() != nil {
			return false, nil
		}
		if err != nil {
			return isBlip(err), nil
		}
		switch resp.StatusCode {
		case http.StatusTooManyRequests, http.StatusBadGateway,
			http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			after, _ := retryAfter(resp.Header, time.Now())
			return after <= longest, nil
		default:
			return false, nil
		}
	}
}

// isBlip is false for what the next second will not change: an attempt that
// used up its time-out, a host that does not exist, and what pauses.
func isBlip(err error) bool {
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return false
	}
	var name *net.DNSError
	if errors.As(err, &name) && name.IsNotFound {
		return false
	}
	class, _ := classifyError(err)
	return class == Retry
}

// inlineWait is the wait between two inline attempts: exponential from
// shortest, at most longest, the upper half of it random. What the collector
// asks for in Retry-After is waited in full, the random part on top, so that
// nobody comes back early. attempt counts from 0.
func inlineWait(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if after, asked := retryAfter(resp.Header, time.Now()); asked {
			return min(after, longest) + jitter(shortest, rand.Float64())
		}
	}
	wait := exponential(shortest, longest, attempt)
	return wait/2 + jitter(wait/2, rand.Float64())
}

// exponential is shortest·2^doublings, at most longest, without overflow.
func exponential(shortest, longest time.Duration, doublings int) time.Duration {
	wait := shortest
	for range doublings {
		if wait >= longest/2 {
			return longest
		}
		wait *= 2
	}
	return min(wait, longest)
}

// jitter is the given part, in [0, 1), of span.
func jitter(span time.Duration, part float64) time.Duration {
	return time.Duration(float64(span) * part)
}

// shield hides every method of a transport but RoundTrip. go-retryablehttp
// calls CloseIdleConnections after each failure, which would throw away the
// connections of the requests beside it.
type shield struct{ http.RoundTripper }

// leveled hands go-retryablehttp's log lines to logrus. The library logs at
// Error what is transient by definition; here that is a warning. Of its fields
// only those without a URL are kept: the library hides passwords in URLs, but
// not keys in queries.
type leveled struct {
	log   logrus.FieldLogger
	scrub func() scrubber
}

var _ retryablehttp.LeveledLogger = leveled{}

// Error logs a failed attempt as a warning.
func (l leveled) Error(msg string, fields ...any) {
	l.with(fields).Warn(msg)
}

// Warn logs a warning.
func (l leveled) Warn(msg string, fields ...any) {
	l.with(fields).Warn(msg)
}

// Info logs at debug level: nothing the library says is news to an operator.
func (l leveled) Info(msg string, fields ...any) { l.Debug(msg, fields...) }

// Debug logs at debug level, at no cost if that is off.
func (l leveled) Debug(msg string, fields ...any) {
	if debugEnabled(l.log) {
		l.with(fields).Debug(msg)
	}
}

func (l leveled) with(fields []any) logrus.FieldLogger {
	kept := make(logrus.Fields, 2)
	for i := 0; i+1 < len(fields); i += 2 {
		switch fields[i] {
		case "error":
			if err, ok := fields[i+1].(error); ok {
				kept["cause"] = l.scrub().safe("attempt", "url", err).Error()
			}
		case "timeout":
			if wait, ok := fields[i+1].(time.Duration); ok {
				kept["wait"] = wait.String()
			}
		case "remaining":
			if left, ok := fields[i+1].(int); ok {
				kept["attempts_left"] = left
			}
		}
	}
	return l.log.WithFields(kept)
}

// debugEnabled reports whether log would write a debug line; fields are built
// before logrus looks at the level.
func debugEnabled(log logrus.FieldLogger) bool {
	switch l := log.(type) {
	case *logrus.Entry:
		return l.Logger.IsLevelEnabled(logrus.DebugLevel)
	case interface{ IsLevelEnabled(logrus.Level) bool }:
		return l.IsLevelEnabled(logrus.DebugLevel)
	default:
		return true
	}
}
