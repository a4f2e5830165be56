package timeback_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/internal/sample"
)

// canaries are secrets that no text may hold, in any form in which one may be
// echoed.
var canaries = []string{
	"c4nary+token/=&", "c4naryPassw0rd", "c4naryQuery", "c4naryClientSecret", "c4naryAccessToken",
	"c2Nob29sOmM0bmFyeVBhc3N3MHJk",                        // school:c4naryPassw0rd, as Basic carries it
	proxyPassword, "c2Nob29sOmM0bmFyeVByb3h5UGFzc3cwcmQ=", // as Proxy-Authorization carries it
}

// tracing is a logger that writes down everything.
func tracing() (*strings.Builder, *logrus.Logger) {
	out, log := &strings.Builder{}, logrus.New()
	log.SetOutput(out)
	log.SetLevel(logrus.TraceLevel)
	log.SetFormatter(&logrus.JSONFormatter{})
	return out, log
}

func forms(s string) []string {
	return []string{s, url.QueryEscape(s), url.PathEscape(s)}
}

func holdsNoCanary(t *testing.T, what, text string) {
	t.Helper()
	for _, canary := range canaries {
		for _, form := range forms(canary) {
			if strings.Contains(text, form) {
				t.Errorf("%s shows %s", what, canary)
			}
		}
	}
}

// echo answers with everything that it was sent, as a careless collector does.
func echo(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == collector.TokenPath {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"c4naryAccessToken","token_type":"Bearer","expires_in":3600}`)
			return
		}
		w.Header().Set("Location", "/elsewhere?"+r.URL.RawQuery)
		w.WriteHeader(status)
		user, password, _ := r.BasicAuth()
		fmt.Fprintf(w, "you sent %v to %s and are %s %s %v", r.Header, r.URL, user, password, r.URL.Query())
	}
}

// echoTokens is a token endpoint that refuses, repeating the request wherever it
// can.
func echoTokens(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != collector.TokenPath {
			echo(http.StatusBadRequest)(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "/elsewhere?"+string(body)+"&"+r.URL.RawQuery)
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":"c4naryClientSecret","error_description":%q,"error_uri":%q}`, body, r.Header)
	}
}

func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestSecretsAreShownNowhere(t *testing.T) {
	servers := map[string]http.Handler{"drops": http.HandlerFunc(drop)}
	for _, status := range []int{200, 302, 400, 401, 403, 404, 407, 413, 429, 500, 503} {
		servers[fmt.Sprintf("echoes %d", status)] = echo(status)
		servers[fmt.Sprintf("echoes %d at the token endpoint", status)] = echoTokens(status)
	}
	for name, handler := range servers {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			defer server.Close()
			for kind, auth := range canaryAuths(t, server.URL) {
				sendCanaries(t, kind, server.URL, auth)
			}
		})
	}
	t.Run("not trusted", func(t *testing.T) {
		url := serveTLS(t, echo(http.StatusOK), &tls.Config{Certificates: []tls.Certificate{newAuthority(t).issue("127.0.0.1", hour)}})
		for kind, auth := range canaryAuths(t, url) {
			sendCanaries(t, kind, url, auth)
		}
	})
	t.Run("speaks no TLS", func(t *testing.T) {
		_, url := serve(t, collector.Options{})
		url = strings.Replace(url, "http:", "https:", 1)
		for kind, auth := range canaryAuths(t, url) {
			sendCanaries(t, kind, url, auth)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		for kind, auth := range canaryAuths(t, "http://127.0.0.1:1") {
			sendCanaries(t, kind, "http://127.0.0.1:1", auth)
		}
	})
}

func canaryAuths(t *testing.T, base string) map[string]timeback.Auth {
	t.Helper()
	return map[string]timeback.Auth{
		"bearer": must(timeback.BearerAuth("c4nary+token/=&"))(t),
		"header": must(timeback.HeaderAuth("Authorization", "c4nary+token/=&"))(t),
		"basic":  must(timeback.BasicAuth("school", "c4naryPassw0rd"))(t),
		"query":  must(timeback.QueryAuth("key", "c4nary+token/=&"))(t),
		"oauth2": must(timeback.OAuth2Auth(timeback.OAuth2Options{
			TokenURL: strings.Replace(base, "://", "://school:c4naryPassw0rd@", 1) + "/token?k=c4naryQuery",
			ClientID: "id", ClientSecret: "c4naryClientSecret", Style: timeback.StyleForm,
		}))(t),
	}
}

// sendCanaries sends with a password and a key in the URL, too, and looks at
// everything that comes out.
func sendCanaries(t *testing.T, kind, base string, auth timeback.Auth) {
	t.Helper()
	out, log := tracing()
	address := strings.Replace(base, "://", "://school:c4naryPassw0rd@", 1) + "/events?key=c4naryQuery"
	c := client(t, address, func(o *timeback.Options) { o.Auth, o.Logger = auth, log })
	for range 2 {
		reply := c.Send(t.Context(), sample.Events(0), requestID)
		holdsNoCanary(t, kind+": body", string(reply.Body))
		if reply.Status == http.StatusOK && !strings.Contains(string(reply.Body), "<redacted>") {
			t.Errorf("%s: the echo is not seen in %q", kind, reply.Body)
		}
		if reply.Err != nil {
			holdsNoCanary(t, kind+": error", fmt.Sprintf("%v %+v %#v", reply.Err, reply.Err, reply.Err))
		}
	}
	holdsNoCanary(t, kind+": log", out.String())
	if out.Len() == 0 && kind != "oauth2" { // oauth2 may have failed before the first request
		t.Error("nothing was logged: the test looks at nothing")
	}
	for _, v := range []any{auth, c, struct{ C, A any }{c, auth}, struct {
		c *timeback.Client
		a timeback.Auth
	}{c, auth}} {
		holdsNoCanary(t, kind+": print", fmt.Sprintf("%v %+v %#v %s %q %x", v, v, v, v, v, v))
	}
}

// A URL that somebody else put into an error text is redacted, too.
func TestForeignURLsInErrorsAreRedacted(t *testing.T) {
	_, address := serve(t, collector.Options{Script: script(t, "302:Location=http://u:c4naryPassw0rd@[::bad/x?k=c4naryQuery")})
	c := client(t, address, func(o *timeback.Options) { o.Retries = -1 })
	reply := c.Send(t.Context(), sample.Events(0), requestID)
	if reply.Err == nil || !strings.Contains(reply.Err.Error(), "http://[::bad/x") {
		t.Fatalf("error %v: the Location is not in it, the test looks at nothing", reply.Err)
	}
	holdsNoCanary(t, "error", reply.Err.Error())
}

func TestOAuth2OptionsPrintWithoutTheirSecret(t *testing.T) {
	o := timeback.OAuth2Options{
		TokenURL: "https://u:c4naryPassw0rd@host/token?k=c4naryQuery#f", ClientID: "id", ClientSecret: "c4naryClientSecret",
	}
	text := fmt.Sprintf("%v %+v %#v %s", o, o, o, o)
	holdsNoCanary(t, "options", text)
	if !strings.Contains(text, "oauth2 https://host/token") {
		t.Errorf("prints as %q", text)
	}
}

func TestRedactURL(t *testing.T) {
	for raw, want := range map[string]string{
		"https://user:pw@host:8443/a/b?k=v#f": "https://host:8443/a/b",
		"https://host":                        "https://host",
		"https://host/?":                      "https://host/",
		"https://host/a%2Fb?x":                "https://host/a%2Fb",
		"://\x00":                             "<invalid url>",
		"":                                    "",
	} {
		if got := timeback.RedactURL(raw); got != want {
			t.Errorf("RedactURL(%q) = %q, want %q", raw, got, want)
		}
	}
}

func FuzzRedactURL(f *testing.F) {
	f.Add("https://user:pw@host/path?k=v#f")
	f.Add("mailto:a@b?subject=x")
	f.Fuzz(func(t *testing.T, raw string) {
		if got := timeback.RedactURL(raw); strings.ContainsAny(got, "?#") && got != "<invalid url>" {
			t.Errorf("RedactURL(%q) = %q", raw, got)
		}
	})
}
