package translate_test

import (
	"testing"

	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// The mission's two payloads by each part of their way: what reading costs, and what writing and checking cost.
func BenchmarkTranslate(b *testing.B) {
	for _, fixture := range []string{"v1p1/login", "v1p1/lti-launch"} {
		b.Run(fixture+"/decode", func(b *testing.B) { benchmarkDecode(b, fixture) })
		for _, preset := range timeback.PresetNames() {
			b.Run(fixture+"/"+preset, func(b *testing.B) { benchmarkTranslate(b, fixture, preset, false) })
		}
		b.Run(fixture+"/decode+timeback", func(b *testing.B) {
			benchmarkTranslate(b, fixture, timeback.PresetTimeBack, true)
		})
	}
}

func benchmarkDecode(b *testing.B, fixture string) {
	b.Helper()
	raw := compact(b, readFixture(b, fixture))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := blackboard.Decode(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkTranslate includes the conformance check and the last look for users.
func benchmarkTranslate(b *testing.B, fixture, preset string, withDecode bool) {
	b.Helper()
	raw := compact(b, readFixture(b, fixture))
	event := decode(b, raw)[0]
	translator, known := form{preset: preset}.translator(b), newSchool(b).context(event)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if withDecode {
			var err error
			if event, err = blackboard.Decode(raw); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := translator.Translate(event, known); err != nil {
			b.Fatal(err)
		}
	}
}
