package collector

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/gorilla/mux"
)

// routes lists every path and method flat, so that no status depends on the
// order of registration; what is left over is 405 with Allow. Paths are taken
// as they come (SkipClean): a redirect would cost a POST its body.
func (c *Collector) routes() *mux.Router {
	router := mux.NewRouter().SkipClean(true)
	if c.tokens != nil {
		token := router.Path(c.tokens.options.Path)
		token.Methods(http.MethodPost).Handler(c.handle(c.answerToken, &c.tokenScript))
		router.Path(c.tokens.options.Path).Handler(c.handle(notAllowed(http.MethodPost), nil))
	}
	router.Path(JobsPath + "{job}/status").Methods(http.MethodGet).Handler(c.handle(c.answerJob, nil))
	router.MatcherFunc(isValidate).Methods(http.MethodPost).Handler(c.handle(c.answerValidate, nil))
	router.PathPrefix("/").Methods(http.MethodPost).Handler(c.handle(c.answerEnvelope, &c.script))
	router.PathPrefix("/").Methods(http.MethodGet, http.MethodHead).Handler(c.handle(c.answerConfiguration, nil))
	router.PathPrefix("/").Handler(c.handle(notAllowed("GET, HEAD, POST"), nil))
	return router
}

// exchange is one request on its way through a handler.
type exchange struct {
	*http.Request
	number  int
	began   time.Time
	step    step
	access  access
	body    []byte
	bodyErr error
	events  int // in the envelope, for the record
}

// handle plays the script's next step (nil: there is no script here), reads
// the body, writes the reply that answer computes, and records the request
// before the client can see the reply.
func (c *Collector) handle(answer func(*exchange) reply, script *Script) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{Request: r, number: c.record.arrive(), began: time.Now(), step: deserved(), access: c.access(r)}
		if script != nil {
			x.step = c.nextStep(script)
		}
		reply := c.reply(w, x, answer)
		c.record.addRequest(c.recorded(x, reply))
		reply.write(r.Context(), w)
	})
}

func (c *Collector) reply(w http.ResponseWriter, x *exchange, answer func(*exchange) reply) reply {
	if x.step.act == actHangup {
		return scripted(x.step)
	}
	x.body, x.bodyErr = readBody(w, x.Request, c.maxBytes)
	if !c.waited(x) {
		return dropped("the client left while it was kept waiting")
	}
	r := answer(x)
	r.drip = x.step.drip
	return r
}

// waited waits as long as the step says, and is false if the request ended
// meanwhile.
func (c *Collector) waited(x *exchange) bool {
	if x.step.wait <= 0 {
		return true
	}
	c.record.addWaiting(1)
	defer c.record.addWaiting(-1)
	return pause(x.Context(), x.step.wait)
}

// maxReplyKept is how much of a reply's body is recorded, in bytes.
const maxReplyKept = 4 << 10

func (c *Collector) recorded(x *exchange, r reply) Request {
	request := Request{
		At: x.began, Method: x.Method, Path: x.URL.Path, Query: x.URL.RawQuery,
		Header: x.Header.Clone(), Events: x.events, Status: r.status,
		Number: x.number, Bytes: len(x.body), Took: time.Since(x.began),
		Authorized: x.access.ok, Access: x.access.how, Reason: r.reason,
	}
	if !x.step.isDeserved() {
		request.Scripted = x.step.String()
	}
	if !r.secret {
		request.Reply = r.body[:min(len(r.body), maxReplyKept)]
	}
	if c.keepBodies || (c.keepRefused && r.status/100 != 2 && isJSON(x.Request) && jsontext.Value(x.body).IsValid()) {
		request.Body = x.body
	}
	return request
}

func notAllowed(allow string) func(*exchange) reply {
	return func(*exchange) reply {
		return refuse(http.StatusMethodNotAllowed, "method not allowed").with("Allow", allow)
	}
}

// isValidate matches the path beside an events endpoint that checks what
// would be sent there.
func isValidate(r *http.Request, _ *mux.RouteMatch) bool {
	return strings.HasSuffix(r.URL.Path, "/validate")
}
