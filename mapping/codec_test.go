package mapping

import (
	"encoding/binary"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func sampleSet() ChangeSet {
	return ChangeSet{
		Kind: Part, ID: id(77), At: time.UnixMilli(1763712000123).UTC(), By: "ann",
		How:   How{Command: "map import", File: "users.csv", SHA256: strings.Repeat("ab", 32), Resolver: "sis", Undoes: 41},
		Parts: 3, Begun: 1 << 40, Effect: Effect{New: 1, Changed: 2, Repointed: 300, Removed: 4},
		Changes: []Change{
			put(sampleRecord(1)),
			{Op: Put, Prior: 12, Repoints: true, Record: Record{Number: 9, PlatformID: id(9), Email: "ä@school.test", Note: "two\nlines"}},
			{Op: Put, Prior: 1 << 63, Record: Record{Number: 1<<32 - 1, PlatformID: id(3), UserUUID: account(3)}},
			{Op: Remove, Prior: 13, Record: Record{Number: 4}},
		},
	}
}

func TestChangeSetRoundTrip(t *testing.T) {
	early := sampleSet()
	early.At = time.UnixMilli(-5).UTC()
	marker := ChangeSet{Kind: End, ID: id(1), At: time.UnixMilli(0).UTC(), Parts: 1000, Changes: []Change{}}
	for _, want := range []ChangeSet{sampleSet(), early, marker} {
		got, err := DecodeChangeSet(want.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

func TestDamagedEntriesAreErrors(t *testing.T) {
	set := sampleSet()
	entry := set.Encode()
	body := set.appendHeader(nil, len(set.Changes))
	for i := range set.Changes {
		body = set.Changes[i].append(body)
	}
	damaged := map[string][]byte{
		"empty":          {},
		"newer version":  append([]byte{3}, entry[1:]...),
		"version 0":      append([]byte{0}, entry[1:]...),
		"unknown kind":   append([]byte{1, 9}, entry[2:]...),
		"no kind":        append([]byte{1, 0}, entry[2:]...),
		"head only":      entry[:headBytes],
		"trailing bytes": set.seal(append(body, 0)),
		"huge block":     append(entry[:headBytes:headBytes], 0xff, 0xff, 0xff, 0xff, 0x0f, 0),
		"too many":       set.seal(set.appendHeader(nil, MaxChanges+1)),
		"nil platform":   (&ChangeSet{Kind: Single, Changes: []Change{put(Record{ExternalID: "s"})}}).Encode(),
		"long user id":   (&ChangeSet{Kind: Single, Changes: []Change{put(Record{PlatformID: id(1), UserID: strings.Repeat("x", MaxUserID+1)})}}).Encode(),
	}
	for n := range len(body) {
		damaged["cut at "+uuid.NewString()] = set.seal(body[:n])
	}
	for name, entry := range damaged {
		if _, err := DecodeChangeSet(entry); !errors.Is(err, ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Entries of version 1 are read for ever.
func TestEntriesOfVersion1(t *testing.T) {
	body := binary.AppendVarint(nil, 1763712000123)
	for _, text := range []string{"ann", "map import", "users.csv", "ab"} {
		body = appendText(body, text)
	}
	body = append(body, 0, 2) // parts, count
	want := []Change{put(sampleRecord(1)), {Op: Remove, Record: Record{Number: 9}, Prior: 3}}
	for i := range want {
		body = want[i].append(body)
	}
	set := ChangeSet{Kind: Single, ID: id(1)}
	entry := set.seal(body)
	entry[0] = 1
	got, err := DecodeChangeSet(entry)
	if err != nil || got.By != "ann" || got.How.SHA256 != "ab" || !reflect.DeepEqual(got.Changes, want) || got.Effect != (Effect{New: 1, Removed: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzDecodeChangeSet(f *testing.F) {
	set := sampleSet()
	f.Add(set.Encode())
	f.Add([]byte{1, 1})
	f.Fuzz(func(t *testing.T, entry []byte) {
		set, err := DecodeChangeSet(entry)
		if err != nil {
			if !errors.Is(err, ErrEntry) {
				t.Fatalf("error %v", err)
			}
			return
		}
		again, err := DecodeChangeSet(set.Encode())
		if err != nil || !reflect.DeepEqual(again, set) {
			t.Fatalf("decoded %+v, again %+v, %v", set, again, err)
		}
	})
}
