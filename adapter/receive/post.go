package receive

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/blackboard"
)

// post stores what was posted and answers 200 with an empty body.
func (h *Handler) post(w http.ResponseWriter, r *http.Request) error {
	start := h.opts.Now()
	source, err := h.authenticate(r)
	if err != nil {
		return err
	}
	if err := h.receive(r, source, start); err != nil {
		return ofSource(err, source)
	}
	took := h.opts.Now().Sub(start)
	h.metrics.seconds.WithLabelValues(source).Observe(took.Seconds())
	w.WriteHeader(http.StatusOK)
	return nil
}

func (h *Handler) receive(r *http.Request, source string, at time.Time) error {
	if err := h.opts.Ready(); err != nil {
		return refuse(ReasonNotReady)
	}
	b, err := h.bodies.read(r)
	if b != nil {
		defer b.release()
	}
	var damaged *damage
	switch {
	case errors.As(err, &damaged):
		return h.keep(r.Context(), source, at, b.data, refuseAt(ReasonGzip, damaged.detail))
	case err != nil:
		return err
	}
	env, err := blackboard.Split(b.data, h.opts.MaxEvents)
	var syntax *blackboard.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return h.keep(r.Context(), source, at, b.data, refuseAt(ReasonSyntax, fmt.Sprintf("%s at byte %d", syntax.Detail, syntax.Offset)))
	case errors.Is(err, blackboard.ErrTooManyEvents):
		return refuse(ReasonTooManyEvents)
	case err != nil:
		return h.keep(r.Context(), source, at, b.data, refuse(ReasonSyntax))
	}
	return h.store(r.Context(), journal.Envelope{Source: source, Received: at.UTC(), Body: b.data, Split: env})
}

// store appends an envelope. What has come whole is stored even if its sender is gone by now.
func (h *Handler) store(ctx context.Context, e journal.Envelope) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.opts.StoreTimeout)
	defer cancel()
	switch err := h.opts.Journal.Append(ctx, e); {
	case errors.Is(err, journal.ErrFull):
		return refuse(ReasonFull)
	case err != nil:
		return refuse(ReasonStore)
	}
	return nil
}

// keep stores the bytes of a refused body and returns the refusal, or another one if they could not be kept.
func (h *Handler) keep(ctx context.Context, source string, at time.Time, body []byte, why *refusal) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.opts.StoreTimeout)
	defer cancel()
	err := h.opts.Journal.Refuse(ctx, journal.Refusal{
		Source: source, Received: at.UTC(), Reason: string(why.reason), Detail: why.detail, Body: body,
	})
	switch {
	case errors.Is(err, journal.ErrFull):
		return refuse(ReasonFull)
	case err != nil:
		return refuse(ReasonStore)
	}
	return why
}
