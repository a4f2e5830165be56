package adapter_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"
)

// address is where an adapter that comes and goes was last. Safe for concurrent use.
type address struct {
	mu          sync.Mutex
	public, adm string
}

func (a *address) set(public, api string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.public, a.adm = public, api
}

func (a *address) receive() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.public
}

func (a *address) api() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.adm
}

// Bounds of a sender: how often it posts, and how long it tries to get rid of one envelope.
const (
	sendEvery    = 15 * time.Millisecond
	sendPatience = patience
)

// sender is a site that posts the events of some people, one envelope after the other. What is not answered 200 it
// sends again, and now and then what was.
type sender struct {
	t        testing.TB
	ledger   *ledger
	where    *address
	random   *rand.Rand
	client   *http.Client
	people   []user
	accepted [][]byte // envelopes that were answered 200
}

func newSender(t testing.TB, l *ledger, where *address, random *rand.Rand) *sender {
	return &sender{t: t, ledger: l, where: where, random: random, people: newUsers(6), client: newClient(t)}
}

// newClient is a client that shares no connection with others.
func newClient(t testing.TB) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

// run posts until done is closed, and what it has begun then until it is accepted.
func (s *sender) run(done <-chan struct{}) {
	tick := time.NewTicker(sendEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-done:
			return
		}
		if s.where.receive() == "" {
			continue
		}
		body := s.envelope()
		if !s.deliver(body, tick.C) {
			s.t.Error("an envelope was not accepted")
			return
		}
		s.accepted = append(s.accepted, body)
		if s.random.IntN(10) == 0 {
			s.post(s.accepted[s.random.IntN(len(s.accepted))])
		}
	}
}

// envelope has 1 to 25 events.
func (s *sender) envelope() []byte {
	events := make([]string, 1+s.random.IntN(25))
	for i := range events {
		events[i] = s.ledger.next(s.people[s.random.IntN(len(s.people))])
	}
	return envelope(events...)
}

func (s *sender) deliver(body []byte, tick <-chan time.Time) bool {
	for end := time.Now().Add(sendPatience); time.Now().Before(end); <-tick {
		if s.post(body) {
			return true
		}
	}
	return false
}

// post says whether a body was answered 200.
func (s *sender) post(body []byte) bool {
	req, err := http.NewRequest(http.MethodPost, "http://"+s.where.receive()+"/caliper", bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", testKey)
	resp, err := s.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusServiceUnavailable {
		s.t.Errorf("an envelope was answered %d", resp.StatusCode)
	}
	return resp.StatusCode == http.StatusOK
}
