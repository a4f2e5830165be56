package timeback_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

// deliver settles n events with a collector over HTTP and returns the refused
// ones' messages by place.
func deliver(t *testing.T, c *timeback.Client, n int) map[int]string {
	t.Helper()
	refused := make(map[int]string)
	list := timeback.NewWorklist(n)
	for batch := list.Next(); len(batch) > 0; batch = list.Next() {
		reply := c.Send(t.Context(), sample.Events(batch...), requestID)
		if reply.Class == timeback.Pause {
			t.Fatalf("paused: %v", reply.Err)
		}
		for _, outcome := range list.Report(reply) {
			if !outcome.Accepted {
				refused[outcome.Place] = outcome.Message
			}
		}
	}
	return refused
}

// One bad event in an envelope of 50: 49 delivered in order, one refused with
// the collector's message, in at most 12 requests; 2 if the collector names it.
func TestOneBadEventOverHTTP(t *testing.T) {
	for form, most := range map[collector.Form]int{collector.FormStatus: 12, collector.FormPaths: 2} {
		for _, place := range []int{0, 17, 24, 25, 49} {
			bad := sample.EventID(place)
			sink, url := serve(t, collector.Options{RefuseForm: form, Refuse: func(event []byte) string {
				if strings.Contains(string(event), bad) {
					return "unknown edApp"
				}
				return ""
			}})
			refused := deliver(t, client(t, url, nil), 50)
			if len(refused) != 1 || refused[place] != "unknown edApp" {
				t.Errorf("refused %v, want %d", refused, place)
			}
			if n := len(sink.Requests()); n > most {
				t.Errorf("%d requests, want at most %d", n, most)
			}
			inOrder(t, sink.Events(), 49)
		}
	}
}

func inOrder(t *testing.T, events []collector.Event, want int) {
	t.Helper()
	if len(events) != want {
		t.Errorf("%d events arrived, want %d", len(events), want)
	}
	for i := 1; i < len(events); i++ {
		if events[i-1].ID >= events[i].ID {
			t.Errorf("%s arrived before %s", events[i-1].ID, events[i].ID)
		}
	}
}

func TestAnEnvelopeThatIsTooLargeOverHTTP(t *testing.T) {
	sink, url := serve(t, collector.Options{MaxBytes: 8 << 10}) // some ten events
	if refused := deliver(t, client(t, url, nil), 50); len(refused) != 0 {
		t.Errorf("refused %v", refused)
	}
	inOrder(t, sink.Events(), 50)
}

func TestBisectingThroughTrouble(t *testing.T) {
	sink, url := serve(t, collector.Options{
		Script: script(t, "400,503x4,429:Retry-After=1,close,500x2,413,400@2"),
		Refuse: func(event []byte) string {
			if strings.Contains(string(event), sample.EventID(13)) {
				return "no"
			}
			return ""
		},
	})
	refused := deliver(t, client(t, url, nil), 50)
	if refused[13] != "no" || len(refused) != 2 { // and the one that 400@2 named
		t.Errorf("refused %v", refused)
	}
	inOrder(t, sink.Events(), 48)
}

func ExampleWorklist() {
	sink, _ := collector.New(collector.Options{Refuse: func(event []byte) string {
		if strings.Contains(string(event), sample.EventID(2)) {
			return "unknown edApp"
		}
		return ""
	}})
	server := httptest.NewServer(sink)
	defer server.Close()
	client, _ := timeback.NewClient(timeback.Options{URL: server.URL})

	list := timeback.NewWorklist(4)
	for batch := list.Next(); len(batch) > 0; batch = list.Next() {
		reply := client.Send(context.Background(), sample.Events(batch...), requestID)
		for _, outcome := range list.Report(reply) {
			fmt.Printf("%d %t %q\n", outcome.Place, outcome.Accepted, outcome.Message)
		}
	}
	// Output:
	// 0 true ""
	// 1 true ""
	// 2 false "unknown edApp"
	// 3 true ""
}
