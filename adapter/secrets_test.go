package adapter_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// indiscreet is a collector, and a token endpoint, that says back everything it was sent, with the status that its path
// names.
func indiscreet(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
		if err != nil {
			return
		}
		var head bytes.Buffer
		if err := r.Header.Write(&head); err != nil {
			return
		}
		var status int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &status); err != nil {
			status = http.StatusNotFound
		}
		w.Header().Set("Location", r.URL.String())
		w.Header().Set("WWW-Authenticate", "you said "+r.Header.Get("Authorization"))
		w.WriteHeader(status)
		fmt.Fprintf(w, "%s %s\n%s\n%s", r.Method, r.URL, head.Bytes(), body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// keyring hands out secrets and knows in which forms they might show.
type keyring struct{ words []string }

func (k *keyring) new() string {
	word := "s3cr3t-" + uuid.NewString()
	k.words = append(k.words, word)
	return word
}

// pair is a name with a secret, as they stand in a Basic credential.
func (k *keyring) pair() (name, secret string) {
	name, secret = "name-"+uuid.NewString(), k.new()
	k.words = append(k.words, base64.StdEncoding.EncodeToString([]byte(name+":"+secret)))
	return name, secret
}

// absent looks for the secrets.
func (k *keyring) absent(t *testing.T, where string, text []byte) {
	t.Helper()
	for _, word := range k.words {
		for _, form := range []string{word, url.QueryEscape(word), base64.StdEncoding.EncodeToString([]byte(word))} {
			if i := bytes.Index(text, []byte(form)); i >= 0 {
				t.Errorf("%s: …%s…", where, text[max(0, i-200):min(len(text), i+100)])
				return
			}
		}
	}
}

// destinations are configurations of every kind of credential, each at collectors that answer with these statuses.
func (k *keyring) destinations(base string, statuses ...int) (yaml string, names []string) {
	name, password := k.pair()
	id, secret := k.pair()
	auths := []string{
		fmt.Sprintf("{ type: bearer, token: %q }", k.new()),
		fmt.Sprintf("{ type: header, name: X-Key, value: %q }", k.new()),
		fmt.Sprintf("{ type: basic, username: %q, password: %q }", name, password),
		fmt.Sprintf("{ type: query, name: key, value: %q }", k.new()),
	}
	for _, status := range []int{200, 400, 401, 302, 500} {
		for _, style := range []string{"basic", "post"} {
			auths = append(auths, fmt.Sprintf("{ type: oauth2, token_url: %q, client_id: %q, client_secret: %q, style: %s }",
				fmt.Sprintf("%s/%d/token?key=%s", base, status, k.new()), id, secret, style))
		}
	}
	var b strings.Builder
	for _, auth := range auths {
		for _, status := range statuses {
			to := fmt.Sprintf("%s/%d/events?key=%s", base, status, k.new())
			d := fmt.Sprintf("d%d", len(names))
			names = append(names, d)
			fmt.Fprintf(&b, "  - { name: %s, url: %q, app_id: %s, batch: { max_wait: 20ms }, auth: %s }\n", d, to, testApp, auth)
		}
	}
	return b.String(), names
}

// resolvers are configurations of every kind of resolver and credential, each at services that answer with these
// statuses, and say back what they were asked.
func (k *keyring) resolvers(base string, statuses ...int) (yaml string, names []string) {
	name, password := k.pair()
	id, secret := k.pair()
	oauth := func(status int) string {
		return fmt.Sprintf("{ type: oauth2, token_url: %q, client_id: %q, client_secret: %q }", fmt.Sprintf("%s/%d/token", base, status), id, secret)
	}
	var b strings.Builder
	b.WriteString("mapping:\n  resolvers:\n")
	add := func(format string, args ...any) {
		called := fmt.Sprintf("r%d", len(names))
		names = append(names, called)
		fmt.Fprintf(&b, "    - { name: %s, breaker: { failures: 1, pause: 1h, max_pause: 1h }, %s }\n", called, fmt.Sprintf(format, args...))
	}
	for _, status := range statuses {
		for _, auth := range []string{
			fmt.Sprintf("{ type: bearer, token: %q }", k.new()), fmt.Sprintf("{ type: header, name: X-Key, value: %q }", k.new()),
			fmt.Sprintf("{ type: basic, username: %q, password: %q }", name, password), oauth(status), oauth(200),
		} {
			add("type: http, url: %q, pointer: /id, auth: %s", fmt.Sprintf("%s/%d/{external_id}?key=%s", base, status, k.new()), auth)
			add("type: oneroster, filter: \"identifier='{external_id}'\", url: %q, auth: %s", fmt.Sprintf("%s/%d", base, status), auth)
		}
		add("type: blackboard, url: %q, key: %q, secret: %q", fmt.Sprintf("%s/%d", base, status), id, secret)
	}
	return b.String(), names
}

// No secret of a resolver is shown either, nor whom it was asked about.
func TestNoSecretOfAResolverShows(t *testing.T) {
	k := &keyring{}
	logs := &lockedBuffer{}
	log := logrus.New()
	log.SetOutput(logs)
	log.SetLevel(logrus.DebugLevel)
	extra, names := k.resolvers(indiscreet(t), 200, 302, 400, 401, 403, 500)
	c, to := newCollector(t, collector.Options{Keep: -1})
	r := &rig{t: t, collector: c, url: to, dir: t.TempDir(), store: embedded, sources: oneSource, extra: extra, log: log}
	r.start()
	u := newUser()
	k.words = append(k.words, u.hex(), u.uuid.String())
	r.mustPost(envelope(u.login(uuid.New(), time.Now())))
	var seen []byte
	eventually(t, "every resolver has failed", func() bool {
		seen = r.read(admin.PathStatus)
		return bytes.Count(seen, []byte(`"last_error"`)) == len(names)
	})
	k.absent(t, "status", seen)
	k.absent(t, "metrics", r.read(admin.PathMetrics))
	k.absent(t, "/readyz", r.read("/readyz"))
	if err := r.Reload(t.Context(), r.config()); err != nil {
		t.Fatal(err)
	}
	r.restart()
	k.absent(t, "log", logs.Bytes())
}

// TestNoSecretShows sends to collectors that say back what they were sent, with every kind of credential, and looks for
// the secrets in everything that an operator gets to see.
func TestNoSecretShows(t *testing.T) {
	k := &keyring{}
	logs := &lockedBuffer{}
	log := logrus.New()
	log.SetOutput(logs)
	log.SetLevel(logrus.DebugLevel)
	more, names := k.destinations(indiscreet(t), 302, 400, 401)
	c, to := newCollector(t, collector.Options{Keep: -1})
	r := &rig{t: t, collector: c, url: to, dir: t.TempDir(), store: embedded, sources: oneSource, extra: more, log: log, backoff: hasty()}
	r.start()
	u, event := newUser(), uuid.New()
	r.set(u, uuid.New())
	r.mustPost(envelope(u.login(event, time.Now())))
	for _, name := range names {
		eventually(t, name+" has been answered", func() bool {
			d := r.destination(name)
			return d.LastReply != "" || d.Outcomes.Delivered+d.Outcomes.Dead > 0
		})
	}
	seen := map[string][]byte{"log": nil, "metrics": r.metrics(), "explain": r.read(admin.PathEvent(event.String()))}
	for _, path := range []string{"/readyz", admin.PathStatus, admin.PathDead, admin.PathDeadExport, admin.PathHeld} {
		seen[path] = r.read(path)
	}
	var letters []admin.DeadEvent
	r.api(http.MethodGet, admin.PathDead, "", &letters)
	if len(letters) < 4 {
		t.Errorf("only %d dead letters", len(letters))
	}
	for _, l := range letters {
		path := admin.PathLetter(fmt.Sprint(l.Letter))
		seen[path] = r.read(path)
	}
	r.restart()
	seen["log"] = logs.Bytes()
	if !slices.ContainsFunc(names, func(name string) bool { return bytes.Contains(seen["log"], []byte(name)) }) {
		t.Error("the log says nothing of the destinations")
	}
	for where, text := range seen {
		if len(text) == 0 {
			t.Errorf("%s is empty", where)
		}
		k.absent(t, where, text)
	}
}
