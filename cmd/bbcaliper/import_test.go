package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// people is a CSV file of n accounts: header on line 1, account i on line i + 2.
func people(n int) string {
	var b strings.Builder
	b.WriteString("platform_id,user_id,note\n")
	for i := range n {
		fmt.Fprintf(&b, "%s,_%d_1,\"number %d, of many\"\n", uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, i)), i, i)
	}
	return b.String()
}

func TestImportAndExport(t *testing.T) {
	r := newRig(t)
	file := write(t, "people.csv", people(2500))
	r.run("map", "import", "--dry-run", file).is(exitDone).prints("would import: 2500 new, 0 changed, 0 the same")
	r.run("map", "show", "_0_1").is(exitFailed)
	var result admin.ImportResult
	r.run("map", "import", file, "--json").is(exitDone).into(&result)
	if !result.Applied || result.Counts.New != 2500 || len(result.Problems) > 0 {
		t.Errorf("result is %+v", result)
	}
	r.run("map", "show", "_2499_1").is(exitDone).prints("number 2499, of many")
	r.run("map", "import", file).is(exitDone).prints("imported: 0 new, 0 changed, 2500 the same")

	exported := r.run("map", "export").is(exitDone)
	if lines := strings.Count(exported.out, "\n"); lines != 2501 {
		t.Errorf("%d lines were exported", lines)
	}
	r.in = exported.out
	r.run("map", "import", "-").is(exitDone).prints("imported: 0 new, 0 changed, 2500 the same")
	r.run("map", "export", "--source", "nope").is(exitFailed).says("no source nope")
}

func TestImportNamesEveryOffendingLine(t *testing.T) {
	r := newRig(t)
	one, other := uuid.NewString(), uuid.NewString()
	r.run("map", "set", "--platform-id", one, "--user-id", "_1_1").is(exitDone)
	file := write(t, "bad.csv", "platform_id,user_id,user_uuid,shoe\n"+
		other+",_1_1,,38\n"+ // line 2 would re-point record 1
		one+",_2_1,hush,39\n"+ // line 3
		one+",_3_1,,40\n"+
		other+",_3_1,,41\n"+ // lines 4 and 5 claim one alias
		one+",_4_1,,42\n")
	for _, flags := range [][]string{nil, {"--dry-run"}} {
		got := r.run(append([]string{"map", "import", file}, flags...)...).is(exitFailed)
		got.says("line 2: platform id of record 1 changes", "line 3: user_uuid is not a UUID", "line 4 ", "line 5 ")
		if strings.Contains(got.err+got.out, "hush") {
			t.Errorf("a value is repeated: %s%s", got.out, got.err)
		}
	}
	r.run("map", "show", "_4_1").is(exitFailed)
	var plan admin.ImportResult
	r.run("map", "import", file, "--partial", "--dry-run", "--json").is(exitDone).into(&plan)
	if plan.Counts.Repointed != 1 || plan.LeftOut != 4 {
		t.Errorf("plan is %+v", plan)
	}
	r.run("map", "import", file, "--partial").is(exitDone).prints("1 new", "1 not re-pointed, 2 in conflict, 1 invalid").says("line 3:", "shoe")
	r.run("map", "show", "_4_1").is(exitDone)
	r.run("map", "show", "_1_1").is(exitDone).prints(one)
	r.run("map", "import", file, "--partial", "--allow-repoint").is(exitDone).prints(", 1 re-pointed, ")
	r.run("map", "show", "_1_1").is(exitDone).prints(other)
}

func TestImportWithOtherHeaders(t *testing.T) {
	r := newRig(t)
	file := write(t, "users.csv", "sourcedId;status;username\n"+testPlatform+";active;x-7\n")
	r.run("map", "import", file).is(exitFailed).says("no platform_id")
	r.run("map", "import", file, "--column", "platform_id=sourcedId", "--column", "external_id=username").
		is(exitDone).prints("1 new").says("columns without a meaning: status")
	r.run("map", "show", "x-7").is(exitDone).prints(testPlatform)
	r.run("map", "import", file, "--column", "nope=status").is(exitFailed).says(`there is no column "nope"`)
}

func TestImportAsksOnATerminal(t *testing.T) {
	r := newRig(t)
	r.terminal = true
	file := write(t, "people.csv", people(1))
	r.in = "n\n"
	r.run("map", "import", file).is(exitFailed).says("would import: 1 new", "Import this? [y/N]", "nothing was changed")
	r.run("map", "show", "_0_1").is(exitFailed)
	r.in = "yes\n"
	r.run("map", "import", file).is(exitDone).says("would import: 1 new").prints("imported: 1 new")
	r.in = ""
	r.run("map", "import", file).is(exitDone).prints("0 new, 0 changed, 1 the same") // nothing to ask
	changed := write(t, "changed.csv", strings.ReplaceAll(people(1), "number", "no."))
	if got := r.run("map", "import", changed, "--yes").is(exitDone).prints("1 changed"); got.err != "" {
		t.Errorf("said in spite of --yes: %s", got.err)
	}
	r.in = people(2)
	r.run("map", "import", "-").is(exitDone).prints("imported: 1 new, 1 changed")
}

func TestImportOfNoFile(t *testing.T) {
	r := newRig(t)
	r.run("map", "import", "/nonexistent/people.csv").is(exitFailed).says("read file: open /nonexistent/people.csv")
	r.run("map", "import", t.TempDir()).is(exitFailed)
	r.run("map", "import", write(t, "empty.csv", "")).is(exitFailed).says("the file is empty")
	r.run("map", "import", "--source", "nope", write(t, "people.csv", people(1))).is(exitFailed).says("no source nope")
}
