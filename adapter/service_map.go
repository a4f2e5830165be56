package adapter

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// one returns the source that is meant when something is changed.
func (s service) one(name string) (*source, error) {
	names := s.sourceNames()
	switch {
	case name == "" && len(names) == 1:
		return s.source(names[0]), nil
	case name == "":
		return nil, admin.Invalid("name the source: there are %s", strings.Join(names, ", "))
	}
	return s.known(name)
}

func (s service) known(name string) (*source, error) {
	if src := s.source(name); src != nil {
		return src, nil
	}
	return nil, admin.NotFound("no source %s: there are %s", name, strings.Join(s.sourceNames(), ", "))
}

// some returns the sources that are meant when something is asked.
func (s service) some(name string) ([]*source, error) {
	if name != "" {
		src, err := s.known(name)
		return []*source{src}, err
	}
	var all []*source
	for _, name := range s.sourceNames() {
		all = append(all, s.source(name))
	}
	return all, nil
}

// Export implements admin.Service.
func (s service) Export(_ context.Context, source string, w io.Writer) error {
	sources, err := s.some(source)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(w)
	if err := mapping.WriteCSV(buffered, recordsOf(sources)); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return buffered.Flush()
}

func recordsOf(sources []*source) iter.Seq[mapping.Record] {
	return func(yield func(mapping.Record) bool) {
		for _, src := range sources {
			for r := range src.people.Index().All() {
				if !yield(r) {
					return
				}
			}
		}
	}
}

func (a *Adapter) trustsEmail() bool {
	return slices.Contains(a.config().Mapping.Trust, mapping.Email.String())
}
