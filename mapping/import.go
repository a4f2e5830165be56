package mapping

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Result is what an import did to one map.
type Result struct {
	Counts
	// Written is how many records were made, changed or removed; 0: there was nothing
	// to do, and the log has no new change.
	Written int `json:"written"`
	// Revision is that since which the import is visible.
	Revision uint64 `json:"revision"`
}

var errOtherIndex = errors.New("import: the plan was made with another index than this map's")

// Import applies the rows that a plan has for this map's source, whole: readers
// see all of them or none. If the map has changed since the plan was made, the
// rows are compared anew, and what has become a conflict refuses the import with
// a [PlanError]; with Partial it is left out. With Exact, rows that have come to
// mean something else are [ErrStale].
func (m *Map) Import(ctx context.Context, plan *Plan, edit Edit) (Result, error) {
	if err := plan.Err(); err != nil {
		return Result{}, err
	}
	sheet := plan.sheets[m.index.source]
	if sheet == nil {
		return Result{Revision: m.index.Revision()}, nil
	}
	if sheet.index != m.index {
		return Result{}, errOtherIndex
	}
	var counts Counts
	seq, err := m.commit(ctx, edit, func() (changes iter.Seq[Change], err error) {
		if counts, err = sheet.ready(&plan.options); err != nil {
			return nil, err
		}
		return plan.options.watched(sheet.changes(&plan.options), &counts), nil
	})
	if err != nil {
		return Result{}, fmt.Errorf("import: %w", err)
	}
	return Result{Counts: counts, Written: plan.options.writes(&counts), Revision: seq}, nil
}

// Ready says whether all of the file could still be imported: its error is the
// one that [Map.Import] would return. A file of several sources is a change of
// each map, so this is asked before the first of them.
func (p *Plan) Ready() error {
	for _, name := range p.Sources() {
		if _, err := p.sheets[name].ready(&p.options); err != nil {
			return fmt.Errorf("import: %w", err)
		}
	}
	return p.Err()
}

// writes is how many records change if the rows are what the counts say.
func (o *PlanOptions) writes(counts *Counts) int {
	total := counts.New + counts.Changed + counts.Removed
	if o.AllowRepoint {
		total += counts.Repointed
	}
	return total
}

// watched tells how many of the changes have passed.
func (o *PlanOptions) watched(changes iter.Seq[Change], counts *Counts) iter.Seq[Change] {
	total := o.writes(counts)
	return func(yield func(Change) bool) {
		done := 0
		for c := range changes {
			if !yield(c) {
				return
			}
			if done++; done%progressEvery == 0 {
				o.tell(Writing, done, total)
			}
		}
		o.tell(Writing, done, total)
	}
}

// Apply changes the indexes as the plan says, without a log: for dry runs. The
// index of a [Map] must not be changed so.
func (p *Plan) Apply(edit Edit) error {
	if err := p.Err(); err != nil {
		return err
	}
	for _, s := range p.sheets {
		err := pack(edit.changeSet(), s.index.lastNumber(), s.changes(&p.options), s.index.applyEntry)
		if err != nil {
			return fmt.Errorf("apply plan: %w", err)
		}
	}
	return nil
}

// applyEntry makes an entry's changes visible at once, as the next revision.
func (x *Index) applyEntry(entry []byte) (uint64, error) {
	set, err := DecodeChangeSet(entry)
	if err != nil {
		return 0, err
	}
	seq := x.Revision() + 1
	return seq, x.Apply(seq, set)
}

// ready counts what the rows do to the index as it is now, if that may be done.
func (s *sheet) ready(options *PlanOptions) (Counts, error) {
	if options.Exact && s.stale(options) {
		return Counts{}, ErrStale
	}
	return s.revise(options)
}

// revise judges the rows once more, against the index as it is now, and counts
// them. Unless the plan is partial, rows that must not be imported any more are
// a [PlanError].
func (s *sheet) revise(options *PlanOptions) (Counts, error) {
	counts := s.counts()
	var refused PlanError
	for fact, d := range s.pending(options) {
		*counts.of(fact.class)--
		*counts.of(d.class)++
		refused.Conflicts = append(refused.Conflicts, atLine(d.conflicts, int(fact.line))...)
		if d.class == ClassRepointed && !options.AllowRepoint {
			refused.Repoints = append(refused.Repoints, d.repoint(int(fact.line)))
		}
	}
	for range s.removals(options) {
		counts.Removed++
	}
	if options.Partial {
		return counts, nil
	}
	return counts, refused.orNil()
}

// changes yields what the rows change in the index as it is now, behind the
// removal of what they do not name.
func (s *sheet) changes(options *PlanOptions) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for r := range s.removals(options) {
			if !yield(Change{Op: Remove, Record: Record{Number: r.Number}, Prior: r.Revision}) {
				return
			}
		}
		for _, d := range s.pending(options) {
			if d.changes(options.AllowRepoint) && !yield(d.change()) {
				return
			}
		}
	}
}

// pending yields those rows that the plan means to import, with what they do to
// the index as it is now.
func (s *sheet) pending(options *PlanOptions) iter.Seq2[fact, *difference] {
	return func(yield func(fact, *difference) bool) {
		var pace pace
		for row := uint32(1); row <= s.rows.last; row++ {
			pace.step()
			planned := difference{class: s.facts[row].class}
			if s.rows.get(row) == nil || !planned.changes(options.AllowRepoint) {
				continue
			}
			stated := s.stated(row)
			d := s.index.diff(&stated, Record.extend)
			if !yield(s.facts[row], &d) {
				return
			}
		}
	}
}
