package mapping

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// PlanOptions say how a file is to be understood.
type PlanOptions struct {
	// Source is that of the rows that name none. "": the only one there is; with
	// several, every row has to name its own.
	Source string
	// AllowRepoint lets rows give a record another platform id.
	AllowRepoint bool
	// Partial imports the good rows of a file that has bad ones.
	Partial bool
	// Sync also removes the records that the file does not name, of those sources
	// for which it has usable rows. A record is named by any of its aliases. What
	// the map has learned of the others stays. Not together with Partial or
	// SkipEmpty: a row that is left out does not say whom it names.
	Sync bool
	// SkipEmpty passes over rows without a platform id, as in a work list that was
	// filled in in part.
	SkipEmpty bool
	// Exact refuses an import with [ErrStale] if a row has come to mean something
	// else since it was planned. Without it, such rows are judged anew.
	Exact bool
	// Progress, if not nil, is told now and then how far planning and importing
	// have come. It is called by the goroutine that plans or imports.
	Progress func(Progress)
}

// Progress is how far an import has come.
type Progress struct {
	Stage Stage
	Done  int // rows that were read, or changes that were written
	Total int // of those; 0: nobody knows yet
}

// Stage is a part of an import.
type Stage string

const (
	// Reading compares the rows of the file with the map.
	Reading Stage = "reading"
	// Writing stores the changes. They are visible when all of them are stored.
	Writing Stage = "writing"
)

// progressEvery is how many rows or changes pass between two reports.
const progressEvery = 1000

func (o *PlanOptions) tell(stage Stage, done, total int) {
	if o.Progress != nil {
		o.Progress(Progress{Stage: stage, Done: done, Total: total})
	}
}

var errSyncPart = errors.New("plan import: a part of a file cannot say who is to be removed: sync goes neither with partial nor with skipping rows")

// ErrStale means that the map has changed so that an import would not do what
// was planned. Nothing was changed.
var ErrStale = errors.New("the map has changed since the import was planned")

// Invalid is a row that cannot be used.
type Invalid struct {
	Line   int     `json:"line"`
	Faults []Fault `json:"faults"`
}

func (i Invalid) String() string { return fmt.Sprintf("line %d: %s", i.Line, i.reason()) }

func (i Invalid) reason() string {
	texts := make([]string, len(i.Faults))
	for n, f := range i.Faults {
		texts[n] = f.String()
	}
	return strings.Join(texts, "; ")
}

// Repoint is a row that gives a record another platform id: the events of one
// Blackboard account would leave as another person's.
type Repoint struct {
	Line   int       `json:"line,omitempty"` // 0: no file
	Number uint32    `json:"number"`         // of the record
	From   uuid.UUID `json:"from"`
	To     uuid.UUID `json:"to"`
}

func (r Repoint) String() string {
	if r.Line == 0 {
		return r.reason()
	}
	return fmt.Sprintf("line %d: %s", r.Line, r.reason())
}

func (r Repoint) reason() string {
	return fmt.Sprintf("platform id of record %d changes from %s to %s", r.Number, r.From, r.To)
}

// Plan is what importing a file would do. It holds the file's rows in compact
// form, so [Map.Import] need not read them again; a million take about 160 MB.
type Plan struct {
	Invalid   []Invalid
	Conflicts []Conflict
	Repoints  []Repoint
	// Inactive is how many rows the file itself marks as inactive or deleted; they
	// are treated like all others.
	Inactive int
	// Skipped is how many rows were passed over because they have no platform id;
	// they count nowhere else.
	Skipped int

	options PlanOptions
	sheets  map[string]*sheet
}

// NewPlan compares the rows of a file with the indexes of the sources that may
// occur in it. It changes nothing. Its error is one of reading the rows; what is
// wrong with the rows themselves stands in the plan.
func NewPlan(ctx context.Context, rows iter.Seq2[Row, error], indexes []*Index, options PlanOptions) (*Plan, error) {
	if options.Sync && (options.Partial || options.SkipEmpty) {
		return nil, errSyncPart
	}
	p := &Plan{options: options, sheets: make(map[string]*sheet, len(indexes))}
	for _, x := range indexes {
		p.sheets[x.source] = newSheet(x)
	}
	if options.Source == "" && len(indexes) == 1 {
		p.options.Source = indexes[0].source
	}
	read, pace := 0, pace{}
	for row, err := range rows {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("plan import: %w", err)
		}
		p.add(&row)
		pace.step()
		if read++; read%progressEvery == 0 {
			options.tell(Reading, read, 0)
		}
	}
	options.tell(Reading, read, read)
	return p, nil
}

func (p *Plan) add(row *Row) {
	if p.options.SkipEmpty && slices.Contains(row.Faults, noPlatformID) {
		p.Skipped++
		return
	}
	if row.Inactive {
		p.Inactive++
	}
	if row.Record.Source == "" {
		row.Record.Source = p.options.Source
	}
	sheet := p.sheets[row.Record.Source]
	switch {
	case sheet != nil || len(row.Faults) > 0:
	case row.Record.Source == "":
		row.Faults = []Fault{{columnSource, "is required, as there are several"}}
	default:
		row.Faults = []Fault{{columnSource, "names no source of the configuration"}}
	}
	if len(row.Faults) > 0 {
		p.Invalid = append(p.Invalid, Invalid{Line: row.Line, Faults: row.Faults})
		return
	}
	conflicts, repoint := sheet.add(row)
	p.Conflicts = append(p.Conflicts, conflicts...)
	if repoint != nil {
		p.Repoints = append(p.Repoints, *repoint)
	}
}

// Counts sums up the plan.
func (p *Plan) Counts() Counts {
	sum := Counts{Invalid: len(p.Invalid)}
	for _, s := range p.sheets {
		sum.Add(s.counts())
	}
	for range p.Removals() {
		sum.Removed++
	}
	return sum
}

// Sources returns the names of the sources for which the file has usable rows.
func (p *Plan) Sources() []string {
	var names []string
	for name, s := range p.sheets {
		if s.rows.live > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Err returns a [PlanError] if the plan must not be imported as it is: rows are
// invalid or in conflict, or re-point records, and the options do not allow for
// that.
func (p *Plan) Err() error {
	if p.options.Partial {
		return nil
	}
	return p.rejected().orNil()
}

// Rejected returns the rows that are not imported, whether or not they keep the
// others from being; nil if there are none.
func (p *Plan) Rejected() *PlanError {
	if e := p.rejected(); e.orNil() != nil {
		return e
	}
	return nil
}

func (p *Plan) rejected() *PlanError {
	e := &PlanError{Invalid: p.Invalid, Conflicts: p.Conflicts}
	if !p.options.AllowRepoint {
		e.Repoints = p.Repoints
	}
	return e
}
