package timeback_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/timeback"
)

// now is what Retry-After dates are measured from in these tests.
func now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func TestClassifyKnowsEveryStatus(t *testing.T) {
	exceptions := map[int]timeback.Class{
		401: timeback.RefreshToken, 413: timeback.TooLarge,
		408: timeback.Retry, 421: timeback.Retry, 423: timeback.Retry, 425: timeback.Retry, 429: timeback.Retry,
		402: timeback.Pause, 403: timeback.Pause, 404: timeback.Pause, 405: timeback.Pause,
		406: timeback.Pause, 407: timeback.Pause, 410: timeback.Pause, 411: timeback.Pause,
		412: timeback.Pause, 414: timeback.Pause, 417: timeback.Pause, 426: timeback.Pause,
		428: timeback.Pause, 431: timeback.Pause, 451: timeback.Pause,
	}
	byHundred := map[int]timeback.Class{
		1: timeback.Pause, 2: timeback.Accepted, 3: timeback.Pause,
		4: timeback.Permanent, 5: timeback.Retry,
	}
	for status := 100; status < 600; status++ {
		want, ok := exceptions[status]
		if !ok {
			want = byHundred[status/100]
		}
		if got, after := timeback.Classify(status, nil, nil, now()); got != want || after != 0 {
			t.Errorf("Classify(%d) = %s, %s; want %s, 0s", status, got, after, want)
		}
	}
}

// docs/destinations.md has a row for every status, and says what becomes of it.
func TestEveryStatusIsDocumented(t *testing.T) {
	page := string(must(os.ReadFile("../docs/destinations.md"))(t))
	_, page, _ = strings.Cut(page, "## What an answer means")
	classes := map[string]timeback.Class{
		"delivered": timeback.Accepted, "refused": timeback.Permanent, "smaller": timeback.TooLarge,
		"renewed": timeback.RefreshToken, "later": timeback.Retry, "paused": timeback.Pause,
	}
	documented := map[string]timeback.Class{}
	for _, row := range regexp.MustCompile(`(?m)^\| (?:any other )?([0-9x, ]+) \| ([a-z]+)`).FindAllStringSubmatch(page, -1) {
		for status := range strings.SplitSeq(row[1], ", ") {
			documented[status] = classes[row[2]]
		}
	}
	for status := 200; status < 600; status++ {
		want, ok := documented[strconv.Itoa(status)]
		if !ok {
			want = documented[fmt.Sprintf("%dxx", status/100)]
		}
		if got, _ := timeback.Classify(status, nil, nil, now()); got != want || want == 0 {
			t.Errorf("Classify(%d) = %s; the page says %s", status, got, want)
		}
	}
}

func TestClassifyErrors(t *testing.T) {
	untrusted := func(cause error) error {
		return &url.Error{Op: "Post", URL: "https://x", Err: &tls.CertificateVerificationError{Err: cause}}
	}
	alert := func(op string, number tls.AlertError) error {
		return &net.OpError{Op: op, Err: errors.New(number.Error())}
	}
	cases := map[string]struct {
		err  error
		want timeback.Class
	}{
		"network":               {errors.New("connection refused"), timeback.Retry},
		"reset":                 {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, timeback.Retry},
		"cut off":               {io.ErrUnexpectedEOF, timeback.Retry},
		"no such host":          {&net.DNSError{IsNotFound: true}, timeback.Retry},
		"resolver away":         {&net.DNSError{IsTemporary: true}, timeback.Retry},
		"cancelled":             {fmt.Errorf("post: %w", context.Canceled), timeback.Retry},
		"timed out":             {context.DeadlineExceeded, timeback.Retry},
		"unknown authority":     {untrusted(x509.UnknownAuthorityError{}), timeback.Pause},
		"other host":            {untrusted(x509.HostnameError{}), timeback.Pause},
		"expired":               {untrusted(x509.CertificateInvalidError{Reason: x509.Expired}), timeback.Pause},
		"no TLS":                {tls.RecordHeaderError{}, timeback.Pause},
		"http at an https port": {&url.Error{Op: "Post", Err: http.ErrSchemeMismatch}, timeback.Pause},
		"alert of our own":      {alert("local error", 42), timeback.Retry},
		"their internal error":  {alert("remote error", 80), timeback.Retry},
	}
	for _, number := range []tls.AlertError{40, 42, 43, 44, 45, 46, 48, 49, 70, 71, 112, 116} {
		cases["alert: "+number.Error()] = struct {
			err  error
			want timeback.Class
		}{&url.Error{Op: "Post", Err: alert("remote error", number)}, timeback.Pause}
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			got, after := timeback.Classify(200, http.Header{"Retry-After": {"5"}}, test.err, now())
			if got != test.want || after != 0 {
				t.Errorf("got %s, %s; want %s, 0s", got, after, test.want)
			}
		})
	}
}

func TestClassifyReadsRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"":                               0,
		"0":                              0,
		"7":                              7 * time.Second,
		" 7 ":                            7 * time.Second,
		"3600":                           time.Hour,
		"3601":                           time.Hour,
		"99999999999":                    time.Hour,
		"99999999999999999999999999":     time.Hour,
		"-5":                             0,
		"+5":                             0,
		"1.5":                            0,
		"soon":                           0,
		"Sun, 01 Mar 2026 12:01:30 GMT":  90 * time.Second,
		"Sunday, 01-Mar-26 12:01:30 GMT": 90 * time.Second,
		"Sun, 01 Mar 2026 11:00:00 GMT":  0,
		"Fri, 31 Dec 9999 23:59:59 GMT":  time.Hour,
		"Sun, 31 Feb 2026 12:01:30 GMT":  0,
	} {
		header := http.Header{"Retry-After": {value}}
		for _, status := range []int{408, 425, 429, 500, 502, 503, 504} {
			class, got := timeback.Classify(status, header, nil, now())
			if class != timeback.Retry || got != want {
				t.Errorf("Classify(%d, Retry-After: %q) = %s, %s; want retry, %s", status, value, class, got, want)
			}
		}
		for _, status := range []int{200, 400, 401, 403, 413} {
			if _, got := timeback.Classify(status, header, nil, now()); got != 0 {
				t.Errorf("Classify(%d, Retry-After: %q) waits %s, want 0", status, value, got)
			}
		}
	}
}

func FuzzClassifyRetryAfter(f *testing.F) {
	f.Add(503, "120")
	f.Add(429, "Sun, 01 Mar 2026 12:01:30 GMT")
	f.Add(500, "9223372036854775808")
	f.Fuzz(func(t *testing.T, status int, value string) {
		_, after := timeback.Classify(status, http.Header{"Retry-After": {value}}, nil, now())
		if after < 0 || after > timeback.MaxRetryAfter {
			t.Fatalf("Retry-After %q gives %s", value, after)
		}
	})
}
