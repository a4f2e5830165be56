package collector_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// A collector that is down for two requests, and then takes what comes.
func Example() {
	script, err := collector.ParseScript("503x2,202/job")
	if err != nil {
		panic(err)
	}
	sink, err := collector.New(collector.Options{Script: script})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(sink)
	defer server.Close()
	for range 3 {
		resp, err := http.Post(server.URL, "application/json", strings.NewReader(envelope(event(1))))
		if err != nil {
			panic(err)
		}
		resp.Body.Close()
		fmt.Println(resp.StatusCode)
	}
	fmt.Println(sink.Events()[0].Type, sink.Counts().Refused)
	// Output:
	// 503
	// 503
	// 202
	// SessionEvent 2
}
