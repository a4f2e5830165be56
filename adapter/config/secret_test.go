package config

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/sirupsen/logrus"
	"go.yaml.in/yaml/v3"
)

// canaries are what must not be seen: the text and its forms under %x, %X, %q and %v of bytes.
func canaries(text string) []string {
	return []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), strings.Trim(fmt.Sprint([]byte(text)), "[]")}
}

type holder struct {
	Public  Secret
	private Secret
	Key     Key
	key     Key
	Nested  struct{ inner map[string]Secret }
	Pointer *Secret
}

func newHolder(text string) holder {
	s, k := NewSecret(text), NewKey(text)
	h := holder{Public: s, private: s, Key: k, key: k, Pointer: &s}
	h.Nested.inner = map[string]Secret{"a": s}
	return h
}

func TestSecretsNeverPrint(t *testing.T) {
	const text = "c4n4ry-s3cret"
	h := newHolder(text)
	values := map[string]any{
		"secret": h.Public, "pointer": &h.Public, "key": h.Key, "nested": h, "pointer to nested": &h,
		"slice": []Secret{h.Public}, "auth": Auth{Type: AuthBearer, Token: h.Public},
		"config": &Config{Sources: []Source{{Keys: []Key{h.Key}}}, Destinations: []Destination{{Auth: Auth{Password: h.Public}}}},
	}
	var shown []string
	for name, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10.3s"} {
			shown = append(shown, name+" "+verb+": "+fmt.Sprintf(verb, v))
		}
		shown = append(shown, marshalled(name, v)...)
		shown = append(shown, logged(name, v)...)
	}
	for _, line := range shown {
		for _, c := range canaries(text) {
			if strings.Contains(line, c) {
				t.Errorf("shown: %s", line)
			}
		}
	}
}

// marshalled returns what encoders make of v. An encoder may refuse what it has no form for; its error is shown too.
func marshalled(name string, v any) (lines []string) {
	for format, marshal := range map[string]func(any) ([]byte, error){
		"json": json.Marshal,
		"yaml": yaml.Marshal,
		"v2":   func(v any) ([]byte, error) { return jsonv2.Marshal(v) },
	} {
		out, err := marshal(v)
		lines = append(lines, fmt.Sprintf("%s %s: %s %v", name, format, out, err))
	}
	return lines
}

func logged(name string, v any) []string {
	var out strings.Builder
	for _, f := range []logrus.Formatter{&logrus.JSONFormatter{}, &logrus.TextFormatter{}} {
		log := logrus.New()
		log.SetOutput(&out)
		log.SetFormatter(f)
		log.WithField("value", v).Info(name)
	}
	return []string{out.String()}
}

func TestSecretSaysThatItIsRedacted(t *testing.T) {
	s, k := NewSecret("x"), NewKey("x")
	for _, got := range []string{s.String(), k.String(), fmt.Sprint(s), fmt.Sprintf("%#v", s), fmt.Sprintf("%x", k)} {
		if got != "<redacted>" {
			t.Errorf("got %q", got)
		}
	}
	if got := fmt.Sprint(Secret{}, Key{}); strings.Contains(got, "redacted") {
		t.Errorf("an unset secret prints %q", got)
	}
}

func TestSecretForms(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "unix"), "from-file\n")
	writeFile(t, filepath.Join(dir, "dos"), "from-file\r\n")
	writeFile(t, filepath.Join(dir, "blanks"), " from file \n\n")
	long := strings.Repeat("x", 10_000)
	cases := map[string]string{
		"plain":                              "plain",
		"env:NAME":                           "from-env",
		"file:unix":                          "from-file",
		"file:dos":                           "from-file",
		"file:blanks":                        " from file \n", // one newline is the editor's, the rest is the secret's
		"file:" + filepath.Join(dir, "unix"): "from-file",
		long:                                 long,
	}
	for written, want := range cases {
		text := withDestination(fmt.Sprintf("auth: { type: basic, username: u, password: %q }", written))
		cfg, err := Parse([]byte(text), dir, environment("NAME", "from-env"))
		if err != nil {
			t.Errorf("%.40s: %v", written, err)
			continue
		}
		if got := cfg.Destinations[0].Auth.Password; !got.IsSet() || got.Reveal() != want {
			t.Errorf("%.40s: got %.40q", written, got.Reveal())
		}
	}
}

func TestKeyForms(t *testing.T) {
	const hash = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" // of foo
	for _, written := range []string{"foo", hash, strings.ToUpper(hash[:7]) + hash[7:], "env:PLAIN", "env:HASH"} {
		text := strings.Replace(minimal, "[k1]", "["+fmt.Sprintf("%q", written)+"]", 1)
		cfg := mustParse(t, text, "PLAIN", "foo", "HASH", hash)
		k := cfg.Sources[0].Keys[0]
		isHash := !strings.HasPrefix(written, "SHA256:") // the prefix is lower case; anything else is a key's own text
		if k.Match([]byte("foo")) != isHash || k.Match([]byte("fo")) || k.Match(nil) || (k == NewKey("foo")) != isHash {
			t.Errorf("%s: wrong match", written)
		}
	}
	if (Key{}).Match(nil) || (Key{}).Match([]byte("x")) {
		t.Error("an unset key matches")
	}
}
