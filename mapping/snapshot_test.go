package mapping

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/s2"
)

// snapshotOf returns the chunks of an index.
func snapshotOf(x *Index) [][]byte {
	var chunks [][]byte
	picture := x.picture()
	for chunk := range picture.chunks() {
		chunks = append(chunks, bytes.Clone(chunk))
	}
	return chunks
}

func fromSnapshot(chunks [][]byte) (*Index, error) {
	reader := snapshotReader{index: NewIndex("school")}
	for _, chunk := range chunks {
		if err := reader.chunk(chunk); err != nil {
			return nil, err
		}
	}
	return reader.index, reader.finish()
}

// equalIndexes compares everything that readers can ask.
func equalIndexes(t testing.TB, got, want *Index) {
	t.Helper()
	equalRecords(t, slices.Collect(got.All()), slices.Collect(want.All()))
	if got.Len() != want.Len() || got.Revision() != want.Revision() || got.lastNumber() != want.lastNumber() {
		t.Fatalf("%d records at %d, last %d; want %d at %d, last %d", got.Len(), got.Revision(), got.lastNumber(),
			want.Len(), want.Revision(), want.lastNumber())
	}
	for r := range want.All() {
		for _, key := range r.Identity().Keys() {
			if !slices.Contains(got.Find(key.Value), r) {
				t.Fatalf("record %d is not found by its %s", r.Number, key.Alias)
			}
		}
		if !slices.Contains(got.Find(r.PlatformID.String()), r) {
			t.Fatalf("record %d is not found by its platform id", r.Number)
		}
	}
}

// indexWithGaps holds n records less every seventh and the last, changed by
// several people.
func indexWithGaps(t testing.TB, n int) *Index {
	x := NewIndex("school")
	for i := range n {
		r := sampleRecord(i)
		r.Note, r.Email = fmt.Sprint("note ", i), fmt.Sprintf("s%d@school.test", i)
		if i%3 == 0 {
			r.UserUUID, r.Email = uuid.Nil, ""
		}
		change := ChangeSet{Kind: Single, By: fmt.Sprint("editor ", i%5), At: unixMilli(int64(i) * 1000), Changes: []Change{put(r)}}
		if err := x.Apply(x.Revision()+2, change); err != nil {
			t.Fatal(err)
		}
		if i%7 == 0 || i == n-1 {
			applySet(t, x, Change{Op: Remove, Record: Record{Number: x.lastNumber()}})
		}
	}
	return x
}

func TestSnapshotHoldsTheIndex(t *testing.T) {
	for _, n := range []int{0, 1, 2, 9000} {
		want := indexWithGaps(t, n)
		chunks := snapshotOf(want)
		got, err := fromSnapshot(chunks)
		if err != nil {
			t.Fatal(err)
		}
		equalIndexes(t, got, want)
		if n == 9000 && len(chunks) < 3 {
			t.Errorf("%d records in %d chunks", n, len(chunks))
		}
		// Both go on alike.
		for _, x := range []*Index{got, want} {
			applySet(t, x, put(Record{PlatformID: id(1), ExternalID: "next"}))
		}
		equalIndexes(t, got, want)
	}
}

// What changes while a snapshot is written is not in it.
func TestSnapshotIsOfOneMoment(t *testing.T) {
	x := indexWithGaps(t, 5000)
	want, err := fromSnapshot(snapshotOf(x))
	if err != nil {
		t.Fatal(err)
	}
	picture := x.picture()
	var chunks [][]byte
	for chunk := range picture.chunks() {
		chunks = append(chunks, bytes.Clone(chunk))
		for r := range x.All() {
			if r.Number > 5000 {
				break
			}
			if r.Number%11 == 0 {
				applySet(t, x, Change{Op: Remove, Record: r})
				continue
			}
			r.ExternalID, r.Note = fmt.Sprint("other ", r.Number, x.Revision()), "x"
			applySet(t, x, put(r), put(Record{PlatformID: id(1), ExternalID: fmt.Sprint("new ", x.Revision())}))
		}
	}
	got, err := fromSnapshot(chunks)
	if err != nil {
		t.Fatal(err)
	}
	equalIndexes(t, got, want)
}

func TestDamagedSnapshotsAreRefused(t *testing.T) {
	whole, other := snapshotOf(indexWithGaps(t, 9000)), snapshotOf(indexWithGaps(t, 9000))
	damage := func(chunk, at int) [][]byte {
		chunks := slices.Clone(whole)
		chunks[chunk] = bytes.Clone(chunks[chunk])
		chunks[chunk][at] ^= 4
		return chunks
	}
	tests := map[string][][]byte{
		"empty chunk":      {{}},
		"no end":           whole[:len(whole)-1],
		"a gap":            slices.Delete(slices.Clone(whole), 1, 2),
		"no head":          whole[1:],
		"twice":            append(slices.Clone(whole), whole...),
		"two mixed":        append(slices.Clone(whole[:1]), other[1:]...),
		"swapped":          {whole[0], whole[2], whole[1]},
		"newer version":    damage(0, 0),
		"end flag":         damage(0, 1),
		"id":               damage(1, 5),
		"number":           damage(1, 18),
		"sum":              damage(1, 22),
		"body":             damage(1, 1000),
		"cut short":        {whole[0], whole[1][:len(whole[1])-1]},
		"less than a head": {whole[0][:10]},
	}
	for name, chunks := range tests {
		if _, err := fromSnapshot(chunks); !errors.Is(err, errSnapshot) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A map whose snapshot cannot be used reads its whole log.
func TestMapLoadsWithAndWithoutItsSnapshot(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{SnapshotAfter: 1000})
	importRows(t, m, 3000)
	if err := log.saved(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		set(t, m, Record{PlatformID: id(i), UserUUID: sampleAccount(i)})
	}
	with := openMap(t, log, Options{})
	equalIndexes(t, with.Index(), m.Index())
	if l := with.Loading(); l.Snapshot == 0 || l.SnapshotErr != nil || l.Changes != 5 {
		t.Errorf("with: %+v", l)
	}
	log.mu.Lock()
	log.chunks[0][20] ^= 1
	log.mu.Unlock()
	without := openMap(t, log, Options{})
	equalIndexes(t, without.Index(), m.Index())
	if l := without.Loading(); l.Snapshot != 0 || !errors.Is(l.SnapshotErr, errSnapshot) || l.Changes != 3005 {
		t.Errorf("without: %+v", l)
	}
	for _, again := range []*Map{with, without} {
		set(t, again, Record{PlatformID: id(7), ExternalID: fmt.Sprintf("seven%p", again)})
	}
}

// A snapshot may be taken while a change set is open; what comes of it is read
// from the log.
func TestSnapshotWhileAnImportRuns(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{SnapshotAfter: 1})
	set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
	if err := log.saved(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	entries := entriesAfter(1, 2500, 1)
	for _, entry := range entries[:2] {
		log.force(entry, m.index.Find("s1")[0].ChangedAt)
	}
	during := openMap(t, log, Options{})
	for _, entry := range entries[2:] {
		log.force(entry, m.index.Find("s1")[0].ChangedAt)
	}
	after := openMap(t, log, Options{})
	for _, x := range []*Map{m, during, after} {
		if err := x.follower.await(t.Context(), log.last()); err != nil {
			t.Fatal(err)
		}
		equalIndexes(t, x.Index(), m.Index())
	}
	if during.Loading().Snapshot == 0 || after.Index().Len() != 2501 {
		t.Errorf("%+v, %d records", during.Loading(), after.Index().Len())
	}
}

// Snapshots are written when loading would take half as long again, and by who
// finds the last one too old.
func TestSnapshotsComeWhenTheLogHasGrown(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{SnapshotAfter: 50})
	importRows(t, m, 1000)
	if err := log.saved(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	first := log.copyOf
	for i := range 45 { // worth 11 changes each: 495, not yet half of 1000
		set(t, m, Record{PlatformID: id(i), UserUUID: sampleAccount(i)})
	}
	if newest, _ := log.Snapshot(t.Context()); newest != first {
		t.Errorf("the next snapshot came too early")
	}
	set(t, m, Record{PlatformID: id(99), UserUUID: sampleAccount(99)})
	if err := log.saved(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
}

// A snapshot that failed is tried again, and one of another member suffices.
func TestSnapshotsAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &refusing{memLog: newMemLog(), left: 2}
		m := openMap(t, log, Options{SnapshotAfter: 10})
		set(t, m, sampleRecord(1))
		time.Sleep(2 * keeperPause)
		synctest.Wait()
		if log.saves != 1 || log.left != 0 {
			t.Fatalf("%d snapshots, %d refusals left", log.saves, log.left)
		}
		log.copyOf = 1 << 40 // another member's
		set(t, m, sampleRecord(2))
		time.Sleep(2 * keeperPause)
		if synctest.Wait(); log.saves != 1 {
			t.Errorf("%d snapshots", log.saves)
		}
	})
}

// refusing refuses some snapshots.
type refusing struct {
	*memLog
	left int
}

func (l *refusing) SaveSnapshot(ctx context.Context, revision uint64, chunks iter.Seq[[]byte]) error {
	if l.left > 0 {
		l.left--
		return ErrConflict
	}
	return l.memLog.SaveSnapshot(ctx, revision, chunks)
}

// Whatever a chunk holds: no panic, and no index with two owners of an alias.
func FuzzSnapshotChunk(f *testing.F) {
	x := indexWithGaps(f, 50)
	picture := x.picture()
	w := snapshotWriter{}
	for number, r := range picture.all() {
		w.record(&picture.records, number, r)
	}
	f.Add(w.body)
	head := snapshotOf(x)[0]
	f.Fuzz(func(t *testing.T, body []byte) {
		chunk := append(bytes.Clone(head[:snapshotHeadBytes]), s2.Encode(nil, body)...)
		chunk[1] = 1
		binary.LittleEndian.PutUint32(chunk[18:], 1)
		binary.LittleEndian.PutUint32(chunk[snapshotSum:], sumOf(chunk))
		reader := snapshotReader{index: NewIndex("school")}
		if err := reader.chunk(head); err != nil {
			t.Fatal(err)
		}
		if err := reader.chunk(chunk); err != nil || reader.finish() != nil {
			return
		}
		oneOwnerEach(t, reader.index)
	})
}
