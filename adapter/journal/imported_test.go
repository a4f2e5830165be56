package journal

import (
	"testing"
	"time"
)

// TestImportedLasts keeps what is known of each file across a restart.
func TestImportedLasts(t *testing.T) {
	dir := t.TempDir()
	j, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	one := Imported{SHA256: "aa", Settings: "s", At: time.Now().UTC(), People: 6, New: 3, Changed: 2, Repointed: 1, Removed: 4, LeftOut: 5}
	other := Imported{SHA256: "bb"}
	for _, now := range []Imported{other, one} { // the second replaces the first
		if err := j.SetImported(t.Context(), "/srv/one.csv", now); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.SetImported(t.Context(), "/srv/other.csv", other); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if j, err = Open(t.Context(), Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for path, want := range map[string]Imported{"/srv/one.csv": one, "/srv/other.csv": other, "/srv/never.csv": {}} {
		if got, err := j.Imported(t.Context(), path); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", path, got, err, want)
		}
	}
}
