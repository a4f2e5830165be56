package mapping

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// The table against a map, with few hashes so that they collide and clusters
// wrap around the end.
func TestTableAgainstModel(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var subject table
	model := map[uint32][]uint32{}
	for number := uint32(1); number <= 20_000; number++ {
		hash := uint32(random.IntN(500)) * 0x01000193
		if numbers := model[hash]; len(numbers) > 0 && random.IntN(5) < 3 {
			i := random.IntN(len(numbers))
			subject.remove(hash, numbers[i])
			model[hash] = slices.Delete(numbers, i, i+1)
		} else {
			subject.add(hash, number)
			model[hash] = append(numbers, number)
		}
		checkTable(t, &subject, hash, model[hash])
	}
	total := 0
	for hash, numbers := range model {
		checkTable(t, &subject, hash, numbers)
		total += len(numbers)
	}
	if subject.used != total {
		t.Errorf("used = %d, want %d", subject.used, total)
	}
}

func checkTable(t *testing.T, subject *table, hash uint32, want []uint32) {
	t.Helper()
	var got []uint32
	subject.candidates(hash, func(n uint32) bool { got = append(got, n); return false })
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Fatalf("under %#x: %v, want %v", hash, got, want)
	}
}

func TestTableRemoveOfAbsentNumber(t *testing.T) {
	var empty table
	empty.remove(1, 1)
	empty.add(1, 7)
	empty.remove(1, 8)
	checkTable(t, &empty, 1, []uint32{7})
}
