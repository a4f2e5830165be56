package config

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

func (r rules) destinations(c *Config) {
	if len(c.Destinations) == 0 {
		r.bad("destinations", "is missing: at least one collector with name, url and app_id is needed")
	}
	known := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		known[i] = s.Name
	}
	names := map[string]string{}
	for i, dst := range c.Destinations {
		path := fmt.Sprintf("destinations[%d]", i)
		r.name(path+".name", dst.Name, names)
		r.destination(path, dst)
		r.sourcesOf(path+".sources", dst.Sources, known)
	}
}

func (r rules) destination(path string, dst Destination) {
	if dst.Name == reserved {
		r.bad(path+".name", "is reserved for what is refused at the door: choose another")
	}
	r.oneOf(path+".preset", dst.Preset, Presets()...)
	r.webURL(path+".url", dst.URL, "https://collector.example.org/caliper")
	if r.has(path + ".validate_url") {
		r.webURL(path+".validate_url", dst.ValidateURL, "https://collector.example.org/caliper/validate")
	}
	if dst.AppID == uuid.Nil {
		r.bad(path+".app_id", "is missing: give the UUID under which the collector knows this application")
	}
	if r.has(path+".sensor") && !isIRI(dst.Sensor) {
		r.bad(path+".sensor", "must be an absolute IRI, such as https://learn.example.org/caliper")
	}
	r.auth(path+".auth", dst.Auth)
	r.clientTLS(path+".tls", dst.TLS, "neither url nor auth.token_url is", dst.URL, dst.Auth.TokenURL)
	r.batch(path+".batch", dst.Batch)
	r.between(path+".in_flight", dst.InFlight, 1, 64)
	if r.has(path + ".lti") {
		r.oneOf(path+".lti", dst.LTI, LTIToolLaunch, LTIView, LTIDrop)
	}
	r.oneOf(path+".on_full", dst.OnFull, OnFullRefuse, OnFullSkip)
	r.skip(path+".skip", dst.Skip)
	r.events(path+".events", dst.Events)
	if dst.Rate != nil && *dst.Rate < 0 {
		r.bad(path+".rate", "must be a number of requests a second, or 0 for no limit")
	}
}

// sourcesOf makes people say which sources a destination gets as soon as there is a choice.
func (r rules) sourcesOf(path string, wanted, known []string) {
	if len(wanted) == 0 && len(known) > 0 {
		r.bad(path, "is missing: with more than one source, list those whose events go here")
	}
	for i, name := range wanted {
		at := fmt.Sprintf("%s[%d]", path, i)
		if name != "" && !slices.Contains(known, name) {
			r.bad(at, "is not a source of this file; there are: %s", strings.Join(known, ", "))
		}
		if slices.Contains(wanted[:i], name) {
			r.bad(at, "is listed twice: remove one")
		}
	}
}

// batch keeps envelopes within what collectors take and what one event may need.
func (r rules) batch(path string, b Batch) {
	if b.MaxEvents != nil {
		r.between(path+".max_events", *b.MaxEvents, 1, 5000)
	}
	if b.MaxBytes != nil {
		r.size(path+".max_bytes", *b.MaxBytes, 1<<10, 64<<20)
	}
	if b.MaxWait != nil && *b.MaxWait > time.Minute {
		r.bad(path+".max_wait", "must be at most %s", time.Minute)
	}
}

func (r rules) skip(path string, list []Skip) {
	for i, s := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !isTerm(s.Type) {
			r.bad(at+".type", "must be the type of a Learn event as a term, such as ContentEvent")
		}
		if r.has(at+".action") && !isTerm(s.Action) {
			r.bad(at+".action", "must be an action as a term, such as Modified; leave it out for all actions")
		}
	}
}

func (r rules) auth(path string, a Auth) {
	types, keys := authTypes()
	r.oneOf(path+".type", a.Type, types...)
	if !slices.Contains(types, a.Type) {
		return
	}
	r.typeKeys(path, "auth of type "+a.Type, keys[a.Type], reflect.TypeFor[Auth]())
	switch a.Type {
	case AuthHeader:
		r.headerName(path+".name", a.Name)
		r.headerValue(path+".value", a.Value)
	case AuthBearer:
		r.headerValue(path+".token", a.Token)
	case AuthOAuth2:
		r.webURL(path+".token_url", a.TokenURL, "https://collector.example.org/auth/token")
		if r.has(path + ".style") {
			r.oneOf(path+".style", a.Style, StyleBasic, StylePost)
		}
		r.scopes(path+".scopes", a.Scopes)
	case AuthBasic:
		if strings.Contains(a.Username.Reveal(), ":") {
			r.bad(path+".username", "holds a colon, which HTTP Basic cannot carry (RFC 7617): check how it was stored")
		}
	}
}

// scopes checks that each is one scope (RFC 6749 section 3.3): several in one text would be sent as they are, too, but
// could not be compared.
func (r rules) scopes(path string, scopes []string) {
	odd := func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' }
	for i, scope := range scopes {
		if scope == "" || strings.ContainsFunc(scope, odd) {
			r.bad(fmt.Sprintf("%s[%d]", path, i), "must be one scope without blanks: list each on its own")
		}
	}
}

// typeKeys checks that exactly the keys of a type are in the file.
func (r rules) typeKeys(path, what string, keys typeKeys, typ reflect.Type) {
	for _, key := range keys.required {
		if !r.has(path + "." + key) {
			r.bad(path+"."+key, "is missing: %s needs it", what)
		}
	}
	allowed := slices.Concat([]string{"type"}, keys.required, keys.optional)
	_, all := fieldsOf(typ)
	for _, key := range all {
		if r.has(path+"."+key) && !slices.Contains(allowed, key) {
			r.bad(path+"."+key, "does not belong to %s, which takes: %s", what, strings.Join(allowed, ", "))
		}
	}
}

func (r rules) headerName(path, name string) {
	if !isHeaderToken(name) {
		r.bad(path, "must be the name of an HTTP header, such as X-Api-Key")
	}
}

// isHeaderToken says whether s is a token (RFC 9110 section 5.6.2).
func isHeaderToken(s string) bool {
	const special = "!#$%&'*+-.^_`|~"
	odd := func(c rune) bool { return !isAlphanumeric(c) && !strings.ContainsRune(special, c) }
	return s != "" && !strings.ContainsFunc(s, odd)
}

func (r rules) headerValue(path string, s Secret) {
	if strings.ContainsFunc(s.Reveal(), isControl) {
		r.bad(path, "holds a line break or another control character, which a header cannot carry: check how it was stored")
	}
}

func isAlphanumeric(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isTerm says whether s can be a type or an action of Caliper.
func isTerm(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(c rune) bool { return !isAlphanumeric(c) })
}

func isIRI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && (u.Host != "" || u.Opaque != "")
}
