package timeback_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

// BenchmarkSend is one envelope of 50 events over loopback, to a handler that
// reads and answers (the client's own cost and net/http's) and to a collector
// that checks and keeps every event.
func BenchmarkSend(b *testing.B) {
	discard := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	})
	sink := must(collector.New(collector.Options{Keep: 100}))(b)
	for name, handler := range map[string]http.Handler{"discard": discard, "collector": sink} {
		b.Run(name, func(b *testing.B) {
			server := httptest.NewServer(handler)
			defer server.Close()
			auth := must(timeback.BearerAuth("a token of some length"))(b)
			c := client(b, server.URL, func(o *timeback.Options) { o.Auth = auth })
			body := sample.Events(upTo(50)...)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if reply := c.Send(b.Context(), body, requestID); reply.Class != timeback.Accepted {
					b.Fatal(reply.Err)
				}
			}
		})
	}
}

// BenchmarkPost is the same exchange with net/http alone: the floor.
func BenchmarkPost(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	body := sample.Events(upTo(50)...)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		resp, err := server.Client().Post(server.URL, "application/json", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

// BenchmarkWorklist finds one bad event among 50 without a collector.
func BenchmarkWorklist(b *testing.B) {
	j := judge{bad: set(31)}
	b.ReportAllocs()
	for b.Loop() {
		list := timeback.NewWorklist(50)
		for batch := list.Next(); len(batch) > 0; batch = list.Next() {
			list.Report(j.reply(batch))
		}
	}
}
