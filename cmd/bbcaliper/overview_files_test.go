package main

import (
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// Watched files have a table of their own, and a line for each that wants somebody.
func TestOverviewOfMapFiles(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	imported := &admin.ImportedFile{At: now.Add(-26 * time.Hour), People: 1200, New: 30, Changed: 2, Repointed: 1, Removed: 4}
	s := admin.Status{
		Engine: admin.EngineStatus{OK: true},
		MapFiles: []admin.MapFileStatus{
			{Path: "/srv/north.csv", State: admin.MapFileCurrent, Modified: now.Add(-27 * time.Hour), Imported: imported},
			{Path: "/srv/south.csv", State: admin.MapFileRefused, Reason: "it would remove 900 of 1200 people of south, and max_removals is 10%",
				Remedy: "look at it", Since: now.Add(-3 * time.Minute), Modified: now.Add(-4 * time.Minute), Imported: imported},
			{Path: "/srv/new.csv", State: admin.MapFilePending, Reason: "it is new, or is being written", Modified: now.Add(-3 * time.Second)},
			{Path: "/srv/west.csv", State: admin.MapFileMissing, Reason: "there is no such file", Since: now.Add(-time.Hour)},
			{Path: "/srv/east.csv", State: admin.MapFileCurrent, Reason: "2 lines of it could not be imported", Remedy: "mend them", Modified: now,
				Imported: &admin.ImportedFile{At: now, People: 5, New: 5, LeftOut: 2}},
		},
	}
	const want = `
MAP FILE        STATE    MODIFIED  IMPORTED  PEOPLE  NEW  CHANGED  RE-POINTED  REMOVED  LEFT OUT
/srv/north.csv  current  27h ago   26h ago   1200    30   2        1           4        0
/srv/south.csv  refused  4m ago    26h ago   1200    30   2        1           4        0
/srv/new.csv    pending  3s ago    never     -       -    -        -           -        -
/srv/west.csv   missing  -         never     -       -    -        -           -        -
/srv/east.csv   current  0s ago    0s ago    5       5    0        0           0        2

→ /srv/south.csv has been refused for 3m: it would remove 900 of 1200 people of south, and max_removals is 10%; look at it
→ /srv/west.csv has been missing for 1h: there is no such file
→ /srv/east.csv: 2 lines of it could not be imported; mend them
`
	if got := overview(&s, now); !strings.HasSuffix(got, want) {
		t.Errorf("overview is\n%s\nwant at its end\n%s", got, want)
	}
}
