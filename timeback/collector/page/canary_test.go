package page_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/collector/page"
)

// TestNoSecretIsShown puts secrets wherever a sender might, and looks for them
// on every page and in every answer of the API.
func TestNoSecretIsShown(t *testing.T) {
	const canary = "Canary-7f3a91"
	for name, o := range map[string]collector.Options{
		"key":    {Key: canary + "-key"},
		"oauth2": {OAuth2: &collector.OAuth2{ClientID: "client", ClientSecret: canary + "-secret", Style: "form"}},
	} {
		t.Run(name, func(t *testing.T) {
			o.KeepRefused = true
			r := serve(t, o, page.Options{Password: canary + "-page"})
			secret, token := canary+"-key", ""
			if o.OAuth2 != nil {
				secret = canary + "-secret"
				reply := r.form("/token", "grant_type", "client_credentials", "client_id", "client", "client_secret", secret).body
				token = regexp.MustCompile(`"access_token":"([^"]+)"`).FindStringSubmatch(reply)[1]
				secret = token
			}
			r.send([]string{"Authorization", "Bearer " + secret}, event(1))
			r.send([]string{"Authorization", secret, "X-Request-ID", secret, "User-Agent", secret},
				strings.Replace(event(2), "LoggedIn", secret, 1))
			r.send([]string{"Authorization", "Bearer " + canary + "-wrong"}, event(3))
			r.send([]string{"X-Api-Key", secret}, event(3))
			r.do("POST", "/"+secret+"?key="+canary+"-query", "{"+secret, "Content-Type", "application/json")
			r.do("POST", "/?key="+secret, `{"`+secret+`":1}`, "Content-Type", "application/json")
			r.do("POST", "/events", "client_secret="+canary+"-form", "Content-Type", "application/x-www-form-urlencoded")
			r.form("/token", "client_secret", canary+"-other", "grant_type", "client_credentials")

			for _, path := range everyPath(r) {
				for _, accept := range []string{"text/html", "application/json"} {
					got := r.do("GET", path, "", "Accept", accept, "Authorization", basicAuth(canary+"-page"))
					isPage := accept == "text/html" || strings.HasPrefix(path, page.Path) // else it is the collector's
					if isPage && got.status != http.StatusOK && got.status != http.StatusNotFound {
						t.Errorf("%s: %d", path, got.status)
					}
					for _, hidden := range []string{canary, token} {
						if at := strings.Index(got.body, hidden); hidden != "" && at >= 0 {
							t.Errorf("%s shows %q", path, got.body[max(at-100, 0):min(at+100, len(got.body))])
						}
					}
				}
			}
		})
	}
}

func everyPath(r *rig) []string {
	paths := []string{"/", "/?live=1", "/inspect", "/inspect/requests", "/inspect/events", "/inspect/actors"}
	for _, n := range "123456789" {
		paths = append(paths, "/inspect/requests/"+string(n), "/inspect/events/"+string(n))
	}
	return paths
}

func basicAuth(password string) string {
	req := http.Request{Header: http.Header{}}
	req.SetBasicAuth("x", password)
	return req.Header.Get("Authorization")
}
