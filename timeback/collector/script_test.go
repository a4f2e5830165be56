package collector_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

func TestScriptsReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]string{
		"":          "",
		"  ":        "",
		"202":       "202",
		" 202 ,400": "202,400",
		"202,429:Retry-After=2,400@3,503x5,slow:5s,close": "202,429:Retry-After=2,400@3,503x5,slow:5s,close",
		"429:Retry-After=2x3":                             "429:Retry-After=2x3",
		"301:Location=https://other/?a=b;X-A=1":           "301:Location=https://other/?a=b;X-A=1",
		"slow:1500msx2,garbage,lostx1":                    "slow:1.5sx2,garbage,lost",
		"hangup,cut,endless,200/garbage":                  "hangup,cut,endless,garbage",
		"202/job,400@0/keys,503/html,200/empty*":          "202/job,400@0/keys,503/html,200/empty*",
		"( 503x2, 202 )x3 ,(429,202)*":                    "(503x2,202)x3,(429,202)*",
		"slow:2s+503,drip:1m+202/status,slow:1s+drip:2s":  "slow:2s+503,drip:1m0s+202/status,slow:1s+drip:2s",
		"slow:1s+429:X=a+b/c@d":                           "slow:1s+429:X=a+b/c@d",
		"429:Retry-After=date+30s,429:X=date,429:X=dated": "429:Retry-After=date+30s,429:X=date,429:X=dated",
		"429:X=a(b":   "429:X=a(b",
		"429:X=2x3x1": "429:X=2x3x1",
		"slow:0s":     "slow:0s",
	} {
		s, err := collector.ParseScript(text)
		if err != nil || s.String() != want {
			t.Errorf("ParseScript(%q) = %q, %v; want %q", text, s, err, want)
		}
	}
}

func TestScriptsThatMakeNoSense(t *testing.T) {
	for _, text := range []string{
		",", "200,,200", "199", "600", "20", "0200", "2e2", "x5", "200x", "200x0", "200x-1", "200x9999999", "200x99999999999999999999",
		"slow", "slow:", "slow:5", "slow:-5s", "slow:2h", "slow:1s+", "slow+503", "drip", "drip:x", "slow:1s+nonsense",
		"close:1", "garbage:x=y", "hangup/text", "lost@1", "200@1", "503@1", "400@", "400@-1", "400@x2", "400@9999999",
		"429:Retry-After", "429:=2", "429:a b=2", "429:a=b\r\nc", "429:Retry-After=date+soon", "nonsense", "close@1",
		"202/", "202/blob", "400/job", "400/paths", "503/keys", "*", "202**", "202*,503", "(202)*,503", "(202*,503)",
		"(", ")", "()", "(202", "(202)503", "((202))", "(202,(503))", "(202)x0",
		strings.Repeat("2", 1<<17),
	} {
		if s, err := collector.ParseScript(text); err == nil {
			t.Errorf("ParseScript(%q) = %q, want an error", text, s)
		}
	}
}

// What is refused is named with its place and with what could stand there.
func TestBadScriptsAreExplained(t *testing.T) {
	for text, want := range map[string]string{
		"202, 5O3":      `"5O3" at character 6: want a status from 200 to 599, garbage, endless, cut, hangup, close, lost, slow:DURATION or drip:DURATION`,
		"(202,503/h)x2": `"503/h" at character 6: there is no form "h" of a body; there are empty, status, job, text, html, paths, keys, garbage, endless, cut`,
		"503*,202":      `"202" at character 6: nothing comes after what is repeated for ever`,
		"slow:5":        `"slow:5" at character 1: want slow:DURATION up to 1h0m0s, such as slow:5s`,
		"400/keys":      `"400/keys" at character 1: /keys names an event: want 4xx@INDEX/keys`,
		"202x0":         `"202x0" at character 1: want x1 to x1000000, or * for ever`,
	} {
		if _, err := collector.ParseScript(text); err == nil || err.Error() != want {
			t.Errorf("ParseScript(%q): %v\nwant %s", text, err, want)
		}
	}
}

// The words that people are shown can be used as they are shown.
func TestWordsAreWords(t *testing.T) {
	for _, w := range collector.Words() {
		text := strings.Replace(w.Word, "FORM", "job", 1)
		if s, err := collector.ParseScript(text); err != nil || s.String() != text {
			t.Errorf("%q reads as %q, %v", text, s, err)
		}
	}
}

func FuzzParseScript(f *testing.F) {
	f.Add("202,429:Retry-After=2,400@3,503x5,slow:5s,close")
	f.Add("301:Location=/x;A=Bx2,garbage,lost")
	f.Add("(slow:1s+503/html,400@1/keys)x3,(202/job,drip:2s+cut)*")
	f.Add("429:X=x2x1,429:Retry-After=date-1h*")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := collector.ParseScript(text)
		if err != nil {
			return
		}
		again, err := collector.ParseScript(s.String())
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%q reads as %q, which reads as %q, %v", text, s, again, err)
		}
	})
}

// A script is played one reply a request, then requests get what they deserve.
func TestPlaying(t *testing.T) {
	for text, want := range map[string][]int{
		"":                      {200, 200},
		"202,204":               {202, 204, 200},
		"503x2,400,401,413,307": {503, 503, 400, 401, 413, 307, 200},
		"429:Retry-After=7":     {429, 200},
		"400@1,400@2,422@0":     {400, 200, 422, 200}, // the envelope holds two events
		"close,lost":            {0, 0, 200},
		"slow:1ms,garbage,500":  {200, 200, 500, 200},
		"slow:1ms+503,hangup":   {503, 0, 200},
		"(503,202)x2,401":       {503, 202, 503, 202, 401, 200},
		"500,(503x2,202)*":      {500, 503, 503, 202, 503, 503, 202, 503},
		"408,425,413/text,403*": {408, 425, 413, 403, 403, 403},
	} {
		t.Run(text, func(t *testing.T) {
			sink, url := serve(t, collector.Options{Script: script(t, text)})
			var got []int
			for range want {
				got = append(got, post(t, url, envelope(event(1), event(2))).status)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			kept := 0
			for _, status := range want {
				if status/100 == 2 {
					kept += 2
				}
			}
			if strings.Contains(text, "lost") {
				kept += 2
			}
			if sink.Accepted() != kept {
				t.Errorf("%d events kept, want %d", sink.Accepted(), kept)
			}
		})
	}
}

func TestScriptedDetails(t *testing.T) {
	_, url := serve(t, collector.Options{Script: script(t, "429:Retry-After=7;X-A=b=c,302,401,garbage,400@1")})
	body := envelope(event(1), event(2))
	if got := post(t, url, body); got.header.Get("Retry-After") != "7" || got.header.Get("X-A") != "b=c" {
		t.Errorf("headers %v", got.header)
	}
	if got := post(t, url, body); got.header.Get("Location") == "" {
		t.Error("a redirect without a Location")
	}
	if got := post(t, url, body); got.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without a challenge")
	}
	if got := post(t, url, body); got.status != 200 || !strings.HasPrefix(got.body, "<html>") {
		t.Errorf("garbage is %d %q", got.status, got.body)
	}
	want := `{"status":"error","message":"scripted","errors":[{"path":["data",1],"message":"scripted"}]}`
	if got := post(t, url, body); got.body != want || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("400@1 is %s", got.body)
	}
}

// A scripted success does not make a bad request good.
func TestScriptedSuccessIsAsStrict(t *testing.T) {
	sink, url := serve(t, collector.Options{Script: script(t, "202,garbage,slow:1ms,lost,400@0")})
	for range 5 {
		if got := post(t, url, "{}"); got.status != 400 {
			t.Errorf("%d, want 400", got.status)
		}
	}
	if sink.Accepted() != 0 {
		t.Error("something was kept")
	}
}

func TestSetScript(t *testing.T) {
	first := script(t, "503x3,500")
	sink, url := serve(t, collector.Options{Script: first})
	var got []int
	for _, next := range []collector.Script{{}, script(t, "404"), {}} {
		got = append(got, post(t, url, envelope(event(1))).status)
		sink.SetScript(next)
	}
	got = append(got, post(t, url, envelope(event(1))).status)
	if !slices.Equal(got, []int{503, 200, 404, 200}) {
		t.Errorf("got %v", got)
	}
	if first.String() != "503x3,500" {
		t.Errorf("playing changed the caller's script to %s", first)
	}
}

func TestSlowEndsWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, err := collector.New(collector.Options{Script: script(t, "slow:5s,slow:1h")})
		if err != nil {
			t.Fatal(err)
		}
		send := func(ctx context.Context) (status int) {
			defer func() { _ = recover() }() // http.ErrAbortHandler: dropped
			r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(envelope(event(1))))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			sink.ServeHTTP(w, r)
			return w.Code
		}
		began := time.Now()
		if status := send(t.Context()); status != 200 || time.Since(began) != 5*time.Second {
			t.Errorf("%d after %s, want 200 after 5s", status, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began = time.Now()
		if status := send(ctx); status != 0 || time.Since(began) != time.Minute {
			t.Errorf("%d after %s, want none after 1m0s", status, time.Since(began))
		}
		if sink.Accepted() != 1 || sink.Waiting() != 0 {
			t.Errorf("%d accepted, %d waiting; want 1, 0", sink.Accepted(), sink.Waiting())
		}
	})
}

// busyMachine takes its time to write anything.
type busyMachine struct{ *httptest.ResponseRecorder }

func (m busyMachine) Write(p []byte) (int, error) {
	time.Sleep(time.Second)
	return m.ResponseRecorder.Write(p)
}

// A body that drips takes its time, and hardly more however long each write
// takes.
func TestDripIsLateByOneWriteAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, err := collector.New(collector.Options{Script: script(t, "drip:10s+202/status")})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(envelope(event(1))))
		r.Header.Set("Content-Type", "application/json")
		w := busyMachine{httptest.NewRecorder()}
		began := time.Now()
		sink.ServeHTTP(w, r)
		if took := time.Since(began); took < 10*time.Second || took > 12*time.Second || w.Body.String() != `{"status":"success"}` {
			t.Errorf("%s after %s, want it after 10 to 12s", w.Body, took)
		}
	})
}
