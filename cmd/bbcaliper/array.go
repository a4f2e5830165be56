package main

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// jsonArray is a list for programs that is printed page by page: one array, in the form of all --json flags.
type jsonArray struct {
	*console
	began bool
}

// elements prints a page of an array.
func elements[T any](a *jsonArray, page []T) error {
	for i := range page {
		element, err := json.Marshal(&page[i], json.Deterministic(true), jsontext.WithIndentPrefix("  "), jsontext.WithIndent("  "))
		if err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		before := ",\n  "
		if !a.began {
			a.began, before = true, "[\n  "
		}
		if err := a.print(before + string(element)); err != nil {
			return err
		}
	}
	return nil
}

func (a *jsonArray) end() error {
	if !a.began {
		return a.print("[]\n")
	}
	return a.print("\n]\n")
}
