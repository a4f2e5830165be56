package adapter_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// watched is an adapter that watches the file roster/users.csv of its folder, with a clock that stands still.
type watched struct {
	*rig
	clock *clockwork.FakeClock
	logs  *lockedBuffer
	file  string
}

// newWatched starts it; keys are more of the file's, such as ", sync: true".
func newWatched(t *testing.T, keys string) *watched {
	t.Helper()
	w := makeWatched(t)
	w.extra = watching("path: roster/users.csv" + keys)
	w.start()
	w.firstLook()
	return w
}

// makeWatched is newWatched without a configuration of files, and without a start.
func makeWatched(t *testing.T) *watched {
	t.Helper()
	c, url := newCollector(t, collector.Options{Keep: -1})
	clock, logs, dir := clockwork.NewFakeClockAt(time.Now()), &lockedBuffer{}, t.TempDir()
	log := logrus.New()
	log.SetOutput(logs)
	r := &rig{t: t, collector: c, url: url, dir: dir, store: embedded, sources: oneSource, log: log, clock: clock}
	w := &watched{rig: r, clock: clock, logs: logs, file: filepath.Join(dir, "roster", "users.csv")}
	if err := os.Mkdir(filepath.Dir(w.file), 0o755); err != nil {
		t.Fatal(err)
	}
	return w
}

// watching is the configuration of watched files.
func watching(files ...string) string {
	return "mapping: { files: [{ " + strings.Join(files, " }, { ") + " }] }\n"
}

// statuses is what the API says of the watched files.
func (w *watched) statuses() []admin.MapFileStatus {
	w.t.Helper()
	var status admin.Status
	w.call(http.MethodGet, admin.PathStatus, "", &status)
	return status.MapFiles
}

func (w *watched) status() admin.MapFileStatus {
	w.t.Helper()
	return w.statuses()[0]
}

// firstLook waits for the one at the start.
func (w *watched) firstLook() {
	w.t.Helper()
	w.until("the file is looked at", func(s admin.MapFileStatus) bool { return !s.Looked.IsZero() })
}

// until waits for a state of the first file, while time stands still.
func (w *watched) until(what string, holds func(admin.MapFileStatus) bool) admin.MapFileStatus {
	w.t.Helper()
	var s admin.MapFileStatus
	if !w.await(func() bool { s = w.status(); return holds(s) }) {
		w.t.Fatalf("still not: %s: %+v", what, s)
	}
	return s
}

// look lets time pass until the first file is looked at once more. The next look is arranged for when one has been noted,
// so that there is just one.
func (w *watched) look() admin.MapFileStatus {
	w.t.Helper()
	before := w.status().Looked
	w.clock.Advance(10 * time.Second)
	return w.until("the file is looked at again", func(s admin.MapFileStatus) bool { return s.Looked.After(before) })
}

// settles looks until the file is in a state, which has to be the one that it stays in. A store that is too busy to answer
// is asked again.
func (w *watched) settles(state string) admin.MapFileStatus {
	w.t.Helper()
	for range 20 {
		switch s := w.look(); s.State {
		case state:
			return s
		case admin.MapFilePending:
		case admin.MapFileFailed:
			w.clock.Advance(5 * time.Minute)
		default:
			w.t.Fatalf("it is %s, want %s: %+v\n%s", s.State, state, s, w.logs.Bytes())
		}
	}
	w.t.Fatalf("it does not become %s: %+v", state, w.status())
	return admin.MapFileStatus{}
}

// rename writes a file aside and renames it over the watched one.
func (w *watched) rename(rows ...string) {
	w.t.Helper()
	aside := w.file + ".new"
	writeRoster(w.t, aside, rows...)
	if err := os.Rename(aside, w.file); err != nil {
		w.t.Fatal(err)
	}
}

// reload reads the configuration again and waits until the first file was looked at.
func (w *watched) reload(files ...string) {
	w.t.Helper()
	w.clock.Advance(time.Millisecond) // so that the look is later than the one before
	at := w.clock.Now()
	w.extra = ""
	if len(files) > 0 {
		w.extra = watching(files...)
	}
	if err := w.Reload(w.t.Context(), w.config()); err != nil {
		w.t.Fatal(err)
	}
	if len(files) > 0 {
		w.until("the file is looked at again", func(s admin.MapFileStatus) bool { return !s.Looked.Before(at.UTC()) })
	}
}

// people is how many are in the map.
func (w *watched) people() int { return w.People("myschool").Index().Len() }

// changes are those that files made, the newest first.
func (w *watched) changes() []mapping.ChangeInfo {
	w.t.Helper()
	changes, _, err := w.People("myschool").Log(w.t.Context(), mapping.LogFilter{}, mapping.Page{Limit: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(changes, func(c mapping.ChangeInfo) bool { return c.How.Command != "map files" })
}

// logged counts the lines of the log that hold a text.
func (w *watched) logged(text string) int { return strings.Count(string(w.logs.Bytes()), text) }

const rosterHeader = "platform_id,external_id"

func writeRoster(t testing.TB, path string, rows ...string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(rosterText(rows...)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func rosterText(rows ...string) string {
	return strings.Join(append([]string{rosterHeader}, rows...), "\n") + "\n"
}

// platform is the platform id of number n.
func platform(n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("7a0f9d52-44f7-4f0e-9d55-%012d", n))
}

// row maps external id s<n> to platform id n.
func row(n int) string { return fmt.Sprintf("%s,s%d", platform(n), n) }

// rowsOf are the rows from..to.
func rowsOf(from, to int) []string {
	var rows []string
	for n := from; n <= to; n++ {
		rows = append(rows, row(n))
	}
	return rows
}
