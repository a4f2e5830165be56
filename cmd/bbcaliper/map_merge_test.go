package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// sets runs `map set --json` and returns the record.
func (r *rig) sets(args ...string) (record mapping.Record) {
	r.t.Helper()
	r.run(append([]string{"map", "set", "--json"}, args...)...).is(exitDone).into(&record)
	return record
}

// The records of a person who has two are named by their numbers.
func TestRecordsAreNamedByNumber(t *testing.T) {
	r := newRig(t)
	r.sets("--platform-id", testPlatform, "--user-id", "_1_1")
	two := r.sets("--platform-id", testPlatform, "--user-id", "_2_1")
	r.run("map", "show", testPlatform).is(exitDone).prints("RECORD  SOURCE    PLATFORM ID", "\n#1      myschool  "+testPlatform, "\n#2      myschool  ", "  REVISION  ")
	got := r.run("map", "show", "#2").is(exitDone).prints("\n#2 ", "_2_1", "  "+number(two.Revision)+"  ")
	if strings.Contains(got.out, "_1_1") {
		t.Errorf("shown:\n%s", got.out)
	}
	r.run("map", "show", "#3").is(exitFailed).says("no record has that platform id, alias or number")
	r.run("map", "history", "#2").is(exitDone).prints("record 2 of source myschool was made")
	r.run("map", "remove", testPlatform, "--yes").is(exitFailed).says("name one by its number, such as #1", "record 2 of source myschool")
	r.terminal = true
	r.run("map", "remove", testPlatform).is(exitFailed).says("\n#1 ", "\n#2 ", "name one by its number, such as '#1'")
	r.in = "y\n"
	r.run("map", "remove", "#1").is(exitDone).says("Remove record 1 of source myschool", "removed record 1")
	r.run("map", "show", testPlatform).is(exitDone).prints("\n#2 ")
	r.run("map", "history", "#1").is(exitDone).prints("was removed")
}

func TestMerge(t *testing.T) {
	r := newRig(t)
	r.sets("--platform-id", testPlatform, "--user-id", "_1_1")
	r.sets("--platform-id", testPlatform, "--external-id", "x-1")
	r.sets("--platform-id", otherPlatform, "--external-id", "x-2", "--email", "a@b.example")

	r.run("map", "merge", "#1", "#2").is(exitUsage).says("give --yes")
	r.run("map", "merge", testPlatform, "x-1", "--yes").is(exitFailed).says("into: 2 records match: name one by its number", "  record 2 of source myschool")
	r.run("map", "merge", "_1_1", "nobody", "--yes").is(exitFailed).says("from: nobody in the map is called that")
	r.run("map", "merge", "#1", "_1_1", "--yes").is(exitFailed).says("both names are those of record 1")
	refused := r.run("map", "merge", "#1", "x-2", "--yes").is(exitFailed).
		says("platform id of record 3 changes from "+otherPlatform+" to "+testPlatform, "→ --allow-repoint allows it")
	if strings.Count(refused.err, "platform id of record 3") != 1 {
		t.Errorf("said twice: %s", refused.err)
	}
	r.run("map", "merge", "#1", "x-1", "--yes", "--if-revision", "1000").is(exitFailed).
		says("record 1 is at revision ", "changed meanwhile", "→ `bbcaliper map show`")

	r.terminal = true
	for _, answer := range []string{"n\n", ""} {
		r.in = answer
		r.run("map", "merge", "#1", "x-2", "--allow-repoint").is(exitFailed).says("\n#1 ", "\n#3 ",
			"Merge? #1 stays and gets what it lacks from #3, which is removed; events found by #3 leave as "+testPlatform+". [y/N]", "nothing was changed")
	}
	r.in = "y\n"
	if got := r.run("map", "merge", "#1", "x-2").is(exitFailed).says("\n#3 ", "--allow-repoint allows it"); strings.Contains(got.err, "[y/N]") {
		t.Errorf("asked about what is refused: %s", got.err)
	}
	r.sets("--platform-id", testPlatform, "--user-id", "_9_1")
	for from, why := range map[string]string{"_9_1": "they are two accounts", "_1_1": "both names are those of record 1"} {
		if got := r.run("map", "merge", "_1_1", from).is(exitFailed).says("\n#1 ", why); strings.Contains(got.err, "[y/N]") {
			t.Errorf("asked about what is refused: %s", got.err)
		}
	}
	r.run("map", "remove", "_9_1", "--yes").is(exitDone)
	r.run("map", "merge", "nobody", "x-2").is(exitFailed).says("INTO: no record has")
	r.run("map", "merge", "x-2", testPlatform).is(exitFailed).says("FROM: 2 records match", "\n#2 ")
	r.in = "y\n"
	r.run("map", "merge", "#1", "x-1").is(exitDone).says("removed record 2 of source myschool").prints("\n#1 ", "_1_1", "x-1")
	r.run("map", "show", "#2").is(exitFailed)
	r.terminal = false
	var merged admin.Merged
	r.run("map", "merge", "#1", "x-2", "--allow-repoint", "--yes", "--json").is(exitDone).into(&merged)
	if merged.Record.Number != 1 || merged.Record.ExternalID != "x-1" || merged.Record.Email != "a@b.example" || merged.Removed.ExternalID != "x-2" {
		t.Errorf("merged %+v", merged)
	}
	r.run("map", "log", "--limit", "1").is(exitDone).prints("1 changed, 1 removed  map merge\n")

	r.env["BBCALIPER_ADMIN_TOKEN"] = "a-viewer"
	r.run("map", "merge", "#1", "#2", "--yes").is(exitFailed).says("the role mapper")
}

// late is somebody who answers yes after something else has happened.
type late struct{ meanwhile func() }

func (l *late) Read(p []byte) (int, error) {
	l.meanwhile()
	return copy(p, "y\n"), nil
}

// What is merged, or removed, is what was asked about: not a record that somebody has changed since it was shown.
func TestOnlyWhatWasShownIsChanged(t *testing.T) {
	for _, test := range []struct{ changed, line string }{
		{"_1_1", "map merge #1 #2"}, {"_1_1", "map merge #2 #1"}, {"_1_1", "map remove #1"},
	} {
		r := newRig(t)
		r.sets("--platform-id", testPlatform, "--user-id", "_1_1")
		r.sets("--platform-id", testPlatform, "--external-id", "x-1")
		var out, err bytes.Buffer
		code := run(t.Context(), strings.Fields(test.line), &console{
			in:  &late{func() { r.sets("--platform-id", testPlatform, "--user-id", test.changed, "--note", "news") }},
			out: &out, err: &err, terminal: true, now: time.Now,
			env: func(name string) (string, bool) { value, ok := r.env[name]; return value, ok },
		})
		if code != exitFailed || !strings.Contains(err.String(), "[y/N]") || !strings.Contains(err.String(), "record 1 is at revision") {
			t.Errorf("%s: exit %d %s%s", test.line, code, out.String(), err.String())
		}
		r.run("map", "show", testPlatform).is(exitDone).prints("\n#1 ", "\n#2 ", "news")
	}
}

// Each way out of a conflict, as the error advises it.
func TestConflictsAreAdvised(t *testing.T) {
	r := newRig(t)
	other := strings.Replace(testUser, "f", "e", 1)
	r.sets("--platform-id", testPlatform, "--user-uuid", testUser, "--external-id", "x-1")
	r.sets("--platform-id", testPlatform, "--external-id", "x-2", "--user-id", "_1_1", "--note", "roster")

	stated := []string{"map", "set", "--platform-id", testPlatform, "--user-uuid", testUser, "--external-id", "x-2"}
	r.run(stated...).is(exitFailed).says(`external_id "x-2" of record 1 (platform id `+testPlatform+`) belongs to record 2`,
		"→ if both are one account, `bbcaliper map merge '#2' '#1'` makes one record of them; else --take gives the alias to #1, and #2 keeps the rest")
	var record mapping.Record
	r.run(append(stated, "--take", "--json")...).is(exitDone).into(&record)
	if record.Number != 1 || record.ExternalID != "x-2" {
		t.Errorf("taken by %+v", record)
	}
	r.run("map", "show", "#2").is(exitDone).prints("_1_1", "roster")
	var merged admin.Merged
	r.run("map", "merge", "#2", "#1", "--yes", "--json").is(exitDone).into(&merged)
	if merged.Record.UserID != "_1_1" || merged.Record.ExternalID != "x-2" || mapping.FormatUserUUID(merged.Record.UserUUID) != testUser {
		t.Errorf("merged %+v", merged.Record)
	}

	stated = []string{"map", "set", "--platform-id", otherPlatform, "--user-uuid", other, "--external-id", "x-2"}
	r.run(stated...).is(exitFailed).says("of the new record (platform id "+otherPlatform+") belongs to record 2",
		"→ that is another account: --take gives the alias to a new record, and #2 keeps the rest; --record '#2' corrects #2 instead")
	r.run(append(stated, "--take", "--json")...).is(exitDone).into(&record)
	if record.Number != 3 || record.ExternalID != "x-2" {
		t.Errorf("taken by %+v", record)
	}
	r.run("map", "undo", number(record.Revision), "--yes").is(exitDone)
	r.run(append(stated, "--record", "#2", "--json")...).is(exitDone).into(&record)
	if record.Number != 2 || mapping.FormatUserUUID(record.UserUUID) != other || record.Note != "roster" {
		t.Errorf("corrected to %+v", record)
	}
	record = mapping.Record{} // what is empty is left out of the JSON
	r.run(append(stated, "--record", "2", "--replace", "--json")...).is(exitDone).into(&record)
	if record.Number != 2 || record.UserID != "" || record.Note != "" {
		t.Errorf("replaced by %+v", record)
	}
	r.run(append(stated, "--record", "hush")...).is(exitUsage).says("--record: the number of a record is one such as #12")
	r.run(append(stated, "--record", "#99")...).is(exitFailed).says("record 99: no such record")
	r.run(append(stated, "--if-revision", "1000")...).is(exitFailed).says("record 2 is at revision "+number(record.Revision)+", not 1000", "→ `bbcaliper map show`")
	r.run(append(stated, "--if-revision", number(record.Revision))...).is(exitDone)
	r.run("map", "remove", "#2", "--yes", "--if-revision", "1000").is(exitFailed).says("changed meanwhile", "→ `bbcaliper map show`")
	r.run("map", "remove", "#2", "--yes", "--if-revision", number(record.Revision)).is(exitDone)
}

// A re-pointing by hand needs no leave, but is said aloud.
func TestSetSaysThatItRepoints(t *testing.T) {
	r := newRig(t)
	set := []string{"map", "set", "--external-id", "x-1", "--platform-id"}
	r.sets("--platform-id", testPlatform, "--external-id", "x-1")
	got := r.run(append(set, otherPlatform)...).is(exitDone).prints("\n#1 ", otherPlatform).
		says("platform id of record 1 changes from "+testPlatform+" to "+otherPlatform, "leave as another person's", "`bbcaliper map undo ")
	change := strings.Fields(got.err[strings.Index(got.err, "map undo ")+len("map undo "):])[0]
	if again := r.run(append(set, otherPlatform)...).is(exitDone); again.err != "" {
		t.Errorf("said again: %s", again.err)
	}
	r.run("map", "undo", strings.Trim(change, "`"), "--yes").is(exitDone).prints("1 re-pointed")
	r.run("map", "show", "x-1").is(exitDone).prints(testPlatform)
	r.run(append(set, otherPlatform, "--if-revision", "1000")...).is(exitFailed).says("changed meanwhile")
}
