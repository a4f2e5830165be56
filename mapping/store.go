package mapping

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// store packs records: 72 bytes each in pages without pointers, and their texts
// in an arena. Numbers are dense and never used twice; a removed record leaves
// its 72 bytes behind.
type store struct {
	pages [][]packed
	// shared says which pages a picture reads, too: they are copied before they
	// are written to.
	shared  []bool
	last    uint32 // the highest number given
	live    int
	texts   arena
	editors editors
}

type packed struct {
	platform  uuid.UUID // nil: no such record
	user      uuid.UUID
	revision  uint64
	changedAt int64 // Unix milliseconds
	text      uint64
	changedBy uint32
	lengths   [textFields]uint16
}

// The texts of a record, in the order in which they lie in the arena.
const (
	textUserID = iota
	textExternalID
	textEmail
	textNote
	textFields
)

const (
	recordShift    = 12 // 4,096 records a page
	recordsPerPage = 1 << recordShift
)

// next gives a new number.
func (s *store) next() uint32 {
	s.last++
	if int(s.last>>recordShift) >= len(s.pages) {
		s.pages = append(s.pages, make([]packed, recordsPerPage))
	}
	return s.last
}

// at returns the slot of a number that was given, else nil.
func (s *store) at(number uint32) *packed {
	if number == 0 || number > s.last {
		return nil
	}
	return &s.pages[number>>recordShift][number&(recordsPerPage-1)]
}

// own is at for a given number whose record is about to be written.
func (s *store) own(number uint32) *packed {
	page := number >> recordShift
	if int(page) < len(s.shared) && s.shared[page] {
		s.pages[page] = slices.Clone(s.pages[page])
		s.shared[page] = false
	}
	return &s.pages[page][number&(recordsPerPage-1)]
}

// share returns the store as it is now. It stays so while this one goes on: the
// picture may be read without a lock, and costs a copy of each page that is
// written to meanwhile. Texts need none, as arenas only grow.
func (s *store) share() store {
	s.shared = make([]bool, len(s.pages))
	for page := range s.shared {
		s.shared[page] = true
	}
	picture := *s
	picture.pages, picture.texts.pages = slices.Clone(s.pages), slices.Clone(s.texts.pages)
	return picture
}

// get returns the living record of that number, else nil.
func (s *store) get(number uint32) *packed {
	if p := s.at(number); p != nil && p.platform != uuid.Nil {
		return p
	}
	return nil
}

// put writes the record under its number, which must have been given.
func (s *store) put(r *Record) {
	p := s.own(r.Number)
	s.forget(p)
	texts := [textFields]string{r.UserID, r.ExternalID, r.Email, r.Note}
	*p = packed{
		platform: r.PlatformID, user: r.UserUUID, revision: r.Revision,
		changedAt: r.ChangedAt.UnixMilli(), changedBy: s.editors.number(r.ChangedBy),
		text: s.texts.add(texts),
	}
	for i, t := range texts {
		p.lengths[i] = uint16(len(t))
	}
	s.live++
}

func (s *store) remove(number uint32) { s.forget(s.own(number)) }

func (s *store) forget(p *packed) {
	if p.platform == uuid.Nil {
		return
	}
	s.texts.dead += p.textBytes()
	*p = packed{}
	s.live--
	if s.texts.wasteful() {
		s.compact()
	}
}

// compact copies the living texts to a new arena.
func (s *store) compact() {
	var fresh arena
	for number := uint32(1); number <= s.last; number++ {
		if s.get(number) != nil {
			p := s.own(number)
			p.text = fresh.add([textFields]string{string(s.texts.bytes(p.text, p.textBytes()))})
		}
	}
	s.texts = fresh
}

// record unpacks; its texts are copies, so nobody pins a page.
func (s *store) record(number uint32, p *packed) Record {
	return Record{
		Number: number, PlatformID: p.platform, UserUUID: p.user,
		UserID: string(s.text(p, textUserID)), ExternalID: string(s.text(p, textExternalID)),
		Email: string(s.text(p, textEmail)), Note: string(s.text(p, textNote)),
		ChangedBy: s.editors.name(p.changedBy), ChangedAt: time.UnixMilli(p.changedAt).UTC(), Revision: p.revision,
	}
}

// text returns one of the record's texts in place.
func (s *store) text(p *packed, field int) []byte {
	at := p.text
	for _, n := range p.lengths[:field] {
		at += uint64(n)
	}
	return s.texts.bytes(at, int(p.lengths[field]))
}

func (p *packed) textBytes() int {
	n := 0
	for _, l := range p.lengths {
		n += int(l)
	}
	return n
}

// editors numbers the few names of those who change records.
type editors struct {
	names   []string
	numbers map[string]uint32
}

func (e *editors) number(name string) uint32 {
	if n, ok := e.numbers[name]; ok {
		return n
	}
	if e.numbers == nil {
		e.numbers = make(map[string]uint32)
	}
	n := uint32(len(e.names))
	e.names = append(e.names, name)
	e.numbers[name] = n
	return n
}

func (e *editors) name(n uint32) string { return e.names[n] }
