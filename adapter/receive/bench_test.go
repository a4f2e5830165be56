package receive

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// BenchmarkPost measures a POST to a real server with a real journal, synced before the answer, from four clients a core.
func BenchmarkPost(b *testing.B) {
	for _, events := range []int{1, 25} {
		b.Run(fmt.Sprintf("events=%d", events), func(b *testing.B) {
			s := startSite(b, nil, nil)
			body := logins(b, events)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			b.SetParallelism(4)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if status := postOnce(b, s, body); status != http.StatusOK {
						b.Errorf("got %d", status)
					}
				}
			})
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*events), "µs/event")
		})
	}
}

func postOnce(b *testing.B, s *site, body []byte) int {
	req, err := http.NewRequest(http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", testKey)
	resp, err := s.client.Do(req)
	if err != nil {
		b.Error(err)
		return 0
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// BenchmarkFind measures finding the source of a key among a hundred.
func BenchmarkFind(b *testing.B) {
	var sources []Source
	for i := range 50 {
		name := fmt.Sprintf("s%d", i)
		sources = append(sources, Source{Name: name, Keys: [][32]byte{{byte(i), 1}, {byte(i), 2}}})
	}
	k, err := newKeyring(sources)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		k.find("Bearer 7c1f8d1e-2b1f-4c0e-9b9e-6f2f0d1c7a55")
	}
}
