package mapping

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"maps"
	"slices"
)

// Fingerprint is a hash of what the plan would do, in hex: what each line means,
// for which record, and which records go. Two plans of one file with the same
// fingerprint do the same, even if the map has changed between them.
func (p *Plan) Fingerprint() string {
	digest := sha256.New()
	w := printer{bufio.NewWriter(digest)}
	for _, name := range slices.Sorted(maps.Keys(p.sheets)) {
		w.text(name)
		p.sheets[name].print(w)
	}
	for _, r := range p.Repoints {
		w.number(uint32(r.Line))
		w.bytes(r.From[:])
	}
	for r := range p.Removals() {
		w.text(r.Source)
		w.number(r.Number)
	}
	w.end()
	return hex.EncodeToString(digest.Sum(nil))
}

func (s *sheet) print(w printer) {
	for _, f := range s.facts[1:] {
		w.number(f.line)
		w.number(uint32(f.class))
	}
	w.number(0) // which is no line
	for number, row := range s.concerns {
		if row != 0 {
			w.number(uint32(number))
			w.number(row)
		}
	}
	w.number(0) // which is no record
}

// printer writes to a hash, which never fails.
type printer struct{ w *bufio.Writer }

func (p printer) bytes(b []byte) { _, _ = p.w.Write(b) }

func (p printer) text(s string) {
	p.number(uint32(len(s)))
	_, _ = io.WriteString(p.w, s)
}

func (p printer) number(n uint32) {
	p.bytes(binary.BigEndian.AppendUint32(p.w.AvailableBuffer(), n))
}

func (p printer) end() { _ = p.w.Flush() }

// stale says whether a row that the plan means to import now means something
// else, or a record would go that a row named when the plan was made.
func (s *sheet) stale(options *PlanOptions) bool {
	if s.index.Revision() == s.revision {
		return false
	}
	for fact, d := range s.pending(options) {
		if fact.class != d.class {
			return true
		}
	}
	for r := range s.removals(options) {
		if int(r.Number) < len(s.concerns) && s.concerns[r.Number] != 0 {
			return true
		}
	}
	return false
}
