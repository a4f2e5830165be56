package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/adapter/internal/contract"
)

// described is what openapi.yaml says of requests.
var described = sync.OnceValues(func() (*contract.Contract, error) {
	return contract.New(context.Background(), admin.OpenAPI())
})

// holding is a handler that holds the requests of a client that has a token against openapi.yaml. How they are answered
// is up to the test.
func holding(t *testing.T, answer http.Handler) http.Handler {
	t.Helper()
	document, err := described()
	if err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			if err := document.Request(r); err != nil {
				t.Errorf("openapi.yaml: %v", err)
			}
		}
		answer.ServeHTTP(w, r)
	})
}

// newClient returns a client of a server that answers with a handler.
func newClient(t *testing.T, token string, answer http.HandlerFunc) (*client.Client, string) {
	t.Helper()
	server := httptest.NewServer(holding(t, answer))
	t.Cleanup(server.Close)
	c, err := client.New(client.Options{Server: server.URL, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return c, server.URL
}

func TestServers(t *testing.T) {
	for server, ok := range map[string]bool{
		"http://127.0.0.1:8081":      true,
		"https://host/bbcaliper/":    true,
		"127.0.0.1:8081":             true,
		"host":                       true,
		"":                           false,
		"ftp://host":                 false,
		"http://":                    false,
		"http://user:secret@host":    false,
		"http://host/?token=secret":  false,
		"http://host/#secret":        false,
		"http://secret host":         false,
		"http://127.0.0.1:port/path": false,
	} {
		_, err := client.New(client.Options{Server: server})
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", server, err)
		}
	}
}

func TestNobodyAnswers(t *testing.T) {
	const address = "127.0.0.1:1"
	c, err := client.New(client.Options{Server: address})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Status(t.Context())
	const want = "no bbcaliper answers at http://" + address + ": is `bbcaliper serve` running? Use --server for another address"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		token  string
		status int
		body   string
		says   []string
	}{
		{"", 401, `{"error":"send a token"}`, []string{"--token", "$BBCALIPER_ADMIN_TOKEN", "admin.tokens"}},
		{"hush", 401, `{"error":"the token is none of admin.tokens"}`, []string{"none of admin.tokens", "--token", "$BBCALIPER_ADMIN_TOKEN"}},
		{"hush", 403, `{"error":"this needs the role admin"}`, []string{"needs the role admin", "--token"}},
		{"hush", 404, `{"error":"no source x"}`, []string{"no source x"}},
		{"hush", 404, `404 page not found`, []string{"404", "is it the admin listener?"}},
		{"hush", 502, `{}`, []string{"502", "is it the admin listener?"}},
		{"hush", 302, `moved`, []string{"302", "is it the admin listener?"}},
	} {
		c, _ := newClient(t, test.token, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, test.body)
		})
		_, err := c.Status(t.Context())
		var refused *client.Error
		if !errors.As(err, &refused) || refused.Status != test.status {
			t.Errorf("%d: %v", test.status, err)
			continue
		}
		for _, says := range test.says {
			if !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%d %s: %q does not say %q, or shows the token", test.status, test.body, err, says)
			}
		}
	}
}

func TestProblemsArrive(t *testing.T) {
	c, _ := newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, `{"error":"2 lines","problems":[{"kind":"invalid","lines":[3],"text":"line 3: no"},{"kind":"conflict","lines":[4,9],"text":"line 9"}]}`)
	})
	_, err := c.Import(t.Context(), admin.ImportRequest{Body: strings.NewReader("x")})
	var refused *client.Error
	if !errors.As(err, &refused) || len(refused.Problems) != 2 || refused.Problems[1].Lines[1] != 9 {
		t.Errorf("error is %#v", err)
	}
}

// A server that refuses a file is not sent all of it.
func TestRefusedFileIsNotSent(t *testing.T) {
	c, _ := newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"error":"no"}`)
	})
	file := &counter{}
	_, err := c.Import(t.Context(), admin.ImportRequest{Body: file})
	var refused *client.Error
	if !errors.As(err, &refused) || refused.Status != http.StatusForbidden || file.n > 0 {
		t.Errorf("error is %v, %d bytes were read", err, file.n)
	}
}

// counter is a file without an end that counts what is read of it.
type counter struct{ n int }

func (c *counter) Read(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

func TestTokenGoesToTheServerAlone(t *testing.T) {
	stolen := make(chan string, 1)
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		stolen <- r.Header.Get("Authorization")
	}))
	defer thief.Close()
	c, _ := newClient(t, "hush", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer hush" {
			t.Errorf("Authorization is %q", r.Header.Get("Authorization"))
		}
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	})
	if _, err := c.Status(t.Context()); err == nil || len(stolen) > 0 {
		t.Errorf("error is %v; redirected: %d", err, len(stolen))
	}
}

func TestExportThatBreaksOff(t *testing.T) {
	c, _ := newClient(t, "t", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "platform_id\n")
	})
	var file strings.Builder
	err := c.Export(t.Context(), "", &file)
	if err == nil || !strings.Contains(err.Error(), "not whole") {
		t.Errorf("error is %v", err)
	}
}

func TestServerThatNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := client.New(client.Options{Server: "http://bbcaliper.invalid", Timeout: time.Minute, Transport: silence{}})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = c.Status(t.Context())
		if err == nil || !strings.Contains(err.Error(), "did not answer in time") || time.Since(start) != time.Minute {
			t.Errorf("error is %v after %s", err, time.Since(start))
		}
	})
}

// silence is a network on which nobody answers.
type silence struct{}

func (silence) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}
