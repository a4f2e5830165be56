package timeback_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

const (
	clientID     = "adapter client"
	clientSecret = "s3cret/with+odd&signs"
	scope        = "https://purl.imsglobal.org/spec/caliper/v1p2/scope/events.write"
)

func demandTokens() collector.Options {
	return collector.Options{OAuth2: &collector.OAuth2{ClientID: clientID, ClientSecret: clientSecret, Scope: scope}}
}

func oauth2Options(base string) timeback.OAuth2Options {
	return timeback.OAuth2Options{
		TokenURL: base + collector.TokenPath, ClientID: clientID, ClientSecret: clientSecret,
		Scopes: []string{"other.scope", scope},
	}
}

func withOAuth2(t testing.TB, o timeback.OAuth2Options) func(*timeback.Options) {
	t.Helper()
	auth := must(timeback.OAuth2Auth(o))(t)
	return func(options *timeback.Options) { options.Auth = auth }
}

// fetches counts the token requests.
func fetches(c *collector.Collector) int {
	n := 0
	for _, r := range c.Requests() {
		if r.Path == collector.TokenPath {
			n++
		}
	}
	return n
}

func TestOAuth2InBothStyles(t *testing.T) {
	for _, style := range []timeback.AuthStyle{"", timeback.StyleBasic, timeback.StyleForm} {
		t.Run(string(style), func(t *testing.T) {
			demand := demandTokens()
			demand.OAuth2.Style = string(style)
			if style == "" {
				demand.OAuth2.Style = "basic"
			}
			sink, url := serve(t, demand)
			o := oauth2Options(url)
			o.Style = style
			c := client(t, url, withOAuth2(t, o))
			for range 3 {
				expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
			}
			if n := fetches(sink); n != 1 {
				t.Errorf("%d token requests for three envelopes, want 1", n)
			}
		})
	}
}

func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	sink, url := serve(t, demandTokens())
	c := client(t, url, withOAuth2(t, oauth2Options(url)))
	expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
	sink.RevokeTokens()
	expect(t, c.Send(t.Context(), sample.Events(1), requestID), timeback.Accepted, 200, 2)

	sink.SetScript(script(t, "401,401"))
	reply := c.Send(t.Context(), sample.Events(2), requestID)
	expect(t, reply, timeback.Pause, 401, 2)
	if !strings.Contains(reply.Err.Error(), "401 Unauthorized: check auth.scopes, auth.token_url and auth.client_id") {
		t.Errorf("error %v", reply.Err)
	}
	expect(t, c.Send(t.Context(), sample.Events(2), requestID), timeback.Accepted, 200, 1)
	if sink.Accepted() != 3 {
		t.Errorf("%d accepted, want 3", sink.Accepted())
	}
}

// Of two envelopes that were refused with the same old token, the later one
// finds the new token there and drops nothing.
func TestANewTokenIsNotDroppedForAnOldOnesSake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, c := inBubble(t, demandTokens())
		expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
		sink.RevokeTokens()
		sink.SetScript(script(t, "slow:1s,slow:2s")) // then the token is looked at
		replies := make(chan timeback.Reply)
		for range 2 {
			go func() { replies <- c.Send(t.Context(), sample.Events(1), requestID) }()
		}
		for range 2 {
			expect(t, <-replies, timeback.Accepted, 200, 2)
		}
		if n := fetches(sink); n != 2 {
			t.Errorf("%d token requests, want 2: the first and one renewal", n)
		}
	})
}

// What a token endpoint may answer, and the settings that the error names. A
// failure is remembered for a moment; Reset forgets it.
func TestTokenEndpointFaults(t *testing.T) {
	const moment = 500 * time.Millisecond
	for play, want := range map[string]struct {
		class timeback.Class
		text  string
		after time.Duration
	}{
		"400":                 {timeback.Pause, "auth.client_id, auth.client_secret, auth.style and auth.scopes", 0},
		"401":                 {timeback.Pause, "auth.client_id, auth.client_secret and auth.style", 0},
		"403":                 {timeback.Pause, "auth.client_id, auth.client_secret and auth.style", 0},
		"404":                 {timeback.Pause, "auth.token_url", 0},
		"302":                 {timeback.Pause, "auth.token_url", 0},
		"407":                 {timeback.Pause, "HTTPS_PROXY", 0},
		"429:Retry-After=9":   {timeback.Retry, "429 Too Many Requests", 9 * time.Second},
		"500":                 {timeback.Retry, "500 Internal Server Error", moment},
		"503:Retry-After=100": {timeback.Retry, "503 Service Unavailable", 100 * time.Second},
		"garbage":             {timeback.Retry, "holds no token: check auth.token_url", moment},
		"close":               {timeback.Retry, "fetch a token from", moment},
	} {
		t.Run(play, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the moment must not pass between two calls
				demand := demandTokens()
				demand.TokenScript = script(t, play)
				sink, c := inBubble(t, demand)
				reply := c.Send(t.Context(), sample.Events(0), requestID)
				expect(t, reply, want.class, 0, 0)
				if !strings.Contains(reply.Err.Error(), want.text) || reply.RetryAfter != want.after {
					t.Errorf("error %q, Retry-After %s; want %q, %s", reply.Err, reply.RetryAfter, want.text, want.after)
				}
				again := c.Send(t.Context(), sample.Events(0), requestID)
				expect(t, again, want.class, 0, 0)
				if again.Err.Error() != reply.Err.Error() || again.RetryAfter > want.after || fetches(sink) != 1 {
					t.Errorf("then %v, Retry-After %s, %d token requests", again.Err, again.RetryAfter, fetches(sink))
				}
				if sink.Accepted() != 0 {
					t.Error("sent without a token")
				}
				c.Reset()
				expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
			})
		})
	}
}

// A token that no header can carry is not kept.
func TestATokenThatNoHeaderCanCarry(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"two\nlines","token_type":"Bearer","expires_in":3600}`)
	}))
	defer server.Close()
	c := client(t, server.URL, withOAuth2(t, oauth2Options(server.URL)))
	reply := c.Send(t.Context(), sample.Events(0), requestID)
	expect(t, reply, timeback.Retry, 0, 0)
	if !strings.Contains(reply.Err.Error(), "holds no token") || strings.Contains(reply.Err.Error(), "lines") {
		t.Errorf("error %v", reply.Err)
	}
}

// busy counts the token requests on their way and remembers the most.
type busy struct {
	http.RoundTripper
	now, most, all atomic.Int64
}

func (b *busy) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != collector.TokenPath {
		return b.RoundTripper.RoundTrip(r)
	}
	b.all.Add(1)
	b.most.Store(max(b.most.Load(), b.now.Add(1)))
	defer b.now.Add(-1)
	return b.RoundTripper.RoundTrip(r)
}

// Ten senders that never tire, an hour of a token endpoint that fails in
// some way: one request in flight, one for each step of the back-off, and
// everything is delivered when it is over.
func TestAFailingTokenEndpointIsLeftAlone(t *testing.T) {
	for play, most := range map[string]int64{
		"503x10000":             7 + 3600/30,
		"401x10000":             7 + 3600/30,
		"garbagex10000":         7 + 3600/30,
		"closex10000":           7 + 3600/30,
		"slow:1hx10000":         7 + 3600/30, // each ends with the attempt's 10 s
		"503:Retry-After=9x999": 3600 / 9,
		"429:Retry-After=600x9": 7,
	} {
		t.Run(play, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				demand := demandTokens()
				demand.TokenScript = script(t, play)
				sink, c, tokens := inBubbleBusy(t, demand)
				end := time.Now().Add(time.Hour)
				var senders sync.WaitGroup
				for i := range 10 {
					senders.Go(func() { sendUntilAccepted(t, c, i, end.Add(time.Hour)) })
				}
				time.Sleep(time.Until(end))
				if n := tokens.all.Load(); n > most+1 || n < 5 {
					t.Errorf("%d token requests in an hour, want 5 to %d", n, most)
				}
				sink.SetTokenScript(collector.Script{})
				senders.Wait()
				if tokens.most.Load() != 1 || sink.Accepted() != 10 {
					t.Errorf("%d token requests at once, %d accepted; want 1, 10", tokens.most.Load(), sink.Accepted())
				}
			})
		})
	}
}

// sendUntilAccepted sends an event every second until it is accepted.
func sendUntilAccepted(t *testing.T, c *timeback.Client, event int, deadline time.Time) {
	for c.Send(t.Context(), sample.Events(event), requestID).Class != timeback.Accepted {
		if time.Now().After(deadline) {
			t.Error("still not accepted an hour after the end")
			return
		}
		time.Sleep(time.Second)
	}
}

func inBubbleBusy(t testing.TB, o collector.Options) (*collector.Collector, *timeback.Client, *busy) {
	t.Helper()
	sink := must(collector.New(o))(t)
	tokens := &busy{RoundTripper: inProcess{sink}}
	use := withOAuth2(t, oauth2Options("http://collector.example"))
	return sink, client(t, "http://collector.example/", func(o *timeback.Options) {
		use(o)
		o.Transport = tokens
	}), tokens
}

// A Backoff with its defaults never comes back while the endpoint is left
// alone: nobody waits longer for the two of them than for the one.
func TestABackoffFindsTheTokenEndpointFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		demand := demandTokens()
		demand.TokenScript = script(t, "401x1000")
		_, c, tokens := inBubbleBusy(t, demand)
		for attempt := 1; attempt <= 50; attempt++ {
			reply := c.Send(t.Context(), sample.Events(0), requestID)
			if tokens.all.Load() != int64(attempt) {
				t.Fatalf("attempt %d made no token request", attempt)
			}
			b := timeback.Backoff{Rand: func() float64 { return 0 }} // the shortest waits
			time.Sleep(b.Next(attempt, reply.RetryAfter))
		}
	})
}

// Tokens that a collector refuses long before they expire are replaced, each
// once, however many senders find out.
func TestTokensThatDieEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, c, tokens := inBubbleBusy(t, demandTokens())
		for round := range 20 {
			sink.RevokeTokens()
			var senders sync.WaitGroup
			for i := range 16 {
				senders.Go(func() {
					if reply := c.Send(t.Context(), sample.Events(i), requestID); reply.Class != timeback.Accepted {
						t.Errorf("round %d: %s, %v", round, reply.Class, reply.Err)
					}
				})
			}
			senders.Wait()
		}
		if n := tokens.all.Load(); n != 20 || tokens.most.Load() != 1 || sink.Accepted() != 320 {
			t.Errorf("%d token requests, %d at once, %d accepted; want 20, 1, 320", n, tokens.most.Load(), sink.Accepted())
		}
	})
}

// A fault of the settings is found by the endpoint's own rules, too.
func TestWrongOAuth2SettingsPause(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*timeback.OAuth2Options)
		want   string
	}{
		"secret": {func(o *timeback.OAuth2Options) { o.ClientSecret = "wrong" }, "401 Unauthorized (invalid_client): check auth.client_id"},
		"style":  {func(o *timeback.OAuth2Options) { o.Style = timeback.StyleForm }, "401 Unauthorized (invalid_client): check auth.client_id, auth.client_secret and auth.style"},
		"scope":  {func(o *timeback.OAuth2Options) { o.Scopes = nil }, "400 Bad Request (invalid_scope): check auth.scopes"},
	} {
		t.Run(name, func(t *testing.T) {
			demand := demandTokens()
			demand.OAuth2.Style = "basic"
			_, url := serve(t, demand)
			o := oauth2Options(url)
			test.change(&o)
			reply := client(t, url, withOAuth2(t, o)).Send(t.Context(), sample.Events(0), requestID)
			expect(t, reply, timeback.Pause, 0, 0)
			if !strings.Contains(reply.Err.Error(), test.want) {
				t.Errorf("error %q, want %q", reply.Err, test.want)
			}
		})
	}
}

// inBubble is a client of a collector without a network, in fake time.
func inBubble(t testing.TB, o collector.Options) (*collector.Collector, *timeback.Client) {
	t.Helper()
	sink := must(collector.New(o))(t)
	use := withOAuth2(t, oauth2Options("http://collector.example"))
	return sink, client(t, "http://collector.example/", func(o *timeback.Options) {
		use(o)
		o.Transport = inProcess{sink}
	})
}

func TestTokensAreRenewedBeforeTheyExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, c := inBubble(t, demandTokens()) // tokens live an hour
		expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
		for range 10 {
			time.Sleep(59*time.Minute - time.Second)
			before := fetches(sink)
			expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
			if n := fetches(sink) - before; n != 0 {
				t.Fatalf("renewed %d times although a minute and a second are left", n)
			}
			time.Sleep(2 * time.Second)
			expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
			if n := fetches(sink) - before; n != 1 {
				t.Fatalf("renewed %d times with less than a minute left, want once", n)
			}
		}
	})
}

func TestShortTokensAreRenewedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		demand := demandTokens()
		demand.OAuth2.Life = 8 * time.Second
		sink, c := inBubble(t, demand)
		for range 60 {
			expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
			time.Sleep(time.Second)
		}
		if n := fetches(sink); n > 10 {
			t.Errorf("%d token requests in a minute, want one every 6 to 7 s", n)
		}
	})
}

// A token that is still good outlives a token endpoint that is down, without
// asking it at every envelope.
func TestAFailedEarlyRenewalIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, c := inBubble(t, demandTokens())
		expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
		time.Sleep(59*time.Minute + time.Second)
		sink.SetTokenScript(script(t, "503x1000"))
		for range 50 {
			expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
			time.Sleep(time.Second)
		}
		if n := fetches(sink); n > 12 {
			t.Errorf("%d token requests in 50 s, want one every 5 s", n)
		}
		time.Sleep(10 * time.Second)
		expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Retry, 0, 0)
	})
}

func TestOneFetchForManyWaiting(t *testing.T) {
	for play, want := range map[string]timeback.Class{
		"slow:5s": timeback.Accepted, // a slow endpoint
		"401":     timeback.Pause,    // one that refuses, slowly enough to be waited for
	} {
		t.Run(play, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				demand := demandTokens()
				demand.TokenScript = script(t, play)
				sink, c := inBubble(t, demand)
				replies := make(chan timeback.Reply)
				for i := range 20 {
					go func() { replies <- c.Send(t.Context(), sample.Events(i), requestID) }()
				}
				synctest.Wait()
				if n := fetches(sink) + sink.Waiting(); play == "slow:5s" && n != 1 {
					t.Errorf("%d token requests in flight, want 1", n)
				}
				failed := 0
				for range 20 {
					if reply := <-replies; reply.Class != timeback.Accepted {
						failed++
					}
				}
				if want == timeback.Accepted && (failed > 0 || fetches(sink) != 1) {
					t.Errorf("%d failed, %d token requests; want 0, 1", failed, fetches(sink))
				}
				if want == timeback.Pause && (failed == 0 || fetches(sink) > 2) {
					t.Errorf("%d failed, %d token requests; want some, at most 2", failed, fetches(sink))
				}
			})
		})
	}
}

// The failure of a fetch is shared by those who waited for it, and by those who
// come in the next moment.
func TestAFailedFetchIsSharedByThoseWhoWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		demand := demandTokens()
		demand.TokenScript = script(t, "slow:40s,slow:40s") // beyond the attempt's 10 s
		sink, c := inBubble(t, demand)
		began := time.Now()
		replies := make(chan timeback.Reply)
		for i := range 20 {
			go func() { replies <- c.Send(t.Context(), sample.Events(i), requestID) }()
		}
		for range 20 {
			expect(t, <-replies, timeback.Retry, 0, 0)
		}
		if took := time.Since(began); took != 10*time.Second || fetches(sink) != 1 {
			t.Errorf("took %s and %d token requests, want 10s and 1", took, fetches(sink))
		}
		sink.SetTokenScript(collector.Script{})
		time.Sleep(500 * time.Millisecond)
		expect(t, c.Send(t.Context(), sample.Events(0), requestID), timeback.Accepted, 200, 1)
	})
}

// A caller that gives up says nothing about the endpoint: the next one asks.
func TestACancelledFetchIsNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		demand := demandTokens()
		demand.TokenScript = script(t, "slow:5s")
		_, c := inBubble(t, demand)
		ctx, cancel := context.WithCancel(t.Context())
		first, second := make(chan timeback.Reply, 1), make(chan timeback.Reply, 1)
		go func() { first <- c.Send(ctx, sample.Events(0), requestID) }()
		synctest.Wait()
		go func() { second <- c.Send(t.Context(), sample.Events(1), requestID) }()
		synctest.Wait()
		cancel()
		if reply := <-first; reply.Class != timeback.Retry || !errors.Is(reply.Err, context.Canceled) {
			t.Errorf("the cancelled one: %s, %v", reply.Class, reply.Err)
		}
		expect(t, <-second, timeback.Accepted, 200, 1)
	})
}
