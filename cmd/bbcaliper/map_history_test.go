package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

const otherPlatform = "c2b7e1a4-9d3e-4c52-8f6a-5e0b9a7d3f21"

// historyRig has a map of two people that were imported, one of whom was corrected since. It returns the number of the
// import.
func historyRig(t *testing.T) (*rig, string) {
	t.Helper()
	r := newRig(t)
	file := write(t, "users.csv", "platform_id,user_id,external_id,email\n"+
		testPlatform+",_1_1,x-1,a@b.example\n"+otherPlatform+",_2_1,x-2,\n")
	r.run("map", "import", "--yes", file).is(exitDone)
	r.run("map", "set", "--platform-id", testPlatform, "--user-id", "_1_1", "--external-id", "x-9", "--note", "a\x1b[2Jb").is(exitDone)
	var changes []admin.MapChange
	r.run("map", "log", "--json").is(exitDone).into(&changes)
	if len(changes) != 2 || changes[1].Effect != (mapping.Effect{New: 2}) {
		t.Fatalf("changes are %+v", changes)
	}
	return r, number(changes[1].Number)
}

func TestMapLog(t *testing.T) {
	r := newRig(t)
	r.run("map", "log").is(exitDone).says("the map has never been changed")
	if got := r.run("map", "log", "--json").is(exitDone); got.out != "[]\n" {
		t.Errorf("an empty log is %q", got.out)
	}
	r, _ = historyRig(t)
	got := r.run("map", "log").is(exitDone).
		prints("CHANGE  AT ", "  myschool  admin  2 new      map import users.csv sha256:", "  myschool  admin  1 changed  map set\n")
	if strings.Index(got.out, "map set") > strings.Index(got.out, "map import") || got.err != "" {
		t.Errorf("the newest does not come first, or something is said: %s%s", got.out, got.err)
	}
	got = r.run("map", "log", "--limit", "1").is(exitDone).says("there are older ones")
	if strings.Contains(got.out, "map import") {
		t.Errorf("more than one is listed:\n%s", got.out)
	}
	got = r.run("map", "log", "--limit", "2").is(exitDone)
	if lines := strings.Count(got.out, "\n"); lines != 3 || got.err != "" {
		t.Errorf("listed:\n%s%s", got.out, got.err)
	}
	r.run("map", "log", "--limit", "0", "--by", "admin", "--since", "1h", "--source", "myschool").is(exitDone).prints("map set", "map import")
	r.run("map", "log", "--until", "2020-01-01").is(exitDone).says("no changes of the map are like that")
	r.run("map", "log", "--by", "stream").is(exitDone).says("no changes of the map are like that")
	r.run("map", "log", "--source", "nope").is(exitFailed).says("no source nope")
	r.run("map", "log", "--since", "1h", "--until", "2h").is(exitUsage)
}

// changeStub has changes of the map, numbered from 1 on.
type changeStub struct {
	stub
	changes int
}

func (s *changeStub) Changes(_ context.Context, f admin.ChangeFilter) (page []admin.MapChange, err error) {
	newest := uint64(s.changes)
	if f.Before > 0 {
		newest = f.Before - 1
	}
	for n := newest; n > 0 && len(page) < f.Limit; n-- {
		page = append(page, admin.MapChange{ChangeInfo: mapping.ChangeInfo{Number: n}})
	}
	return page, nil
}

// More changes than a page of the API has are listed in one go.
func TestMapLogIsPaged(t *testing.T) {
	s := &changeStub{changes: 2*admin.MaxChangesLimit + 500}
	sh := besides(t, s)
	for limit, want := range map[uint]int{0: s.changes, 50: 50, admin.MaxChangesLimit: admin.MaxChangesLimit, 1500: 1500, 9999: s.changes} {
		var changes []admin.MapChange
		sh.run("map", "log", "--json", "--limit", fmt.Sprint(limit)).is(exitDone).into(&changes)
		if len(changes) != want || changes[want-1].Number != uint64(s.changes-want+1) {
			t.Errorf("with --limit %d %d are listed", limit, len(changes))
		}
	}
}

func TestMapHistory(t *testing.T) {
	r, change := historyRig(t)
	for _, person := range []string{"x-1", "x-9", "_1_1", "a@b.example", testPlatform} {
		r.run("map", "history", person).is(exitDone).prints("change "+change+", ", ": record 1 of source myschool was made\n",
			"  by           admin\n  how          map import\n  file         users.csv\n", "  e-mail       a@b.example\n",
			": record 1 of source myschool was changed\n", "  external id  x-1 → x-9\n", "  note         - → a�[2Jb\n").
			says("bbcaliper map undo CHANGE")
	}
	r.run("map", "remove", "--yes", "_1_1").is(exitDone)
	r.run("map", "history", "x-1").is(exitDone).prints("was removed\n", "  external id  x-9 → -\n")
	var versions []mapping.Version
	r.run("map", "history", "x-1", "--json", "--source", "myschool").is(exitDone).into(&versions)
	if len(versions) != 3 || !versions[2].Removed || versions[1].Before.ExternalID != "x-1" || versions[1].How.Command != "map set" {
		t.Errorf("versions are %+v", versions)
	}
	r.run("map", "history", "nobody").is(exitFailed).says("no record has, or ever had,")
	r.run("map", "history", "x-1", "--source", "nope").is(exitFailed).says("no source nope")
	r.run("map", "history").is(exitUsage)
	r.env["BBCALIPER_ADMIN_TOKEN"] = "a-viewer"
	for _, command := range [][]string{{"history", "x-1"}, {"log"}, {"undo", change, "--yes"}, {"undo", change, "--dry-run"}} {
		r.run(append([]string{"map"}, command...)...).is(exitFailed).says("the role mapper")
	}
}

func TestMapUndo(t *testing.T) {
	r, change := historyRig(t)
	const obstacle = "record 1 (platform id " + testPlatform + ") has been changed since"
	r.run("map", "undo", change, "--dry-run").fails().says(obstacle, "cannot be undone whole").
		prints("change "+change+" of source myschool", "how      map import users.csv", "records  2 new\n", "undoing it: 1 removed, 1 in conflict",
			"  BECOMES  RECORD  PLATFORM ID", "  removed  2       "+otherPlatform+"  -          _2_1     x-2\n")
	refused := r.run("map", "undo", change, "--yes").is(exitFailed).says(obstacle, "cannot be undone whole")
	if strings.Count(refused.err, "record 1 ") != 1 || strings.Contains(refused.err+refused.out, "a@b") {
		t.Errorf("said %s", refused.err)
	}
	r.run("map", "undo", change).is(exitUsage).says("give --yes")
	r.run("map", "undo", "hush", "--yes").is(exitUsage).says("is named by its number: `bbcaliper map log`")
	r.run("map", "undo", "9999", "--yes").is(exitFailed).says("the map has no change 9999")

	r.terminal = true
	r.in = "y\n"
	r.run("map", "undo", change).is(exitFailed).says(obstacle, "cannot be undone whole")
	r.in = "n\n"
	r.run("map", "undo", change, "--partial").is(exitFailed).says("undoing it: 1 removed", obstacle, "Undo this change? [y/N]", "nothing was changed")
	r.run("map", "show", "x-2").is(exitDone)
	r.in = "y\n"
	r.run("map", "undo", change, "--partial").is(exitDone).prints("undone: 1 removed, 1 in conflict with later changes; that is change ")
	r.run("map", "show", "x-2").is(exitFailed)
	r.run("map", "show", "x-9").is(exitDone)

	var changes []admin.MapChange
	r.run("map", "log", "--json", "--limit", "1").is(exitDone).into(&changes)
	var done admin.Undoing
	r.run("map", "undo", number(changes[0].Number), "--yes", "--json").is(exitDone).into(&done)
	if done.Effect != (mapping.Effect{New: 1}) || done.UndoneBy <= changes[0].Number || done.Change.How.Undoes == 0 {
		t.Errorf("undone %+v", done)
	}
	r.run("map", "show", "x-2").is(exitDone)
	r.run("map", "log").is(exitDone).prints("  1 removed  map undo of change " + change + "\n")
}
