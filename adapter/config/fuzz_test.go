package config

import (
	"reflect"
	"strings"
	"testing"
)

// Whatever the file holds, reading it ends in a configuration or in problems, the same ones each time.
func FuzzParse(f *testing.F) {
	f.Add(minimal)
	f.Add(Example)
	f.Add(withMapFile("path: a, sync: true, max_removals: 1e1%, columns: { email: x }, every: 1s }, { path: b, max_removals: 99999999999999999999"))
	f.Add("a: &a [*a]")
	f.Add("sources: [{ name: a, keys: [sha256:00] }]\ndestinations: [{ rate: 1e400, app_id: 1, skip: [{}] }]")
	f.Add("? [a]\n: b\n<<: { c: d }\n'x.y[0]': 1\n")
	f.Add("journal: { keep: 99999999d, max_bytes: 99999999EiB, dedup_window: 1ns }\nlimits: { max_events: 0x7fffffffffffffff }")
	f.Fuzz(func(t *testing.T, text string) {
		parse := func() (*Config, error) { return Parse([]byte(text), "", environment("NAME", "value")) }
		cfg, err := parse()
		again, errAgain := parse()
		if (cfg == nil) == (err == nil) || !reflect.DeepEqual(cfg, again) || (err == nil) != (errAgain == nil) {
			t.Fatalf("got %v, %v and then %v, %v", cfg, err, again, errAgain)
		}
		if err != nil && (err.Error() == "" || strings.Contains(err.Error(), "wrong type") || err.Error() != errAgain.Error()) {
			t.Fatalf("got %q and then %q", err, errAgain)
		}
	})
}
