package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"golang.org/x/time/rate"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// senders send what waits in a queue, each one envelope at a time.
//
//	loop ─push▶ queue ─collect▶ batch ─gate▶ rate ▶ POST ─▶ collector
//	loop ◀────────────── reports ◀────────────────────┘
type senders struct {
	opts    *Options
	clock   clockwork.Clock
	queue   *queue
	turn    chan struct{} // holds one value, which whoever collects a batch has taken out
	gate    *gate
	limiter *rate.Limiter
	lease   *lease
	reports chan<- report // to the loop, which reads until all senders have ended
}

// report is one POST, with the events that it settled.
type report struct {
	attempt journal.Attempt
	results []result
}

// result is the end of one event that was in flight.
type result struct {
	*item
	accepted bool
	reply    timeback.Reply
	message  string // the collector's, for a refused event
	request  string // X-Request-ID
	at       time.Time
}

// grace is how long an event that has waited its max_wait already still waits for company: enough for the loop to push
// what it is working on.
const grace = 5 * time.Millisecond

func newSenders(opts *Options, g *gate, l *lease, reports chan<- report) *senders {
	limit := rate.Inf
	if opts.Rate > 0 {
		limit = rate.Limit(opts.Rate)
	}
	s := &senders{
		opts: opts, clock: opts.Clock, queue: newQueue(), turn: make(chan struct{}, 1), gate: g,
		limiter: rate.NewLimiter(limit, 1), lease: l, reports: reports,
	}
	s.turn <- struct{}{}
	return s
}

// run is one sender. It sends until ctx ends; a POST in flight is given up after stopGrace and stays undelivered.
func (s *senders) run(ctx context.Context) {
	for {
		select {
		case <-s.turn:
		case <-ctx.Done():
			return
		}
		batch := s.collect(ctx)
		s.turn <- struct{}{}
		if batch == nil {
			return
		}
		s.deliver(ctx, batch)
	}
}

// collect waits for the first event and then for more, until the batch is full or its first event has waited max_wait
// since it was received. It returns nil when ctx ends.
func (s *senders) collect(ctx context.Context) []*item {
	for ctx.Err() == nil {
		first := s.queue.first()
		if first == nil {
			s.await(ctx, nil)
			continue
		}
		if batch := s.fill(ctx, first); batch != nil {
			return batch
		}
	}
	return nil
}

// fill waits for a full batch as long as its first event may wait. Meanwhile what is ready may have changed: nil then.
func (s *senders) fill(ctx context.Context, first *item) []*item {
	limit := s.opts.Batch
	wait := max(limit.MaxWait-s.clock.Since(first.event.Received), grace)
	timer := s.clock.NewTimer(min(wait, max(limit.MaxWait, grace)))
	defer timer.Stop()
	for ctx.Err() == nil {
		if batch := s.queue.take(limit, false); batch != nil {
			return batch
		}
		if s.await(ctx, timer.Chan()) {
			return s.queue.take(limit, true)
		}
	}
	return nil
}

// await waits until there may be more in the queue, and says whether instead the time was over.
func (s *senders) await(ctx context.Context, over <-chan time.Time) bool {
	select {
	case <-s.queue.more:
	case <-over:
		return true
	case <-ctx.Done():
	}
	return false
}

// deliver sends a batch until every event of it has ended, or ctx has; the others are then in the queue again.
func (s *senders) deliver(ctx context.Context, batch []*item) {
	list := timeback.NewWorklist(len(batch))
	defer func() { s.queue.done(batch, list.Remaining()) }()
	request := uuid.NewString()
	for {
		places := list.Next()
		if len(places) == 0 {
			return
		}
		r, err := s.send(ctx, batch, places, request)
		if err != nil {
			return
		}
		settled := list.Report(r.reply)
		s.report(batch, places, settled, r)
		if r.reply.Class != timeback.Retry && r.reply.Class != timeback.Pause {
			request = uuid.NewString() // the next one is another envelope
		}
	}
}

// sent is one POST that was answered, or failed.
type sent struct {
	request string
	began   time.Time
	took    time.Duration
	reply   timeback.Reply
}

// send POSTs some events of a batch as one envelope, when the destination may be sent to.
func (s *senders) send(ctx context.Context, batch []*item, places []int, request string) (r sent, err error) {
	permit, err := s.gate.enter(ctx)
	if err != nil {
		return r, err
	}
	r, err = s.post(ctx, batch, places, request)
	if err != nil {
		s.gate.giveUp(permit)
		return r, err
	}
	s.gate.leave(permit, r.reply)
	return r, nil
}

func (s *senders) post(ctx context.Context, batch []*item, places []int, request string) (sent, error) {
	if err := s.keepRate(ctx); err != nil {
		return sent{}, err
	}
	if err := s.lease.wait(ctx); err != nil {
		return sent{}, err
	}
	body := envelope(batch, places, s.clock.Now())
	// A POST that has begun is finished when the pipeline stops, within reason: cutting it off would make a duplicate.
	sending, cancel := detach(ctx, stopGrace)
	defer cancel()
	began, since := s.clock.Now(), time.Now()
	reply := s.opts.Client.Send(sending, body, request)
	if sending.Err() != nil {
		return sent{}, fmt.Errorf("stop: %w", sending.Err())
	}
	return sent{request: request, began: began, took: time.Since(since), reply: reply}, nil
}

// envelope writes some events of a batch as one envelope.
func envelope(batch []*item, places []int, at time.Time) []byte {
	events := make([][]byte, len(places))
	size := envelopeOverhead
	for i, place := range places {
		events[i] = batch[place].json
		size += len(events[i]) + 1
	}
	return caliper.AppendEnvelope(make([]byte, 0, size), batch[0].sensor, at, events)
}

// keepRate waits until the destination's rate allows another POST.
func (s *senders) keepRate(ctx context.Context) error {
	now := s.clock.Now()
	wait := s.limiter.ReserveN(now, 1).DelayFrom(now)
	if wait <= 0 {
		return nil
	}
	if err := pause(ctx, s.clock, wait); err != nil {
		return fmt.Errorf("wait for rate: %w", err)
	}
	return nil
}

// stopGrace is how long a POST in flight may take after the pipeline was told to stop, and saveGrace how long it may then
// take to save how that ended.
const (
	stopGrace = 5 * time.Second
	saveGrace = 5 * time.Second
)

// detach returns a context that ends a grace after its parent.
func detach(parent context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() {
		t := time.AfterFunc(grace, cancel)
		context.AfterFunc(ctx, func() { t.Stop() })
	})
	return ctx, func() { stop(); cancel() }
}

// report tells the loop of a POST and of the events that it settled.
func (s *senders) report(batch []*item, places []int, settled []timeback.Outcome, r sent) {
	now := s.clock.Now()
	out := report{attempt: attemptOf(batch, places, &r), results: make([]result, len(settled))}
	for i, o := range settled {
		at := batch[o.Place]
		out.results[i] = result{item: at, accepted: o.Accepted, reply: o.Reply, message: o.Message, request: r.request, at: now}
		if o.Accepted {
			s.opts.Metrics.delivered(s.opts.Destination, now.Sub(at.event.Received))
			continue
		}
		out.attempt.Refused = append(out.attempt.Refused, at.event.Place)
	}
	s.reports <- out
}

// attemptOf is what is kept of a POST for people.
func attemptOf(batch []*item, places []int, r *sent) journal.Attempt {
	a := journal.Attempt{
		At: r.began.UTC(), Request: r.request, Status: r.reply.Status, Class: r.reply.Class.String(), Took: r.took,
		Revisions: map[string]uint64{},
	}
	if r.reply.Err != nil {
		a.Error = r.reply.Err.Error()
	}
	at := make([]journal.Place, len(places))
	for i, place := range places {
		e := batch[place]
		at[i] = e.event.Place
		a.Replay = e.replay != nil
		a.Revisions[e.event.Source] = max(a.Revisions[e.event.Source], e.revision)
	}
	a.Events = journal.Spans(at)
	return a
}
