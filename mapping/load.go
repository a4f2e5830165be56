package mapping

import (
	"context"
	"fmt"
	"io"
	"iter"
)

// LoadFile makes an index of a file, see [ReadFile], for a dry run without a
// log. Rows of all sources go into the one index, whatever their source column
// says. The error is a [PlanError] if lines are invalid or in conflict.
func LoadFile(ctx context.Context, r io.Reader, source string) (*Index, error) {
	file, err := ReadFile(r, FileOptions{})
	if err != nil {
		return nil, err
	}
	index := NewIndex(source)
	plan, err := NewPlan(ctx, ofSource(source, file.Rows()), []*Index{index}, PlanOptions{Source: source})
	if err != nil {
		return nil, err
	}
	if err := plan.Apply(Edit{}); err != nil {
		return nil, fmt.Errorf("load map: %w", err)
	}
	return index, nil
}

// ofSource takes rows for those of one source.
func ofSource(source string, rows iter.Seq2[Row, error]) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for row, err := range rows {
			row.Record.Source = source
			if !yield(row, err) {
				return
			}
		}
	}
}
