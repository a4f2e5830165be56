package mapping

import (
	"errors"
	"iter"
	"testing"
	"time"
)

// entriesOf packs n new records.
func entriesOf(n, from int) [][]byte { return entriesAfter(0, n, from) }

// entriesAfter packs n new records, numbered from last + 1 on.
func entriesAfter(last uint32, n, from int) [][]byte {
	return packEntries(ChangeSet{ID: id(from + 1), At: time.UnixMilli(1)}, last, func(yield func(Change) bool) {
		for i := range n {
			if !yield(put(sampleRecord(from + i))) {
				return
			}
		}
	})
}

// packEntries packs changes as if they were stored from sequence 1 on.
func packEntries(set ChangeSet, last uint32, changes iter.Seq[Change]) (entries [][]byte) {
	_ = pack(set, last, changes, func(entry []byte) (uint64, error) {
		entries = append(entries, entry)
		return uint64(len(entries)), nil
	})
	return entries
}

func replayAll(t *testing.T, entries ...[]byte) *Index {
	t.Helper()
	x := NewIndex("school")
	var a assembly
	for i, entry := range entries {
		v, err := a.next(uint64(i+1), time.Now(), entry)
		if err != nil {
			t.Fatal(err)
		}
		if v != nil {
			x.apply(v, nil)
		}
	}
	if a.last != x.lastNumber() {
		t.Fatalf("the last number is %d, want %d", a.last, x.lastNumber())
	}
	return x
}

func TestPackSizes(t *testing.T) {
	for _, tt := range []struct{ changes, entries int }{{0, 0}, {1, 1}, {1000, 1}, {1001, 4}, {2500, 5}} {
		entries := entriesOf(tt.changes, 0)
		if len(entries) != tt.entries {
			t.Errorf("%d changes: %d entries, want %d", tt.changes, len(entries), tt.entries)
		}
		if n := replayAll(t, entries...).Len(); n != tt.changes {
			t.Errorf("%d changes: %d records", tt.changes, n)
		}
	}
}

// Long notes make a part end before its thousandth change.
func TestPackBoundsBytes(t *testing.T) {
	note := make([]byte, MaxNote)
	for i := range note {
		note[i] = byte('a' + i*i%23)
	}
	entries := packEntries(ChangeSet{}, 0, func(yield func(Change) bool) {
		for i := range 1000 {
			r := sampleRecord(i)
			r.Note = string(note)
			if !yield(put(r)) {
				return
			}
		}
	})
	if len(entries) != 2+3 {
		t.Fatalf("%d entries", len(entries))
	}
	if n := replayAll(t, entries...).Len(); n != 1000 {
		t.Errorf("%d records", n)
	}
}

// A set of several entries is visible at its end or never.
func TestUnfinishedSetsAreNeverVisible(t *testing.T) {
	whole := entriesOf(2500, 0) // begin, three parts, end
	begin, one, two, three, end := whole[0], whole[1], whole[2], whole[3], whole[4]
	other := entriesOf(1, 5000)[0]
	another := entriesOf(1001, 6000)
	tests := []struct {
		name    string
		entries [][]byte
		want    int
	}{
		{"whole", whole, 2500},
		{"without an end", [][]byte{begin, one, two, three}, 0},
		{"another entry in between", [][]byte{begin, one, other, two, three, end}, 1},
		{"another entry before the end", [][]byte{begin, one, two, three, other, end}, 1},
		{"the last part is missing", [][]byte{begin, one, two, end}, 0},
		{"a part comes twice", [][]byte{begin, one, two, three, three, end}, 0},
		{"no begin", [][]byte{one, two, three, end}, 0},
		{"end alone", [][]byte{end}, 0},
		{"begun anew", [][]byte{begin, one, begin, one, two, three, end}, 2500},
		{"another set begins", append([][]byte{begin, one, two}, another...), 1001},
		{"mixed with another set", [][]byte{begin, another[0], one, another[1], two, another[2], three, end, another[3]}, 0},
		{"a part of another set", [][]byte{begin, one, two, another[1], end}, 0},
		{"a single entry goes on", [][]byte{begin, one, two, three, other}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := replayAll(t, tt.entries...)
			if x.Len() != tt.want {
				t.Fatalf("%d records, want %d", x.Len(), tt.want)
			}
		})
	}
}

func TestRevisionsOfParts(t *testing.T) {
	x := replayAll(t, entriesOf(2500, 0)...)
	for number, want := range map[uint32]uint64{1: 2, 1000: 2, 1001: 3, 2500: 4} {
		if r, _ := x.Get(number); r.Revision != want {
			t.Errorf("record %d is at revision %d, want %d", number, r.Revision, want)
		}
	}
	if x.Revision() != 5 {
		t.Errorf("the map is at revision %d, want 5", x.Revision())
	}
}

// A number that was never given shows that entries are missing.
func TestAssemblyRefusesNumbersNeverGiven(t *testing.T) {
	whole := entriesOf(2500, 0)
	single := ChangeSet{Kind: Single, Changes: []Change{{Op: Put, Record: Record{Number: 5, PlatformID: id(1)}}}}
	gone := ChangeSet{Kind: Single, Changes: []Change{{Op: Remove, Record: Record{Number: 1}}}}
	for name, entries := range map[string][][]byte{
		"single":        {single.Encode()},
		"remove":        {gone.Encode()},
		"after others":  {entriesOf(3, 0)[0], single.Encode()},
		"a missing one": {whole[0], whole[1], whole[3]},
	} {
		var a assembly
		var err error
		for i, entry := range entries {
			_, err = a.next(uint64(i+1), time.Now(), entry)
		}
		if !errors.Is(err, ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
