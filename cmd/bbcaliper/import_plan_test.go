package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

const importHeader = "platform_id,user_uuid,user_id,external_id\n"

// holds waits until the events of the person of the payloads are held.
func (r *rig) holds() {
	r.t.Helper()
	if status := r.post(testKey, payload(r.t, "v1p1/login.json")); status != 200 {
		r.t.Fatalf("POST answered %d", status)
	}
	r.until("the login is held", func(got ran) bool { return strings.Contains(got.out, testUser) }, "map", "unmapped")
}

func TestImportShowsWhatWaits(t *testing.T) {
	r := newRig(t)
	r.holds()
	r.run("map", "set", "--platform-id", otherPlatform, "--user-id", "_2_1").is(exitDone)
	file := write(t, "people.csv", importHeader+testPlatform+","+testUser+",,\n"+testPlatform+",,_2_1,\n")
	refused := r.run("map", "import", "--dry-run", file).fails().
		prints("would import: 1 new, 0 changed, 0 the same, 1 not re-pointed", "  make a record      1      1               1\n", "  re-point a record  1      0               0\n").
		says("accounts that would be given to another person, which needs --allow-repoint:\n  line 3: platform id of record 1 changes", "1 line cannot be imported")
	if strings.Contains(refused.out, "releases") {
		t.Errorf("a file that is refused releases something:\n%s", refused.out)
	}
	r.run("map", "import", "--dry-run", "--allow-repoint", file).is(exitDone).
		prints("that releases 1 held event of 1 person\n", "accounts whose events leave as another person's from then on:\n  line 3: platform id of record 1 changes")
	var plan admin.ImportResult
	r.run("map", "import", "--dry-run", "--allow-repoint", "--json", file).is(exitDone).into(&plan)
	if plan.Releases["new"] != (admin.Release{People: 1, Events: 1}) || len(plan.Repoints) != 1 || plan.Plan == "" {
		t.Errorf("plan is %+v", plan)
	}
	r.terminal, r.in = true, "y\n"
	asked := r.run("map", "import", "--allow-repoint", file).is(exitDone).prints("imported: 1 new", "; that is change ").
		says("  make a record      1      1               1\n", "that releases 1 held event of 1 person\n", "line 3: platform id", "Import this? [y/N]")
	if strings.Contains(asked.out, "LINES THAT") || strings.Count(asked.err, "line 3") != 1 {
		t.Errorf("the plan is repeated:\n%s%s", asked.out, asked.err)
	}
	if err := r.collector.WaitFor(t.Context(), 1); err != nil {
		t.Error(err)
	}
}

func TestSyncAsks(t *testing.T) {
	r := newRig(t)
	r.run("map", "import", write(t, "all.csv", people(30))).is(exitDone)
	file := write(t, "people.csv", people(2))
	r.run("map", "import", "--sync", file).is(exitUsage).says("whether to remove records: give --yes")
	r.run("map", "import", "--sync", "--yes", "--partial", file).is(exitUsage).says("--sync goes neither with --partial")
	r.run("map", "import", "--sync", "--yes", "--skip-empty", file).is(exitUsage)
	r.run("map", "import", "--sync", "--dry-run", file).is(exitDone).prints("2 the same, 0 re-pointed, 0 in conflict, 0 invalid, 28 removed\n",
		"the file does not name 28 records, which are removed:\n  RECORD", "  3       myschool", "_2_1", "  and 8 more\n")
	r.terminal, r.in = true, "n\n"
	r.run("map", "import", "--sync", file).is(exitFailed).says("  and 8 more\n", "Import this, and remove 28 records? [y/N]", "nothing was changed")
	r.run("map", "show", "_29_1").is(exitDone)
	r.in = people(2)
	r.run("map", "import", "--sync", "-").is(exitUsage) // standard input holds the file, not an answer
	r.in = "y\n"
	r.run("map", "import", "--sync", file).is(exitDone).prints("28 removed; that is change ")
	r.run("map", "show", "_29_1").is(exitFailed)
	r.terminal = false
	r.run("map", "import", "--sync", "--yes", write(t, "one.csv", people(1))).is(exitDone).prints("1 the same, 0 re-pointed, 0 in conflict, 0 invalid, 1 removed")
}

func TestRejectedLinesCanBeMended(t *testing.T) {
	r := newRig(t)
	file := write(t, "people.csv", "sourcedId;user_id;shoe\n"+testPlatform+";_1_1;38\nnothing;_2_1;39\n;_3_1;40\n"+otherPlatform+";_4_1\n")
	bad := filepath.Join(t.TempDir(), "bad.csv")
	flags := []string{"--column", "platform_id=sourcedId", "--rejected", bad}
	args := func(file string, more ...string) []string {
		return append(append([]string{"map", "import", file}, flags...), more...)
	}
	r.run(args(file)...).is(exitFailed).says("3 lines cannot be imported", ": 3-5", "3 rejected lines were written with the reason to "+bad)
	r.run("map", "show", "_1_1").is(exitFailed)
	r.run(args(file, "--partial", "--skip-empty")...).is(exitDone).prints("1 new", "2 invalid, 1 skipped").says("2 rejected lines were written", "left out: 2 lines cannot be imported")
	text, err := os.ReadFile(bad)
	info, _ := os.Stat(bad)
	want := "reason,sourcedId,user_id,shoe\nplatform_id is not a UUID,nothing,_2_1,39\n\"has 2 cells, but the header has 3\"," + otherPlatform + ",_4_1\n"
	if err != nil || string(text) != want || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v: %s of mode %v", err, text, info.Mode())
	}
	mended := strings.NewReplacer("nothing", testPlatform, "_4_1", "_4_1,41").Replace(string(text))
	file = write(t, "mended.csv", mended)
	r.run(args(file)...).is(exitDone).prints("imported: 2 new").says("no line was rejected, so " + bad + " is not written")
	r.run("map", "show", "_4_1").is(exitDone)

	r.run("map", "import", "--rejected", bad, bad).is(exitUsage).says("must be another file")
	r.run("map", "import", "--rejected", bad, "-").is(exitUsage).says("standard input cannot")
	r.run("map", "import", "--rejected", filepath.Join(bad, "x"), write(t, "x.csv", "platform_id,user_id\nx,_9_1\n")).is(exitFailed).says("write rejected lines")
	r.terminal, r.in = true, "n\n"
	elsewhere := filepath.Join(t.TempDir(), "none.csv")
	r.run("map", "import", "--rejected", elsewhere, "--partial", write(t, "x.csv", "platform_id,user_id\nx,_9_1\n"+otherPlatform+",_8_1\n")).is(exitFailed)
	if _, err := os.Stat(elsewhere); err == nil {
		t.Error("rejected lines of a file that nobody wanted are written")
	}
}

// Of very many bad lines each is named, and some are explained.
func TestManyBadLines(t *testing.T) {
	r := newRig(t)
	file := write(t, "bad.csv", "platform_id,user_id\n"+strings.Repeat("x,_1_1\n", 1500))
	for _, flags := range [][]string{nil, {"--dry-run"}} {
		got := r.run(append([]string{"map", "import", file}, flags...)...).
			says("1500 lines cannot be imported", ": 2-1501\n", "  line 101: platform_id is not a UUID\n", "and more: --rejected FILE")
		if lines := strings.Count(got.err, "\n"); lines != shownProblems+2 || got.code != exitFailed {
			t.Errorf("exit %d, %d lines are printed", got.code, lines)
		}
	}
}

// answers is a keyboard: each answer is given when it is asked for.
type answers []func() string

func (a *answers) Read(p []byte) (int, error) {
	if len(*a) == 0 {
		return 0, io.EOF
	}
	answer := (*a)[0]()
	*a = (*a)[1:]
	return copy(p, answer+"\n"), nil
}

// on runs a command line on a terminal.
func (r *rig) on(in io.Reader, now func() time.Time, args ...string) ran {
	r.t.Helper()
	var out, err bytes.Buffer
	code := run(context.WithoutCancel(r.t.Context()), args, &console{
		in: in, out: &out, err: &err, terminal: true, now: now,
		env: func(name string) (string, bool) { value, ok := r.env[name]; return value, ok },
	})
	return ran{t: r.t, line: strings.Join(args, " "), code: code, out: out.String(), err: err.String()}
}

// If the map or the file changes while somebody thinks about a plan, they are shown what that makes of it.
func TestPlanThatIsOutdated(t *testing.T) {
	r := newRig(t)
	file := write(t, "people.csv", importHeader+testPlatform+",,_1_1,\n"+otherPlatform+",,_2_1,\n")
	keyboard := &answers{
		func() string {
			r.run("map", "set", "--platform-id", testPlatform, "--user-id", "_1_1").is(exitDone)
			return "y"
		},
		func() string {
			if err := os.WriteFile(file, []byte(importHeader+otherPlatform+",,_3_1,\n"), 0o600); err != nil {
				t.Error(err)
			}
			return "y"
		},
		func() string {
			r.run("map", "set", "--platform-id", testPlatform, "--user-id", "_9_1").is(exitDone) // nothing to the file
			return "y"
		},
	}
	got := r.on(keyboard, time.Now, "map", "import", file).is(exitDone).prints("imported: 1 new, 0 changed, 0 the same").
		says("would import: 2 new, 0 changed, 0 the same", "would import: 1 new, 0 changed, 1 the same", "would import: 1 new, 0 changed, 0 the same")
	if strings.Count(got.err, "has changed meanwhile") != 2 || strings.Count(got.err, "[y/N]") != 3 || len(*keyboard) > 0 {
		t.Errorf("said %s", got.err)
	}
	r.run("map", "show", "_2_1").is(exitFailed)
	r.run("map", "show", "_3_1").is(exitDone)
}

// On a terminal a long import shows how far it is, on the line that the result replaces.
func TestImportDrawsItsProgress(t *testing.T) {
	r := newRig(t)
	file := write(t, "people.csv", people(2500))
	clock := time.Now()
	slow := func() time.Time { clock = clock.Add(time.Second); return clock }
	got := r.on(strings.NewReader(""), slow, "map", "import", "--yes", file).is(exitDone).prints("imported: 2500 new").
		says("\rreading ", " 100%", "\rread 2500 lines\x1b[K", "\rwriting ████████████████████ 100% of 2500 changes\x1b[K")
	if !strings.HasSuffix(got.err, "\r\x1b[K") {
		t.Errorf("the line is left behind: %q", got.err)
	}
	quickly := func() time.Time { return clock }
	if quick := r.on(strings.NewReader(""), quickly, "map", "import", "--yes", file).is(exitDone); quick.err != "" {
		t.Errorf("a short import draws %q", quick.err)
	}
	if quiet := r.run("map", "import", file).is(exitDone); quiet.err != "" {
		t.Errorf("without a terminal it draws %q", quiet.err)
	}
}

// Files as they come from elsewhere.
func TestImportOfOtherForms(t *testing.T) {
	r := newRig(t)
	for name, file := range map[string]struct {
		text  string
		flags []string
	}{
		"lines.jsonl": {`{"platform_id":"` + testPlatform + `","user_id":"_1_1"}` + "\n", nil},
		"sheet.csv":   {"\ufeffplatform_id;user_id;note\r\n" + testPlatform + ";_2_1;\"two\r\nlines; one cell\"\r\n", nil},
		"users.csv":   {"sourcedId,status,enabledUser,username,email\n" + testPlatform + ",active,true,jdoe,shared@school.test\n", []string{"--column", "platform_id=sourcedId", "--column", "external_id=username", "--column", "email=-"}},
		"learn.txt":   {"external_person_key|user_id|other_id\nx-1|jdoe|" + testPlatform + "\n", []string{"--column", "platform_id=other_id", "--column", "external_id=external_person_key"}},
	} {
		r.run(append([]string{"map", "import", write(t, name, file.text)}, file.flags...)...).is(exitDone).prints("imported: 1 new")
	}
	var records []mapping.Record
	r.run("map", "show", testPlatform, "--json").is(exitDone).into(&records)
	if len(records) != 4 || strings.Contains(fmt.Sprint(records), "shared") {
		t.Errorf("records are %+v", records)
	}
}
