package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// What becomes of the events of unmapped people: the values of Mapping.Unmapped.
const (
	UnmappedHold   = "hold"   // wait for a mapping
	UnmappedDerive = "derive" // make the platform id from the Blackboard id
	UnmappedDrop   = "drop"   // count as skipped
)

// The aliases that may be trusted: the values of Mapping.Trust, and, but for the user id, of Mapping.Suggest.
const (
	AliasExternalID = "external_id"
	AliasUserID     = "user_id"
	AliasEmail      = "email"
)

// nameRule describes the names of sources and destinations. They are tokens of engine subjects and values of metric
// labels, hence the narrow alphabet.
const nameRule = "must be 1 to 64 of a-z, 0-9, _ and -, beginning with a letter or digit"

func isName(s string) bool {
	odd := func(c rune) bool { return c != '_' && c != '-' && (!isAlphanumeric(c) || c <= 'Z' && c >= 'A') }
	return s != "" && len(s) <= 64 && s[0] != '_' && s[0] != '-' && !strings.ContainsFunc(s, odd)
}

// rules collects what is wrong with the values of a configuration.
type rules struct {
	*document
}

func (c *Config) validate(d *document) {
	r := rules{d}
	r.listeners(c)
	r.admin(c.Admin)
	r.tls(c.TLS)
	r.engine(c)
	r.journal(c.Journal)
	r.size("limits.max_body", c.Limits.MaxBody, 1<<10, 1<<30)
	r.between("limits.max_events", c.Limits.MaxEvents, 1, 1_000_000)
	r.sources(c.Sources)
	r.destinations(c)
	if c.Dead.Keep != 0 {
		r.longEnough("dead.keep", c.Dead.Keep, time.Second)
	}
	r.oneOf("mapping.unmapped", c.Mapping.Unmapped, UnmappedHold, UnmappedDerive, UnmappedDrop)
	r.longEnough("mapping.hold_for", c.Mapping.HoldFor, time.Second)
	r.set("mapping.trust", c.Mapping.Trust, AliasExternalID, AliasUserID, AliasEmail)
	r.set("mapping.suggest", c.Mapping.Suggest, AliasExternalID, AliasEmail)
	r.resolvers(c)
	r.mapFiles(c)
	r.privacy(c.Privacy)
	r.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	r.oneOf("log.format", c.Log.Format, "text", "json")
}

func (r rules) bad(path, format string, args ...any) {
	r.problem(path, 0, fmt.Sprintf(format, args...))
}

// listeners checks both addresses, and that they differ.
func (r rules) listeners(c *Config) {
	public, ok1 := r.address("listen", c.Listen)
	admin, ok2 := r.address("admin.listen", c.Admin.Listen)
	if !ok1 || !ok2 || public.port == 0 || public.port != admin.port {
		return
	}
	if public.host == admin.host || public.any() || admin.any() {
		r.bad("admin.listen", "is the address of listen as well: give it another port")
	}
}

// listener is an address to listen on.
type listener struct {
	host string
	port int
}

func (l listener) any() bool {
	ip := net.ParseIP(l.host)
	return l.host == "" || ip != nil && ip.IsUnspecified()
}

func (l listener) loopback() bool {
	ip := net.ParseIP(l.host)
	return l.host == "localhost" || ip != nil && ip.IsLoopback()
}

func parseListener(addr string) (listener, bool) {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return listener{}, false
	}
	port, err := strconv.ParseUint(text, 10, 16)
	return listener{host: host, port: int(port)}, err == nil
}

func (r rules) address(path, addr string) (listener, bool) {
	l, ok := parseListener(addr)
	if !ok {
		r.bad(path, `must be an address such as ":8443" or "127.0.0.1:8081"`)
	}
	return l, ok
}

// admin refuses an admin API that the network can reach and that asks for nothing.
func (r rules) admin(a Admin) {
	if l, ok := parseListener(a.Listen); ok && !l.loopback() && len(a.Tokens) == 0 {
		r.bad("admin.tokens", "is missing although admin.listen is no loopback address: add a token, or listen on 127.0.0.1")
	}
	seen := map[Key]string{}
	for i, t := range a.Tokens {
		path := fmt.Sprintf("admin.tokens[%d]", i)
		r.unique(path+".token", t.Token, seen)
		r.oneOf(path+".role", string(t.Role), string(RoleViewer), string(RoleMapper), string(RoleAdmin))
		if r.has(path+".name") && (t.Name == "" || len(t.Name) > 64 || strings.ContainsFunc(t.Name, isControl)) {
			r.bad(path+".name", "must be 1 to 64 printable characters")
		}
	}
}

// unique checks that a key is given, and that it is not another one's too.
func (r rules) unique(path string, k Key, seen map[Key]string) {
	switch first, twice := seen[k]; {
	case !k.IsSet():
		r.bad(path, "is missing: give the text, env:NAME, file:PATH or sha256:HEX")
	case twice:
		r.bad(path, "is the same as %s: each needs its own", first)
	default:
		seen[k] = path
	}
}

func (r rules) tls(t TLS) {
	const missing = "is missing: give both cert_file and key_file, or neither for plain HTTP"
	switch {
	case t.CertFile != "" && t.KeyFile == "":
		r.bad("tls.key_file", missing)
	case t.CertFile == "" && t.KeyFile != "":
		r.bad("tls.cert_file", missing)
	}
}

func (r rules) engine(c *Config) {
	if !r.has("engine") {
		if c.DataDir == "" {
			r.bad("data_dir", "is empty: name a folder, or remove the key for %q", DefaultDataDir)
		}
		return
	}
	if r.has("data_dir") {
		r.bad("engine", "contradicts data_dir: keep data_dir for the embedded engine, or engine for a cluster")
	}
	if c.Engine.URL == "" {
		r.bad("engine.url", "is missing: name the servers of the cluster, such as nats://n1:4222,nats://n2:4222")
		return
	}
	for server := range strings.SplitSeq(c.Engine.URL, ",") {
		r.server(server)
	}
	if !slices.Contains([]int{1, 3, 5}, c.Engine.Replicas) {
		r.bad("engine.replicas", "must be 1, 3 or 5")
	}
}

func (r rules) server(text string) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Hostname() == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme):
		r.bad("engine.url", "must be servers separated by commas, each nats://host:port (or tls, ws, wss)")
	case u.User != nil:
		r.bad("engine.url", "holds credentials: put them into engine.credentials_file")
	}
}

func (r rules) journal(j Journal) {
	r.longEnough("journal.keep", j.Keep, time.Second)
	r.longEnough("journal.dedup_window", j.DedupWindow, time.Second)
	r.size("journal.max_bytes", j.MaxBytes, 1<<20, 1<<60)
	if j.Keep < j.DedupWindow {
		r.bad("journal.keep", "is shorter than journal.dedup_window (%s): event ids are rebuilt from the journal, so make keep longer or the window shorter", j.DedupWindow)
	}
}

func (r rules) sources(sources []Source) {
	if len(sources) == 0 {
		r.bad("sources", "is missing: at least one Blackboard site with a name and a key is needed")
	}
	names, keys := map[string]string{}, map[Key]string{}
	for i, s := range sources {
		path := fmt.Sprintf("sources[%d]", i)
		r.name(path+".name", s.Name, names)
		if len(s.Keys) == 0 {
			r.bad(path+".keys", "is missing: at least one key is needed (bbcaliper source key makes one)")
		}
		for j, k := range s.Keys {
			r.unique(fmt.Sprintf("%s.keys[%d]", path, j), k, keys)
		}
		if r.has(path+".site") && uuid.Validate(s.Site) != nil {
			r.bad(path+".site", "must be the UUID of the site, or be left out to learn it from the first envelope")
		}
	}
}

func (r rules) name(path, name string, seen map[string]string) {
	switch first, twice := seen[name]; {
	case name == "":
		r.bad(path, "is missing: it %s", nameRule)
	case !isName(name):
		r.bad(path, nameRule)
	case twice:
		r.bad(path, "is the name of %s too: names are unique", parentPath(first))
	default:
		seen[name] = path
	}
}

// privacy refuses what no configuration may let out: the signature of a launch is good for impersonation.
func (r rules) privacy(p Privacy) {
	for i, name := range p.LaunchParameters {
		path := fmt.Sprintf("privacy.launch_parameters[%d]", i)
		switch {
		case name == "":
			r.bad(path, "is empty: name a launch parameter")
		case strings.HasPrefix(name, "oauth_"):
			r.bad(path, "is part of the launch's signature, which never leaves: remove it")
		}
	}
}

func (r rules) oneOf(path, value string, allowed ...string) {
	if slices.Contains(allowed, value) {
		return
	}
	reason := "must be"
	if value == "" {
		reason = "is missing: it must be"
	}
	r.bad(path, "%s one of %s", reason, strings.Join(allowed, ", "))
}

// set checks a list of different known words.
func (r rules) set(path string, values []string, allowed ...string) {
	for i, v := range values {
		at := fmt.Sprintf("%s[%d]", path, i)
		r.oneOf(at, v, allowed...)
		if slices.Contains(values[:i], v) {
			r.bad(at, "is listed twice: remove one")
		}
	}
}

func (r rules) longEnough(path string, d, least time.Duration) {
	if d < least {
		r.bad(path, "must be at least %s", least)
	}
}

func (r rules) between(path string, n, least, most int) {
	if n != min(max(n, least), most) {
		r.bad(path, "must be between %d and %d", least, most)
	}
}

func (r rules) size(path string, n, least, most Size) {
	if n != min(max(n, least), most) {
		r.bad(path, "must be between %s and %s", least, most)
	}
}

// webURL checks an absolute http or https URL that holds no secret and no fragment.
func (r rules) webURL(path, text, example string) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		r.bad(path, "is missing: give the URL, such as %s", example)
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		r.bad(path, "must be an absolute http or https URL, such as %s", example)
	case u.User != nil:
		r.bad(path, "holds a user name or password: use auth: { type: basic, … }")
	case u.Fragment != "":
		r.bad(path, "has a fragment (#…), which is never sent: remove it")
	}
}
