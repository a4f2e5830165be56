package adapter_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// A file that comes is imported, and imported again when it is replaced by another.
func TestMapFileIsImportedWhenItIsReplaced(t *testing.T) {
	w := newWatched(t, "")
	l, u := newLedger(), newUser()
	w.mustPost(envelope(l.events(u, 3)...))
	w.awaitMoving(w.clock, want{Held: 3})
	if s := w.status(); s.State != admin.MapFileMissing || s.Path != w.file || s.Source != "myschool" {
		t.Fatalf("without a file it is %+v", s)
	}
	w.rename(row(1), platform(7).String()+",x-"+u.hex())
	if s := w.look(); s.State != admin.MapFilePending || w.people() != 0 {
		t.Fatalf("at first sight it is %+v", s)
	}
	s := w.settles(admin.MapFileCurrent)
	if i := s.Imported; i == nil || i.People != 2 || i.New != 2 || i.LeftOut != 0 || s.Reason != "" || s.Modified.IsZero() {
		t.Errorf("imported %+v of %+v", s.Imported, s)
	}
	w.awaitMoving(w.clock, want{Delivered: 3})
	w.rename(row(1), row(2), platform(7).String()+",x-"+u.hex())
	if i := w.settles(admin.MapFileCurrent).Imported; i.People != 3 || i.New != 1 {
		t.Errorf("then imported %+v", i)
	}
	changes := w.changes()
	sum := sha256.Sum256([]byte(rosterText(row(1), row(2), platform(7).String()+",x-"+u.hex())))
	how := mapping.How{Command: "map files", File: "users.csv", SHA256: hex.EncodeToString(sum[:])}
	if len(changes) != 2 || changes[0].By != "file users.csv" || changes[0].How != how {
		t.Errorf("the history has %+v", changes)
	}
}

// The same content is not planned again, whatever becomes of the file.
func TestMapFileOfTheSameContentIsNotImportedAgain(t *testing.T) {
	w := newWatched(t, "")
	w.rename(rowsOf(1, 5)...)
	first := w.settles(admin.MapFileCurrent)
	w.forget("s3")
	w.rename(rowsOf(1, 5)...)
	if s := w.settles(admin.MapFileCurrent); !s.Imported.At.Equal(first.Imported.At) || w.people() != 4 {
		t.Errorf("renamed: imported at %s and %s, %d people", first.Imported.At, s.Imported.At, w.people())
	}
	w.restart()
	w.firstLook()
	if s := w.settles(admin.MapFileCurrent); *s.Imported != *first.Imported || w.people() != 4 {
		t.Errorf("restarted: %+v, %d people", s.Imported, w.people())
	}
	w.reload("path: roster/users.csv")
	if w.look(); w.people() != 4 || len(w.changes()) != 1 || w.logged("was imported") != 1 {
		t.Errorf("reloaded: %d people, %d changes\n%s", w.people(), len(w.changes()), w.logs.Bytes())
	}
}

// forget removes a person from the map by hand.
func (w *watched) forget(person string) {
	w.t.Helper()
	people := w.People("myschool")
	for _, r := range people.Index().Find(person) {
		if err := people.Remove(w.t.Context(), r.Number, mapping.Edit{By: "ann"}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// What somebody has undone stays undone, restarts or not, until the file is another.
func TestUndoneMapFileStaysUndone(t *testing.T) {
	w := newWatched(t, "")
	w.rename(rowsOf(1, 5)...)
	w.settles(admin.MapFileCurrent)
	if _, err := w.People("myschool").Undo(t.Context(), w.changes()[0].Number, mapping.Edit{By: "ann"}); err != nil {
		t.Fatal(err)
	}
	w.restart()
	w.firstLook()
	if w.settles(admin.MapFileCurrent); w.people() != 0 {
		t.Fatalf("%d people after the restart", w.people())
	}
	w.rename(rowsOf(2, 5)...)
	if w.settles(admin.MapFileCurrent); w.people() != 4 {
		t.Errorf("%d people", w.people())
	}
}

// Nothing is imported of a file that grows, however long that takes.
func TestMapFileThatIsBeingWritten(t *testing.T) {
	w := newWatched(t, "")
	file, err := os.Create(w.file)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for n := range 6 {
		if _, err := file.WriteString(map[bool]string{true: rosterHeader + "\n"}[n == 0] + row(n+1) + "\n"); err != nil {
			t.Fatal(err)
		}
		if s := w.look(); s.State != admin.MapFilePending || w.people() != 0 {
			t.Fatalf("after %d rows it is %+v, with %d people", n+1, s, w.people())
		}
	}
	if s := w.settles(admin.MapFileCurrent); s.Imported.People != 6 || len(w.changes()) != 1 {
		t.Errorf("imported %+v", s.Imported)
	}
}

// Kubernetes swaps the link to the folder; the path of the file, its size and its time may stay as they are.
func TestMapFileBehindALink(t *testing.T) {
	w := makeWatched(t)
	folder, at := filepath.Dir(w.file), w.clock.Now()
	version := func(name string, rows ...string) {
		if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name, "users.csv")
		writeRoster(t, path, rows...)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(name, filepath.Join(folder, "next")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(folder, "next"), filepath.Join(folder, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	version("..1", row(1))
	if err := os.Symlink("..data/users.csv", w.file); err != nil {
		t.Fatal(err)
	}
	w.extra = watching("path: roster/users.csv, sync: true")
	w.start()
	w.firstLook()
	w.settles(admin.MapFileCurrent)
	version("..2", row(2))
	if w.settles(admin.MapFileCurrent); len(w.People("myschool").Index().Find("s2")) != 1 || w.people() != 1 {
		t.Errorf("%d people", w.people())
	}
}

// With sync the map says what the file says, and keeps what it has learned.
func TestMapFileWithSync(t *testing.T) {
	w := newWatched(t, ", sync: true")
	u := newUser()
	w.set(u, platform(99))
	w.rename(append(rowsOf(1, 20), platform(99).String()+",x-"+u.hex())...)
	// The one who is there is not named by what is known of her: she would be removed, which is one of one.
	if s := w.settles(admin.MapFileCurrent); s.Imported.New != 21 || s.Imported.Removed != 1 || w.people() != 21 {
		t.Fatalf("imported %+v", s.Imported)
	}
	l := newLedger()
	w.mustPost(envelope(l.events(u, 1)...))
	w.awaitMoving(w.clock, want{Delivered: 1})
	eventually(t, "her uuid is learned", func() bool {
		_, known := w.People("myschool").Lookup(mapping.Identity{UserUUID: u.uuid}, nil)
		return known
	})
	w.rename(append(rowsOf(3, 21), platform(99).String()+",x-"+u.hex())...)
	s := w.settles(admin.MapFileCurrent)
	if i := s.Imported; i.New != 1 || i.Removed != 2 || i.People != 20 || w.people() != 20 {
		t.Errorf("imported %+v", i)
	}
	if _, known := w.People("myschool").Lookup(mapping.Identity{UserUUID: u.uuid}, nil); !known {
		t.Error("what was learned is lost")
	}
}

// A file that was cut off is refused until somebody says that it is right.
func TestMapFileThatWouldRemoveTooMany(t *testing.T) {
	w := newWatched(t, ", sync: true, max_removals: 25%")
	w.rename(rowsOf(1, 100)...)
	w.settles(admin.MapFileCurrent)
	w.rename(rowsOf(1, 75)...)
	if s := w.settles(admin.MapFileCurrent); s.Imported.Removed != 25 {
		t.Fatalf("removed %+v", s.Imported)
	}
	cut := rowsOf(1, 56) // 19 of 75 are more than a quarter
	w.rename(cut...)
	s := w.settles(admin.MapFileRefused)
	if s.Reason != "it would remove 19 of 75 people of myschool, and max_removals is 25%" || w.people() != 75 {
		t.Errorf("refused for %q; %d people", s.Reason, w.people())
	}
	if want := "`bbcaliper map import --dry-run --sync --source myschool " + w.file + "` shows it"; !strings.HasPrefix(s.Remedy, want) {
		t.Errorf("the remedy is %q, want %q…", s.Remedy, want)
	}
	w.set(newUser(), platform(500)) // the map goes on
	if s := w.look(); s.State != admin.MapFileRefused {
		t.Errorf("after another change it is %+v", s)
	}
	w.importByHand(cut...)
	if s := w.look(); s.State != admin.MapFileCurrent || s.Imported.Removed != 0 || s.Imported.People != 56 || w.people() != 56 {
		t.Errorf("after it was imported by hand it is %+v, %d people", s, w.people())
	}
}

// importByHand makes the map equal to a roster, as `map import --sync` does.
func (w *watched) importByHand(rows ...string) {
	w.t.Helper()
	text, people := rosterText(rows...), w.People("myschool")
	csv, err := mapping.ReadFile(strings.NewReader(text), mapping.FileOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	plan, err := mapping.NewPlan(w.t.Context(), csv.Rows(), []*mapping.Index{people.Index()}, mapping.PlanOptions{Sync: true, AllowRepoint: true})
	if err != nil {
		w.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(text))
	how := mapping.How{Command: "map import", File: "a-copy.csv", SHA256: hex.EncodeToString(sum[:])}
	if _, err := people.Import(w.t.Context(), plan, mapping.Edit{By: "ann", How: how}); err != nil {
		w.t.Fatal(err)
	}
}

// A bad file changes nothing, is logged once, and a good one after it is imported.
func TestBadMapFileIsRefused(t *testing.T) {
	const secret = "nobody-may-see-this"
	for name, test := range map[string]struct {
		keys   string
		rows   []string
		reason string
		remedy string
	}{
		"invalid":        {"", []string{row(1), secret + ",s2"}, "1 line cannot be imported: 1 invalid, 0 in conflict; the first is line 3", "partial: true"},
		"in conflict":    {"", []string{row(1), platform(2).String() + ",s1"}, "2 lines cannot be imported: 0 invalid, 2 in conflict; the first is line 2", "--dry-run"},
		"with sync":      {", sync: true", []string{row(1), secret + ",s2"}, "1 line cannot be imported", "names them; mend the file"},
		"re-pointing":    {"", []string{row(1), platform(2).String() + ",s9"}, "1 line would give a person another platform id", "`allow_repoint: true` always"},
		"another header": {", columns: { external_id: identifier }", []string{row(1)}, "identifier", "the columns in the configuration"},
		"all bad":        {", partial: true", []string{row(1), platform(2).String() + ",s1"}, "2 lines cannot be imported", "names them; mend the file"},
		"empty":          {"", nil, "it names nobody", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWatched(t, test.keys)
			if _, err := w.People("myschool").Set(t.Context(), mapping.Record{PlatformID: platform(9), ExternalID: "s9"}, mapping.Edit{By: "ann"}); err != nil {
				t.Fatal(err)
			}
			w.rename(test.rows...)
			s := w.settles(admin.MapFileRefused)
			if !strings.Contains(s.Reason, test.reason) || !strings.Contains(s.Remedy, test.remedy) || s.Imported != nil || w.people() != 1 {
				t.Errorf("%+v, %d people", s, w.people())
			}
			w.rename(test.rows...) // another file, the same content
			w.settles(admin.MapFileRefused)
			w.reload("path: roster/users.csv" + test.keys)
			if w.look(); w.logged("is not imported") != 2 { // missing, refused
				t.Errorf("logged:\n%s", w.logs.Bytes())
			}
			if shown := fmt.Sprint(s) + string(w.logs.Bytes()) + string(w.read(admin.PathMetrics)); strings.Contains(shown, secret) {
				t.Errorf("it is shown:\n%s", shown)
			}
			good := rosterText(row(9), row(10))
			if strings.Contains(test.keys, "identifier") {
				good = strings.Replace(good, "external_id", "identifier", 1)
			}
			w.renameText(good)
			if s := w.settles(admin.MapFileCurrent); s.Reason != "" || s.Remedy != "" || w.people() != 2 {
				t.Errorf("a good file: %+v", s)
			}
		})
	}
}

// renameText is rename for a text of any form.
func (w *watched) renameText(text string) {
	w.t.Helper()
	if err := os.WriteFile(w.file+".new", []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(w.file+".new", w.file); err != nil {
		w.t.Fatal(err)
	}
}

// What is in the way can be mended in the map; a file that is touched is tried again.
func TestRefusedMapFileIsTriedAgain(t *testing.T) {
	w := newWatched(t, "")
	if _, err := w.People("myschool").Set(t.Context(), mapping.Record{PlatformID: platform(9), ExternalID: "s1"}, mapping.Edit{By: "ann"}); err != nil {
		t.Fatal(err)
	}
	w.rename(row(1))
	w.settles(admin.MapFileRefused)
	w.forget("s1")
	if s := w.look(); s.State != admin.MapFileRefused {
		t.Fatalf("by itself it is %s", s.State)
	}
	if err := os.Chtimes(w.file, w.clock.Now(), w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	w.settles(admin.MapFileCurrent)
}

// With leave in the configuration, rows re-point; with partial, bad rows are left out and said to be.
func TestMapFileWithLeave(t *testing.T) {
	w := newWatched(t, ", allow_repoint: true")
	w.rename(rowsOf(1, 3)...)
	w.settles(admin.MapFileCurrent)
	w.rename(row(1), platform(7).String()+",s2", row(3))
	if i := w.settles(admin.MapFileCurrent).Imported; i.Repointed != 1 || i.LeftOut != 0 || i.People != 3 {
		t.Errorf("imported %+v", i)
	}
	w.reload("path: roster/users.csv, partial: true")
	w.rename(row(1), platform(8).String()+",s2", "nobody,s4", row(5))
	s := w.settles(admin.MapFileCurrent)
	if i := s.Imported; i.New != 1 || i.Repointed != 0 || i.LeftOut != 2 || s.Reason != "2 lines of it could not be imported" || !strings.Contains(s.Remedy, "--dry-run") {
		t.Errorf("imported %+v of %+v", s.Imported, s)
	}
	w.restart()
	w.firstLook()
	if again := w.settles(admin.MapFileCurrent); again.Reason != s.Reason || *again.Imported != *s.Imported {
		t.Errorf("after a restart %+v of %+v", again.Imported, again)
	}
}

// A reload puts another list into effect, and looks at all files at once.
func TestMapFilesAreReloaded(t *testing.T) {
	w := newWatched(t, "")
	other := filepath.Join(w.dir, "other.csv")
	w.rename(row(1), "nobody,s2")
	w.settles(admin.MapFileRefused)
	writeRoster(t, other, row(3))
	w.reload("path: roster/users.csv, partial: true", "path: other.csv, every: 5s")
	eventually(t, "both are imported", func() bool {
		w.clock.Advance(10 * time.Second)
		all := w.statuses()
		return len(all) == 2 && all[0].State == admin.MapFileCurrent && all[1].State == admin.MapFileCurrent
	})
	if w.people() != 2 {
		t.Errorf("%d people", w.people())
	}
	w.reload("path: other.csv, every: 5s")
	if all := w.statuses(); len(all) != 1 || all[0].Path != other || all[0].State != admin.MapFileCurrent {
		t.Errorf("then there are %+v", all)
	}
	w.rename(rowsOf(1, 9)...)
	if w.look(); w.people() != 2 {
		t.Error("a file that is not watched any more is imported")
	}
	w.reload()
	if len(w.statuses()) != 0 || strings.Contains(string(w.read(admin.PathMetrics)), "bbcaliper_map_file_") {
		t.Error("files that are gone are still there")
	}
}

// A reload tries at once what was refused: what was in the way may be mended.
func TestReloadTriesMapFilesAgain(t *testing.T) {
	w := newWatched(t, "")
	if _, err := w.People("myschool").Set(t.Context(), mapping.Record{PlatformID: platform(9), ExternalID: "s1"}, mapping.Edit{By: "ann"}); err != nil {
		t.Fatal(err)
	}
	w.rename(row(1))
	w.settles(admin.MapFileRefused)
	w.forget("s1")
	w.reload("path: roster/users.csv")
	w.until("it is imported, though no time has passed", func(s admin.MapFileStatus) bool { return s.State == admin.MapFileCurrent })
}

// Other settings import the same content anew.
func TestMapFileWithOtherSettings(t *testing.T) {
	w := newWatched(t, "")
	w.set(newUser(), platform(50))
	w.rename(rowsOf(1, 5)...)
	w.settles(admin.MapFileCurrent)
	w.reload("path: roster/users.csv, sync: true")
	if s := w.settles(admin.MapFileCurrent); s.Imported.Removed != 1 || w.people() != 5 {
		t.Errorf("imported %+v", s.Imported)
	}
}

// What is no file is said to be none, and a file that goes away takes nothing with it.
func TestMapFileThatCannotBeRead(t *testing.T) {
	w := newWatched(t, ", sync: true")
	w.rename(rowsOf(1, 3)...)
	w.settles(admin.MapFileCurrent)
	if err := os.Remove(w.file); err != nil {
		t.Fatal(err)
	}
	if s := w.look(); s.State != admin.MapFileMissing || !s.Modified.IsZero() || s.Imported.People != 3 || w.people() != 3 {
		t.Errorf("removed: %+v", s)
	}
	if err := os.Mkdir(w.file, 0o755); err != nil {
		t.Fatal(err)
	}
	if s := w.look(); s.State != admin.MapFileUnreadable || !strings.Contains(s.Reason, "not a regular file") {
		t.Errorf("a folder: %+v", s)
	}
	w.look()
	if n := w.logged("is not imported"); n != 3 { // missing at first, missing, a folder
		t.Errorf("logged %d times:\n%s", n, w.logs.Bytes())
	}
	if err := os.Remove(w.file); err != nil {
		t.Fatal(err)
	}
	w.rename(rowsOf(1, 3)...)
	if s := w.settles(admin.MapFileCurrent); s.Reason != "" || len(w.changes()) != 1 {
		t.Errorf("there again: %+v", s)
	}
}

// A file of several sources goes into the map of each.
func TestMapFileOfSeveralSources(t *testing.T) {
	w := makeWatched(t)
	w.sources = oneSource + ", { name: college, keys: [another-key-of-a-school] }"
	w.extra = "    sources: [myschool, college]\n" + watching("path: roster/users.csv, columns: { source: site }, sync: true")
	w.start()
	w.firstLook()
	w.renameText("platform_id,external_id,site\n" + row(1) + ",myschool\n" + row(2) + ",college\n")
	s := w.settles(admin.MapFileCurrent)
	if s.Source != "" || s.Imported.People != 2 || w.people() != 1 || w.People("college").Index().Len() != 1 {
		t.Errorf("imported %+v of %+v", s.Imported, s)
	}
	w.renameText("platform_id,external_id,site\n" + row(1) + ",myschool\n" + row(2) + ",elsewhere\n")
	if s := w.settles(admin.MapFileRefused); !strings.HasPrefix(s.Reason, "1 line cannot be imported: 1 invalid") {
		t.Errorf("refused for %q", s.Reason)
	}
}

// JSON lines are imported as CSV is.
func TestMapFileOfJSONLines(t *testing.T) {
	w := newWatched(t, "")
	w.renameText(`{"platform_id":"` + platform(1).String() + `","external_id":"s1"}` + "\n")
	if s := w.settles(admin.MapFileCurrent); s.Imported.New != 1 || len(w.People("myschool").Index().Find("s1")) != 1 {
		t.Errorf("imported %+v", s.Imported)
	}
}

func TestMetricsOfMapFiles(t *testing.T) {
	w := newWatched(t, ", partial: true")
	file := `file="` + w.file + `"`
	for series, want := range map[string]string{
		`bbcaliper_map_file_state{` + file + `,state="missing"}`:      "1",
		`bbcaliper_map_file_state{` + file + `,state="current"}`:      "0",
		`bbcaliper_map_file_imported_timestamp_seconds{` + file + `}`: "0",
		`bbcaliper_map_file_modified_timestamp_seconds{` + file + `}`: "0",
		`bbcaliper_map_file_people{` + file + `}`:                     "0",
		`bbcaliper_map_file_state{` + file + `,state="refused"}`:      "0",
		`bbcaliper_map_file_state{` + file + `,state="failed"}`:       "0",
		`bbcaliper_map_file_state{` + file + `,state="pending"}`:      "0",
		`bbcaliper_map_file_state{` + file + `,state="unreadable"}`:   "0",
	} {
		w.awaitMetric(series, want)
	}
	w.rename(row(1), row(2), "nobody,s3")
	s := w.settles(admin.MapFileCurrent)
	w.awaitMetric(`bbcaliper_map_file_state{`+file+`,state="current"}`, "1")
	w.awaitMetric(`bbcaliper_map_file_people{`+file+`}`, "2")
	w.awaitMetric(`bbcaliper_map_file_left_out{`+file+`}`, "1")
	for name, at := range map[string]float64{"imported": float64(s.Imported.At.UnixMilli()) / 1000, "modified": float64(s.Modified.UnixMilli()) / 1000} {
		var got float64
		text := w.metric("bbcaliper_map_file_" + name + "_timestamp_seconds{" + file + "}")
		if _, err := fmt.Sscan(text, &got); err != nil || got != at {
			t.Errorf("%s at %s, want %f", name, text, at)
		}
	}
}
