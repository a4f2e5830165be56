package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
)

// redacted is what a secret prints as.
const redacted = "<redacted>"

// Secret is a text that is used and never shown. In the file it is env:NAME, file:PATH or the text itself. Whatever
// is done to print it, or something that holds it, yields "<redacted>"; an unset one yields nothing.
//
// The text is behind a pointer, for fmt does not call the methods of unexported fields and would print it there.
type Secret struct{ text *string }

// NewSecret returns a secret with a text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal returns the text, to be used and not kept.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet says whether there is a secret at all.
func (s Secret) IsSet() bool { return s.text != nil }

// String returns "<redacted>".
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return redacted
}

// Format prints "<redacted>" for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText is what JSON, YAML and structured loggers show.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// converter turns what the file says into what it means.
type converter struct {
	dir string // relative paths are below it
	env func(name string) (string, bool)
}

func (r converter) secretOf(from reflect.Value) (any, error) {
	text, err := r.textOf(from)
	if err != nil {
		return nil, err
	}
	return NewSecret(text), nil
}

// textOf follows env: and file: to the text of a secret.
func (r converter) textOf(from reflect.Value) (string, error) {
	if from.Kind() != reflect.String {
		return "", errors.New("must be text: put it in quotes")
	}
	text := from.String()
	var err error
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		text, err = r.variable(name)
	} else if path, ok := strings.CutPrefix(text, "file:"); ok {
		text, err = r.file(path)
	}
	switch {
	case err != nil:
		return "", err
	case text == "":
		return "", errors.New("is empty: give the secret, env:NAME or file:PATH")
	}
	return text, nil
}

func (r converter) variable(name string) (string, error) {
	value, ok := r.env(name)
	switch {
	case !ok:
		return "", fmt.Errorf("the environment variable %s is not set: set it before the start", name)
	case value == "":
		return "", fmt.Errorf("the environment variable %s is empty: put the secret into it", name)
	}
	return value, nil
}

func (r converter) file(path string) (string, error) {
	full := path
	if !filepath.IsAbs(full) {
		full = filepath.Join(r.dir, full)
	}
	data, err := readBounded(full)
	if err != nil {
		return "", fmt.Errorf("the file of the secret cannot be read: %w", err)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if text == "" {
		return "", fmt.Errorf("the file %s is empty: put the secret into it", full)
	}
	return text, nil
}
