package adapter_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// imports sends a file that has to be taken.
func (r *rig) imports(file string, request admin.ImportRequest) admin.ImportResult {
	r.t.Helper()
	request.Body = strings.NewReader(file)
	result, err := r.asks().Import(r.t.Context(), request)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

// refused sends a file that must not be taken, and returns why.
func (r *rig) refused(file string, request admin.ImportRequest) *client.Error {
	r.t.Helper()
	before := r.People("myschool").Index().Len()
	request.Body = strings.NewReader(file)
	_, err := r.asks().Import(r.t.Context(), request)
	why, ok := err.(*client.Error)
	if !ok || r.People("myschool").Index().Len() != before {
		r.t.Fatalf("error is %v", err)
	}
	return why
}

// known is somebody whom the map knows by the external id, which is not that of the stream.
func (r *rig) known(external string) uuid.UUID {
	r.t.Helper()
	platform := uuid.New()
	_, err := r.People("myschool").Set(r.t.Context(), mapping.Record{PlatformID: platform, ExternalID: external}, mapping.Edit{By: "test"})
	if err != nil {
		r.t.Fatal(err)
	}
	return platform
}

const importHeader = "platform_id,user_uuid,external_id\n"

// A plan says who waits for each part of a file, and importing it releases just them.
func TestImportSaysWhatItReleases(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	fresh, changed, moved, torn, absent := newUser(), newUser(), newUser(), newUser(), newUser()
	l := newLedger()
	for u, n := range map[user]int{fresh: 3, changed: 2, moved: 4, torn: 1, absent: 5} {
		r.mustPost(envelope(l.events(u, n)...))
	}
	r.settled(want{Held: 15})
	there := r.known("old-2")
	r.known("old-3")
	file := importHeader +
		uuid.NewString() + "," + fresh.hex() + ",\n" +
		there.String() + "," + changed.hex() + ",old-2\n" +
		uuid.NewString() + "," + moved.hex() + ",old-3\n" +
		uuid.NewString() + ",,x-" + torn.hex() + "\n" +
		uuid.NewString() + "," + torn.hex() + ",x-" + torn.hex() + "\n"
	plan := r.imports(file, admin.ImportRequest{DryRun: true, Partial: true, AllowRepoint: true})
	releases := map[string]admin.Release{
		"new": {People: 1, Events: 3}, "changed": {People: 1, Events: 2}, "repointed": {People: 1, Events: 4}, "conflicting": {People: 1, Events: 1},
	}
	if plan.Applied || plan.Refused || !maps.Equal(plan.Releases, releases) {
		t.Errorf("plan is %+v", plan)
	}
	if len(plan.Problems) != 1 || len(plan.Repoints) != 1 || plan.Repoints[0].Line != 4 || !strings.HasSuffix(plan.Rejected, ": 5-6") {
		t.Errorf("problems %+v, re-pointings %+v, rejected %s", plan.Problems, plan.Repoints, plan.Rejected)
	}
	done := r.imports(file, admin.ImportRequest{Partial: true, AllowRepoint: true, Approved: plan.Plan})
	if !done.Applied || done.Counts != plan.Counts || done.Changes["myschool"] == 0 || done.SHA256 != plan.SHA256 {
		t.Errorf("result is %+v", done)
	}
	r.settled(want{Delivered: 9, Held: 6})
	changes := r.changes(admin.ChangeFilter{Limit: 1})
	if changes[0].Number != done.Changes["myschool"] || changes[0].How.SHA256 != plan.SHA256 {
		t.Errorf("change is %+v", changes[0])
	}
	again := r.imports(importHeader+done.Repoints[0].To.String()+","+moved.hex()+",\n", admin.ImportRequest{DryRun: true})
	if len(again.Releases) > 0 || again.Counts.Same != 1 {
		t.Errorf("who has been released waits no more: %+v", again)
	}
}

// What is applied is what was agreed to, or nothing.
func TestImportInsistsOnItsPlan(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	known := r.known("s1")
	file := importHeader + uuid.NewString() + ",,s2\n" + known.String() + "," + newUser().hex() + ",s1\n"
	plan := func() string { return r.imports(file, admin.ImportRequest{DryRun: true}).Plan }
	stale := func(what, file string, request admin.ImportRequest) {
		t.Helper()
		if why := r.refused(file, request); why.Status != http.StatusPreconditionFailed || !client.IsStale(why) {
			t.Errorf("%s: answered %d %v", what, why.Status, why)
		}
	}
	approved := plan()
	stale("another file", file+uuid.NewString()+",,s9\n", admin.ImportRequest{Approved: approved})
	stale("other flags", file, admin.ImportRequest{Approved: approved, Sync: true})
	r.known("s3") // which is nothing to the file
	if plan() != approved {
		t.Error("the plan is another one although it does the same")
	}
	r.known("s2") // which line 2 would re-point now
	stale("the map has changed", file, admin.ImportRequest{Approved: approved, AllowRepoint: true})
	allowed := admin.ImportRequest{DryRun: true, AllowRepoint: true}
	now := r.imports(file, allowed)
	if done := r.imports(file, admin.ImportRequest{Approved: now.Plan, AllowRepoint: true}); done.Counts.Repointed != 1 || done.Counts.Changed != 1 {
		t.Errorf("result is %+v", done)
	}
	for _, tag := range []string{"*", `"a", "b"`, "bare", `""`} {
		if status := r.postFile(file, tag); status != http.StatusBadRequest {
			t.Errorf("If-Match: %s is answered %d", tag, status)
		}
	}
}

// postFile sends a file with a condition and returns the status.
func (r *rig) postFile(file, tag string) int {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://"+r.AdminAddr()+admin.PathImport, strings.NewReader(file))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + testToken}, "If-Match": {tag}}
	resp, err := heldToContract(r.t).RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// rows are lines of people with numbers from one to another.
func rows(from, to int) string {
	var b strings.Builder
	b.WriteString("platform_id,external_id\n")
	for n := from; n < to; n++ {
		fmt.Fprintf(&b, "%s,s%d\n", uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, n)), n)
	}
	return b.String()
}

// A synced file removes whom it does not name; the answer lists the first of them.
func TestSyncRemoves(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	r.imports(rows(0, 1500), admin.ImportRequest{})
	plan := r.imports(rows(1200, 1600), admin.ImportRequest{Sync: true, DryRun: true})
	counts := mapping.Counts{New: 100, Same: 300, Removed: 1200}
	if plan.Counts != counts || len(plan.Removals) != admin.MaxImportList || plan.Removals[0].ExternalID != "s0" {
		t.Fatalf("%+v, %d removals are listed", plan.Counts, len(plan.Removals))
	}
	if n := r.People("myschool").Index().Len(); n != 1500 {
		t.Fatalf("%d records after a dry run", n)
	}
	done := r.imports(rows(1200, 1600), admin.ImportRequest{Sync: true, Approved: plan.Plan})
	if done.Counts != counts || r.People("myschool").Index().Len() != 400 {
		t.Errorf("%+v, %d records", done.Counts, r.People("myschool").Index().Len())
	}
	for _, part := range []admin.ImportRequest{{Sync: true, Partial: true}, {Sync: true, SkipEmpty: true}} {
		if why := r.refused(rows(0, 1), part); why.Status != http.StatusUnprocessableEntity || !strings.Contains(why.Error(), "sync goes neither") {
			t.Errorf("answered %d %v", why.Status, why)
		}
	}
}

// told is what a streamed import says.
type told struct {
	progress []admin.ImportProgress
	rejected []admin.RejectedLine
}

func (l *told) listen(request admin.ImportRequest) admin.ImportRequest {
	request.Progress = func(p admin.ImportProgress) { l.progress = append(l.progress, p) }
	request.Rejected = func(line admin.RejectedLine) { l.rejected = append(l.rejected, line) }
	return request
}

// Whoever listens is told how far an import is, and of every line that is rejected.
func TestImportTellsHowFarItIs(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	var heard told
	done := r.imports(rows(0, 3000), heard.listen(admin.ImportRequest{}))
	first, last := heard.progress[0], heard.progress[len(heard.progress)-1]
	if !done.Applied || first != (admin.ImportProgress{Stage: mapping.Reading, Done: 3000, Total: 3000}) ||
		last != (admin.ImportProgress{Stage: mapping.Writing, Done: 3000, Total: 3000}) || len(heard.rejected) > 0 {
		t.Errorf("%+v; told %+v", done, heard)
	}
	bad := rows(3000, 3001) + strings.Repeat("x,s\n", 1500)
	heard = told{}
	why := r.refused(bad, heard.listen(admin.ImportRequest{}))
	if why.Status != http.StatusUnprocessableEntity || len(why.Problems) != admin.MaxImportList || !strings.HasSuffix(why.Error(), ": 3-1502") {
		t.Errorf("answered %d %v with %d problems", why.Status, why, len(why.Problems))
	}
	ascending := slices.IsSortedFunc(heard.rejected, func(a, b admin.RejectedLine) int { return a.Line - b.Line })
	if len(heard.rejected) != 1500 || !ascending || heard.rejected[1499] != (admin.RejectedLine{Line: 1502, Reason: "platform_id is not a UUID"}) {
		t.Errorf("told of %d lines, ascending: %t", len(heard.rejected), ascending)
	}
	heard = told{}
	plan := r.imports(bad, heard.listen(admin.ImportRequest{DryRun: true}))
	if len(heard.rejected) != 1500 || len(plan.Problems) != admin.MaxImportList || !plan.Refused {
		t.Errorf("told of %d lines; %d problems", len(heard.rejected), len(plan.Problems))
	}
	heard = told{}
	if why := r.refused("no header", heard.listen(admin.ImportRequest{})); why.Status != http.StatusUnprocessableEntity || len(heard.progress) > 0 {
		t.Errorf("answered %d %v; told %+v", why.Status, why, heard)
	}
}

// The forms in which files come.
func TestImportTakesManyForms(t *testing.T) {
	r := newRig(t, collector.Options{}, "")
	const one, other = "0f6e2b1d-3c47-4a55-8e0b-9d1a7c5f4e32", "c2b7e1a4-9d3e-4c52-8f6a-5e0b9a7d3f21"
	for name, form := range map[string]struct {
		file              string
		columns           map[string]string
		ignored, inactive int
	}{
		"JSON lines":    {`{"platform_id":"` + one + `","user_id":"_1_1"}` + "\n" + `{"platform_id":"` + other + `","user_id":"_2_1","shoe":38}`, nil, 1, 0},
		"a spreadsheet": {"\ufeffplatform_id;user_id;note\r\n" + one + ";_1_1;\"a\r\nb; c\"\r\n" + other + ";_2_1;\r\n", nil, 0, 0},
		"OneRoster": {"sourcedId,status,enabledUser,username,givenName\n" + one + ",active,true,jdoe,J\n" + other + ",tobedeleted,false,jroe,J\n",
			map[string]string{"platform_id": "sourcedId", "external_id": "username"}, 3, 1},
		"Learn": {"external_person_key|user_id|email|row_status|other_id\nx-1|jdoe|a@b.test|enabled|" + one + "\nx-2|jroe|a@b.test|disabled|" + other + "\n",
			map[string]string{"platform_id": "other_id", "external_id": "external_person_key", "email": "-"}, 3, 1},
	} {
		result := r.imports(form.file, admin.ImportRequest{Columns: form.columns, DryRun: true})
		if result.Counts != (mapping.Counts{New: 2}) || len(result.Ignored) != form.ignored || result.Inactive != form.inactive {
			t.Errorf("%s: %+v", name, result)
		}
	}
	part := r.imports("platform_id,user_id\n"+one+",_1_1\n,_2_1\n,_3_1\n", admin.ImportRequest{SkipEmpty: true})
	if part.Skipped != 2 || part.Counts != (mapping.Counts{New: 1}) {
		t.Errorf("a work list that is filled in in part: %+v", part)
	}
}

// Each of many people who wait is counted once, with all of their events.
func TestPlanAgainstManyHeldEvents(t *testing.T) {
	const people, each, perEnvelope = 400, 5, 1000
	r := newRig(t, collector.Options{}, "")
	l, users := newLedger(), newUsers(people)
	for events := l.shuffled(users, each); len(events) > 0; events = events[perEnvelope:] {
		r.mustPost(envelope(events[:perEnvelope]...))
	}
	r.settled(want{Held: people * each})
	plan := r.imports(mappingCSV(users[:people/2]), admin.ImportRequest{DryRun: true})
	if got := plan.Releases["new"]; got != (admin.Release{People: people / 2, Events: people / 2 * each}) {
		t.Errorf("releases %+v", plan.Releases)
	}
}

// A file of several sources is a change of each map. What somebody has done to the last of them meanwhile is found before
// the first one has changed.
func TestImportOfSeveralSourcesIsWholeOrNot(t *testing.T) {
	r := newSchools(t, "")
	const file = "platform_id,external_id,source\n" +
		"00000000-0000-4000-8000-000000000001,x-1,lawschool\n" +
		"00000000-0000-4000-8000-000000000001,x-2,myschool\n"
	taken := mapping.Record{PlatformID: uuid.New(), ExternalID: "x-2"}
	for _, approved := range []bool{false, true} {
		request := admin.ImportRequest{DryRun: true, Body: strings.NewReader(file)}
		plan, err := r.Import(t.Context(), request)
		if err != nil || plan.Counts.New != 2 {
			t.Fatalf("plan is %+v: %v", plan, err)
		}
		var record mapping.Record
		request = admin.ImportRequest{Body: strings.NewReader(file), Progress: func(p admin.ImportProgress) {
			if p.Stage == mapping.Reading && p.Total > 0 {
				record, err = r.People("myschool").Set(t.Context(), taken, mapping.Edit{By: "somebody else"})
			}
		}}
		if approved {
			request.Approved = plan.Plan
		}
		_, refused := r.Import(t.Context(), request)
		if err != nil || refused == nil || r.People("lawschool").Index().Len() > 0 || r.People("myschool").Index().Len() != 1 {
			t.Fatalf("set %v, imported %v: %d people of lawschool, %d of myschool", err, refused,
				r.People("lawschool").Index().Len(), r.People("myschool").Index().Len())
		}
		if err := r.People("myschool").Remove(t.Context(), record.Number, mapping.Edit{}); err != nil {
			t.Fatal(err)
		}
	}
	if done := r.imports(file, admin.ImportRequest{}); len(done.Changes) != 2 || done.Counts.New != 2 {
		t.Errorf("imported %+v", done)
	}
}
