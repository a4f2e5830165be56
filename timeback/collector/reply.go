package collector

import (
	"context"
	"maps"
	"net/http"
	"time"
)

// reply is what one request is answered; computed first and written once, so
// that what is recorded is what was sent.
type reply struct {
	status int
	header map[string]string
	body   []byte
	reason string // why the request is refused
	secret bool   // the body is not for the record
	drop   bool   // no reply at all: the connection is dropped
	drip   time.Duration
	fault  Form // FormEndless or FormCut: how the body is written
}

func dropped(reason string) reply { return reply{drop: true, reason: reason} }

func (r reply) write(ctx context.Context, w http.ResponseWriter) {
	if r.drop {
		panic(http.ErrAbortHandler) // net/http's way to drop a connection
	}
	for name, value := range r.header {
		w.Header().Set(name, value)
	}
	switch {
	case !bodyAllowed(r.status):
		w.WriteHeader(r.status)
	case r.drip > 0:
		r.writeDripping(ctx, w)
	case r.fault == FormEndless:
		r.writeEndless(ctx, w)
	case r.fault == FormCut:
		r.writeCut(w)
	default:
		w.WriteHeader(r.status)
		_, _ = w.Write(r.body) // a client that left takes no reply
	}
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// with returns r with one more header.
func (r reply) with(name, value string) reply {
	r.header = maps.Clone(r.header)
	if r.header == nil {
		r.header = make(map[string]string)
	}
	r.header[name] = value
	return r
}

// Scripted is the Reason of a request that was refused by the script alone.
const Scripted = "scripted"

// scripted is the reply of a step that does not look at the request.
func scripted(s step) reply {
	if s.act != actStatus {
		return dropped("the connection was dropped")
	}
	form := s.form.orUsual(s.status, false)
	r := form.reply(s.status, content{message: statusText(s.status) + " (scripted)"})
	if s.status/100 == 3 {
		r = r.with("Location", "/moved")
	}
	if s.status == http.StatusUnauthorized {
		r = r.with("WWW-Authenticate", "Bearer")
	}
	r.reason = Scripted
	return s.decorate(r)
}

// decorate adds the step's headers.
func (s step) decorate(r reply) reply {
	for _, h := range s.header {
		value := h[1]
		if date, isDate, _ := dateValue(value, time.Now()); isDate {
			value = date
		}
		r = r.with(h[0], value)
	}
	return r
}

// accepted is the reply to an envelope that was kept.
func (s step) accepted(c content) reply {
	switch {
	case s.act == actLost:
		return dropped("the envelope was kept, then the connection was dropped")
	case s.act == actStatus && s.index < 0:
		return s.decorate(s.form.orUsual(s.status, false).reply(s.status, c))
	case s.drip > 0: // there has to be something that takes its time
		return FormStatus.reply(http.StatusOK, c)
	default:
		return reply{status: http.StatusOK}
	}
}
