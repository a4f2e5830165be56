package timeback_test

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

const requestID = "5f0c6f0e-8d5f-4f0d-9d9e-0a4f4d1f6a11"

func upTo(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func script(t testing.TB, text string) collector.Script {
	t.Helper()
	return must(collector.ParseScript(text))(t)
}

// serve starts a collector on loopback.
func serve(t testing.TB, o collector.Options) (*collector.Collector, string) {
	t.Helper()
	c := must(collector.New(o))(t)
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return c, server.URL
}

// client sends to url, waiting a millisecond where it would wait a moment.
func client(t testing.TB, url string, change func(*timeback.Options)) *timeback.Client {
	t.Helper()
	o := timeback.Options{
		URL: url, AttemptTimeout: 10 * time.Second,
		RetryWaitMin: time.Millisecond, RetryWaitMax: 10 * time.Millisecond,
	}
	if change != nil {
		change(&o)
	}
	c := must(timeback.NewClient(o))(t)
	t.Cleanup(c.Close)
	return c
}

// inProcess carries requests to a handler without a network, for tests in
// bubbles of fake time.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (response *http.Response, err error) {
	defer r.Body.Close()
	defer func() {
		switch panicked := recover(); panicked {
		case nil:
		case http.ErrAbortHandler: // a dropped connection
			response, err = nil, cmp.Or(r.Context().Err(), io.ErrUnexpectedEOF)
		default:
			panic(panicked)
		}
	}()
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, r)
	response = recorder.Result()
	response.Request = r
	return response, nil
}

func expect(t testing.TB, reply timeback.Reply, class timeback.Class, status, attempts int) {
	t.Helper()
	if reply.Class != class || reply.Status != status || reply.Attempts != attempts {
		t.Errorf("got %s, status %d, %d attempts; want %s, %d, %d (%v)",
			reply.Class, reply.Status, reply.Attempts, class, status, attempts, reply.Err)
	}
	if (reply.Err == nil) != (class == timeback.Accepted) {
		t.Errorf("%s with error %v", reply.Class, reply.Err)
	}
}

func sameBodies(t testing.TB, requests []collector.Request, want []byte) {
	t.Helper()
	for i, r := range requests {
		if !bytes.Equal(r.Body, want) {
			t.Errorf("request %d has another body", i)
		}
	}
}
