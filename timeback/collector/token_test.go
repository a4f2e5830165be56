package collector_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

func oauth2(style string) collector.Options {
	return collector.Options{OAuth2: &collector.OAuth2{ClientID: "the client", ClientSecret: "s+/&", Style: style, Scope: "events.write"}}
}

func form(pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

func basic(id, secret string) http.Header {
	r := http.Request{Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
	r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	return r.Header
}

type tokenReply struct {
	Token   string `json:"access_token"`
	Type    string `json:"token_type"`
	Expires int    `json:"expires_in"`
	Error   string `json:"error"`
}

func askToken(t testing.TB, base, body string, header http.Header) (int, tokenReply) {
	t.Helper()
	got := do(t, http.MethodPost, base+collector.TokenPath, body, header)
	var reply tokenReply
	if err := json.Unmarshal([]byte(got.body), &reply); err != nil {
		t.Fatalf("%d %q: %v", got.status, got.body, err)
	}
	return got.status, reply
}

func TestTokenRequests(t *testing.T) {
	grant := form("grant_type", "client_credentials", "scope", "other events.write")
	inForm := form("grant_type", "client_credentials", "scope", "events.write", "client_id", "the client", "client_secret", "s+/&")
	for name, test := range map[string]struct {
		style, body string
		header      http.Header
		status      int
		code        string
	}{
		"basic":                {"", grant, basic("the client", "s+/&"), 200, ""},
		"form":                 {"", inForm, http.Header{}, 200, ""},
		"basic where demanded": {"basic", grant, basic("the client", "s+/&"), 200, ""},
		"form where demanded":  {"form", inForm, http.Header{}, 200, ""},
		"form, basic demanded": {"basic", inForm, http.Header{}, 401, "invalid_client"},
		"basic, form demanded": {"form", grant, basic("the client", "s+/&"), 401, "invalid_client"},
		"wrong secret":         {"", grant, basic("the client", "s"), 401, "invalid_client"},
		"wrong id":             {"", grant, basic("client", "s+/&"), 401, "invalid_client"},
		"no credentials":       {"", grant, http.Header{}, 401, "invalid_client"},
		"no grant type":        {"", form("scope", "events.write"), basic("the client", "s+/&"), 400, "unsupported_grant_type"},
		"password grant":       {"", form("grant_type", "password"), basic("the client", "s+/&"), 400, "unsupported_grant_type"},
		"no scope":             {"", form("grant_type", "client_credentials"), basic("the client", "s+/&"), 400, "invalid_scope"},
		"broken form":          {"", "grant_type=%zz", basic("the client", "s+/&"), 400, "invalid_request"},
		"broken basic":         {"", grant, http.Header{"Authorization": {"Basic JXp6Og=="}}, 400, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			_, base := serve(t, oauth2(test.style))
			status, reply := askToken(t, base, test.body, test.header)
			if status != test.status || reply.Error != test.code {
				t.Fatalf("%d %q, want %d %q", status, reply.Error, test.status, test.code)
			}
			if status != 200 {
				return
			}
			if reply.Type != "Bearer" || reply.Expires != 3600 || reply.Token == "" {
				t.Errorf("reply %+v", reply)
			}
			got := do(t, "POST", base, envelope(event(1)), asJSON("Authorization", "Bearer "+reply.Token))
			if got.status != 200 {
				t.Errorf("the token earns %d", got.status)
			}
		})
	}
}

func TestTokensAreDemandedExpireAndAreRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := oauth2("")
		o.OAuth2.Life = 10 * time.Second
		sink, err := collector.New(o)
		if err != nil {
			t.Fatal(err)
		}
		serve := func(path, body string, header http.Header) *httptest.ResponseRecorder {
			r := httptest.NewRequest("POST", path, strings.NewReader(body))
			r.Header = header
			w := httptest.NewRecorder()
			sink.ServeHTTP(w, r)
			return w
		}
		token := func() string {
			w := serve("/token", form("grant_type", "client_credentials", "scope", "events.write"), basic("the client", "s+/&"))
			var reply tokenReply
			if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
				t.Fatal(err)
			}
			return reply.Token
		}
		status := func(authorization string) int {
			return serve("/", envelope(event(1)), asJSON("Authorization", authorization)).Code
		}
		first := "Bearer " + token()
		time.Sleep(9 * time.Second)
		second := "Bearer " + token()
		if got := []int{status(first), status(second), status(first[7:]), status("Bearer "), status("")}; got[0] != 200 || got[1] != 200 ||
			got[2] != 401 || got[3] != 401 || got[4] != 401 {
			t.Errorf("before expiry: %v", got)
		}
		time.Sleep(2 * time.Second)
		if got := []int{status(first), status(second)}; got[0] != 401 || got[1] != 200 {
			t.Errorf("after the first expired: %v", got)
		}
		sink.RevokeTokens()
		if got := status(second); got != 401 {
			t.Errorf("revoked, yet %d", got)
		}
	})
}

func TestTokenScript(t *testing.T) {
	o := oauth2("")
	o.TokenScript = script(t, "503:Retry-After=3,garbage,slow:1ms,lost,close")
	sink, base := serve(t, o)
	var got []int
	for range 6 {
		a := do(t, "POST", base+"/token", form("grant_type", "client_credentials", "scope", "events.write"), basic("the client", "s+/&"))
		got = append(got, a.status)
	}
	for i, want := range []int{503, 200, 200, 0, 0, 200} {
		if got[i] != want {
			t.Errorf("got %v", got)
			break
		}
	}
	sink.SetTokenScript(script(t, "401"))
	if a := do(t, "POST", base+"/token", "", http.Header{}); a.status != 401 {
		t.Errorf("%d, want the new script's 401", a.status)
	}
}

// What is wrong is said to the person, in the reply and in the record.
func TestTokenRequestsAreRecorded(t *testing.T) {
	o := oauth2("basic")
	sink, base := serve(t, o)
	grant := form("grant_type", "client_credentials", "scope", "events.write")
	askToken(t, base, grant, basic("the client", "s+/&"))
	askToken(t, base, grant, basic("the client", "wrong"))
	askToken(t, base, grant, basic("another", "s+/&"))
	askToken(t, base, form("grant_type", "client_credentials"), basic("the client", "s+/&"))
	askToken(t, base, grant, http.Header{})
	for i, want := range []collector.Request{
		{Authorized: true, Access: "client (basic)"},
		{Access: "the client secret is wrong (basic)", Reason: "invalid_client: the client secret is wrong (basic)"},
		{Access: "the client id is wrong (basic)", Reason: "invalid_client: the client id is wrong (basic)"},
		{Authorized: true, Access: "client (basic)", Reason: "invalid_scope: the scope is missing that is demanded"},
		{Access: "the client's id and secret are missing", Reason: "invalid_client: the client's id and secret are missing"},
	} {
		got := sink.Requests()[i]
		if got.Authorized != want.Authorized || got.Access != want.Access || got.Reason != want.Reason {
			t.Errorf("request %d: %t, %q, %q; want %+v", i, got.Authorized, got.Access, got.Reason, want)
		}
	}
	if reply := sink.Requests()[0].Reply; reply != nil {
		t.Errorf("the reply with the token is recorded: %s", reply)
	}
	for authorization, want := range map[string]string{
		"":              "the token (Authorization: Bearer) is missing",
		"Basic eDp5":    "the token (Authorization: Bearer) is wrong",
		"Bearer nobody": "the token is unknown or revoked",
	} {
		do(t, "POST", base, envelope(event(1)), asJSON("Authorization", authorization))
		all := sink.Requests()
		if got := all[len(all)-1]; got.Access != want || got.Authorized {
			t.Errorf("%q: %q, want %q", authorization, got.Access, want)
		}
	}
}

func TestTokenPath(t *testing.T) {
	o := oauth2("")
	o.OAuth2.Path = "/auth/1.0/token"
	_, base := serve(t, o)
	grant := form("grant_type", "client_credentials", "scope", "events.write")
	if got := do(t, "POST", base+"/auth/1.0/token", grant, basic("the client", "s+/&")); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := do(t, "POST", base+collector.TokenPath, grant, basic("the client", "s+/&")); got.status != 401 {
		t.Errorf("the usual path is the events endpoint's, yet %d", got.status)
	}
}

func TestTokensThatDieEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := oauth2("")
		o.OAuth2.Dies = time.Minute
		sink, err := collector.New(o)
		if err != nil {
			t.Fatal(err)
		}
		post := func(path, body string, header http.Header) *httptest.ResponseRecorder {
			r := httptest.NewRequest("POST", path, strings.NewReader(body))
			r.Header = header
			w := httptest.NewRecorder()
			sink.ServeHTTP(w, r)
			return w
		}
		var reply tokenReply
		w := post("/token", form("grant_type", "client_credentials", "scope", "events.write"), basic("the client", "s+/&"))
		if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil || reply.Expires != 3600 {
			t.Fatalf("%s, %v", w.Body, err)
		}
		for i, want := range []int{200, 401} {
			if got := post("/", envelope(event(1)), asJSON("Authorization", "Bearer "+reply.Token)).Code; got != want {
				t.Errorf("%d: %d, want %d", i, got, want)
			}
			time.Sleep(61 * time.Second)
		}
		all := sink.Requests()
		if got := all[len(all)-1].Access; got != "the token has expired" {
			t.Errorf("access %q", got)
		}
	})
}

func TestTokenScriptForms(t *testing.T) {
	o := oauth2("")
	o.TokenScript = script(t, "201,200/empty,200/status,400/html,200")
	_, base := serve(t, o)
	for i, want := range []string{`201 {"access_token":`, "200 ", `200 {"status":"success"}`, "400 <html>", `200 {"access_token":`} {
		got := do(t, "POST", base+"/token", form("grant_type", "client_credentials", "scope", "events.write"), basic("the client", "s+/&"))
		if text := fmt.Sprint(got.status, " ", got.body); !strings.HasPrefix(text, want) || (want == "200 " && text != want) {
			t.Errorf("%d: %s, want %s", i, text, want)
		}
	}
}
