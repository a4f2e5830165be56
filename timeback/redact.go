package timeback

import (
	"cmp"
	"encoding/base64"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// redacted stands where a secret stood.
const redacted = "<redacted>"

// minSecret is the length below which a secret is not looked for in text: it
// would match ordinary words and make every message unreadable.
const minSecret = 4

// RedactURL returns raw without userinfo, query and fragment, fit to be shown.
// What cannot be parsed as a URL is not shown at all.
func RedactURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "<invalid url>"
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return u.String()
}

// Userinfo, and query or fragment, of URLs inside a text that others wrote.
var (
	textUserinfo = regexp.MustCompile(`(://)[^/\s"'@]*@`)
	textQuery    = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'?#]*)[?#][^\s"']*`)
)

// scrubber takes secrets out of text, in every form in which a reply or an
// error may echo them: as they are, percent-encoded and JSON-quoted.
// It does its work only when there is a text to look through.
type scrubber struct {
	hidden []string
}

func newScrubber(secrets []string) scrubber { return scrubber{hidden: secrets} }

// needles lists what to look for, longest first, so that no secret is cut in
// two by a shorter one inside it.
func (s scrubber) needles() []string {
	var needles []string
	for _, h := range s.hidden {
		if len(h) >= minSecret {
			needles = append(needles, h, url.QueryEscape(h), url.PathEscape(h), jsonEscape(h))
		}
	}
	slices.SortFunc(needles, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	return slices.Compact(needles)
}

// bytes returns b without the secrets. b itself is not changed.
func (s scrubber) bytes(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return []byte(s.secrets(string(b)))
}

// text returns the text without the secrets and with the URLs in it redacted.
func (s scrubber) text(text string) string {
	text = textUserinfo.ReplaceAllString(s.secrets(text), "$1")
	return textQuery.ReplaceAllString(text, "$1")
}

func (s scrubber) secrets(text string) string {
	for _, needle := range s.needles() {
		text = strings.ReplaceAll(text, needle, redacted)
	}
	return text
}

// jsonEscape returns s as it stands between the quotes of a JSON string.
func jsonEscape(s string) string {
	quoted, err := jsontext.AppendQuote(nil, s)
	if err != nil { // invalid UTF-8: cannot stand in JSON
		return s
	}
	return string(quoted[1 : len(quoted)-1])
}

// urlSecrets lists the userinfo and the query of a URL. Short query values are
// ordinary words (v=1), so only the query as a whole and long values count.
func urlSecrets(raw string) []string {
	const shortestKey = 8
	u, err := url.Parse(raw)
	if err != nil {
		return nil
	}
	password, _ := u.User.Password()
	basic := base64.StdEncoding.EncodeToString([]byte(u.User.Username() + ":" + password)) // as net/http sends it
	secrets := []string{password, basic, u.RawQuery}
	for _, values := range u.Query() {
		for _, v := range values {
			if len(v) >= shortestKey {
				secrets = append(secrets, v)
			}
		}
	}
	return secrets
}

// safe returns cause as a fault that may be shown: "<what>: <cause>", without
// secrets, URLs redacted. A credential that could not be had speaks for itself.
// setting is the key of the address that was called.
func (s scrubber) safe(what, setting string, cause error) *Fault {
	is := func(target error) bool { return errors.Is(cause, target) }
	var credential *credentialError
	if errors.As(cause, &credential) {
		f := credential.fault(credential.what)
		f.is = is
		return f
	}
	inner := cause
	if call := (*url.Error)(nil); errors.As(cause, &call) { // "Post \"<whole url>\": cause"; what says it better
		inner = call.Err
	}
	f := remedyForError(cause, setting).fault(what + ": " + s.text(inner.Error()))
	f.is = is
	return f
}
