package mapping

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func removalsOf(p *Plan) []uint32 {
	var numbers []uint32
	for r := range p.Removals() {
		numbers = append(numbers, r.Number)
	}
	return numbers
}

// With Sync the map says what the file says, and keeps what it has learned of
// those whom the file names.
func TestSync(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	set(t, m, Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"}) // named by one alias
	set(t, m, Record{PlatformID: id(2), UserID: "_2_1", ExternalID: "s2"})       // not named
	set(t, m, Record{PlatformID: id(3), ExternalID: "s3"})                       // changed
	set(t, m, Record{PlatformID: id(4), Email: "four@school.test"})              // not named
	file := header6 + line(1, "", "", "s1", "", "") + line(3, "", "", "s3", "", "noted") + line(9, "", "", "s9", "", "")
	var told []Progress
	plan := planFile(t, file, PlanOptions{Sync: true, Progress: func(p Progress) { told = append(told, p) }}, m.Index())
	if got := removalsOf(plan); !slices.Equal(got, []uint32{2, 4}) {
		t.Fatalf("it removes %v", got)
	}
	want := Counts{New: 1, Changed: 1, Same: 1, Removed: 2}
	if got := plan.Counts(); got != want {
		t.Errorf("planned %+v", got)
	}
	result, err := m.Import(t.Context(), plan, Edit{By: "ann"})
	if err != nil || result.Counts != want {
		t.Fatalf("%+v, %v", result, err)
	}
	if r := m.Index().Find("s1"); len(r) != 1 || r[0].UserUUID != account(1) || m.Index().Len() != 3 {
		t.Errorf("%+v among %d", r, m.Index().Len())
	}
	if effect := logOf(t, m, LogFilter{}, 1)[0].Effect; effect != (Effect{New: 1, Changed: 1, Removed: 2}) {
		t.Errorf("effect %+v", effect)
	}
	if want := []Progress{{Reading, 3, 3}, {Writing, 4, 4}}; !slices.Equal(told, want) {
		t.Errorf("told %+v", told)
	}
	again := planFile(t, file, PlanOptions{Sync: true}, m.Index())
	if got := again.Counts(); got != (Counts{Same: 3}) {
		t.Errorf("once more: %+v", got)
	}
	undo(t, m, result.Revision)
	if m.Index().Len() != 4 || len(m.Index().Find("FOUR@school.test")) != 1 {
		t.Error("undoing it does not bring the removed back")
	}
}

// A file that says nothing of a source, or nothing good, removes nobody.
func TestSyncOfLittle(t *testing.T) {
	one, two := NewIndex("one"), NewIndex("two")
	applySet(t, one, put(Record{PlatformID: id(1), ExternalID: "s1"}))
	applySet(t, two, put(Record{PlatformID: id(1), ExternalID: "s1"}), put(Record{PlatformID: id(2), ExternalID: "s2"}))
	head := "platform_id,external_id,source\n"
	for _, tt := range []struct {
		file string
		want Counts
	}{
		{head, Counts{}},
		{head + "x,s1,one\n", Counts{Invalid: 1}},
		{head + id(1).String() + ",s1,two\n", Counts{Same: 1, Removed: 1}},
		{head + id(1).String() + ",s9,one\n" + id(1).String() + ",s1,two\n", Counts{New: 1, Same: 1, Removed: 2}},
	} {
		if got := planFile(t, tt.file, PlanOptions{Sync: true}, one, two).Counts(); got != tt.want {
			t.Errorf("%q: %+v, want %+v", tt.file, got, tt.want)
		}
	}
	_, err := NewPlan(t.Context(), sampleRows(1), []*Index{one}, PlanOptions{Sync: true, Partial: true})
	if !errors.Is(err, errSyncPart) {
		t.Errorf("error %v", err)
	}
}

// Who came into the map after the file was read is not removed, and who is named
// otherwise by now is not either.
func TestSyncComparesAnew(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	set(t, m, Record{PlatformID: id(1), ExternalID: "s1"})
	set(t, m, Record{PlatformID: id(2), ExternalID: "s2"})
	set(t, m, Record{PlatformID: id(3), ExternalID: "s3"})
	rows := line(1, "", "", "s1", "", "") + line(2, "", "_2_1", "", "", "")
	plan := planFile(t, header6+rows, PlanOptions{Sync: true}, m.Index())
	if got := removalsOf(plan); !slices.Equal(got, []uint32{2, 3}) {
		t.Fatalf("it removes %v", got)
	}
	set(t, m, Record{PlatformID: id(9), ExternalID: "s9"})
	set(t, m, Record{PlatformID: id(2), ExternalID: "s2", UserID: "_2_1"})
	result, err := m.Import(t.Context(), plan, Edit{})
	if err != nil || result.Counts != (Counts{Same: 2, Removed: 1}) {
		t.Fatalf("%+v, %v", result, err)
	}
	for text, want := range map[string]int{"s1": 1, "s2": 1, "s3": 0, "s9": 1} {
		if got := len(m.Index().Find(text)); got != want {
			t.Errorf("%s is found %d times", text, got)
		}
	}
}

// Match says whom each part of a file would release.
func TestPlanMatch(t *testing.T) {
	x := indexOf(t,
		Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"},
		Record{PlatformID: id(2), ExternalID: "s2"},
		Record{PlatformID: id(3), ExternalID: "s3"},
	)
	u9 := FormatUserUUID(account(9))
	plan := planFile(t, header6+
		line(1, FormatUserUUID(account(1)), "_1_1", "", "", "")+ // changed
		line(7, "", "_2_1", "s2", "", "")+ // re-pointed
		line(3, "", "", "s3", "", "")+ // same
		line(9, u9, "", "s9", "nine@school.test", "")+ // new
		line(5, "", "_5_1", "clash", "", "")+line(6, "", "_6_1", "clash", "", "")+ // conflicting
		"x,,_7_1,,,\n", PlanOptions{}, x)
	tests := []struct {
		id    Identity
		trust []Alias
		want  Class
	}{
		{Identity{UserUUID: account(1)}, nil, ClassChanged},
		{Identity{UserID: "_1_1"}, DefaultTrust(), ClassChanged},
		{Identity{UserID: "_1_1", UserUUID: account(8)}, DefaultTrust(), 0}, // another account
		{Identity{ExternalID: "s2"}, DefaultTrust(), ClassRepointed},
		{Identity{UserID: "_2_1"}, []Alias{ExternalID}, 0}, // not trusted
		{Identity{ExternalID: "s3", UserUUID: account(3)}, DefaultTrust(), ClassSame},
		{Identity{UserUUID: account(9), ExternalID: "s1"}, DefaultTrust(), ClassNew},
		{Identity{Email: "NINE@school.test"}, []Alias{Email}, ClassNew},
		{Identity{UserID: "_5_1"}, DefaultTrust(), ClassConflicting},
		{Identity{UserID: "_7_1"}, DefaultTrust(), 0}, // an invalid row names nobody
		{Identity{ExternalID: "elsewhere"}, DefaultTrust(), 0},
	}
	for _, tt := range tests {
		got, ok := plan.Match("school", tt.id, tt.trust)
		if got != tt.want || ok != (tt.want != 0) {
			t.Errorf("%+v is %s, %t; want %s", tt.id, got, ok, tt.want)
		}
	}
	if _, ok := plan.Match("college", Identity{UserUUID: account(1)}, nil); ok {
		t.Error("a source that the plan does not know")
	}
}

func TestPlanCountsInactiveRows(t *testing.T) {
	file := "sourcedId,status,enabledUser,username,row_status,AVAILABLE_IND\n"
	for i, cells := range []string{"active,true,a,enabled,Y", "tobedeleted,true,b,,", "active,FALSE,c,,", ",,d,disabled,Y", ",,e,,n", ",,f,,"} {
		file += id(i).String() + "," + cells + "\n"
	}
	options := FileOptions{Columns: map[string]string{"platform_id": "sourcedId", "external_id": "username"}}
	parsed, err := ReadFile(strings.NewReader(file), options)
	if err != nil {
		t.Fatal(err)
	}
	plan := planRows(t, parsed.Rows(), PlanOptions{}, NewIndex("school"))
	if plan.Inactive != 4 || plan.Counts() != (Counts{New: 6}) {
		t.Errorf("%d inactive, %+v", plan.Inactive, plan.Counts())
	}
	if want := []string{"status", "enabledUser", "row_status", "AVAILABLE_IND"}; !slices.Equal(parsed.Ignored(), want) {
		t.Errorf("ignored %q", parsed.Ignored())
	}
}

func TestClassNames(t *testing.T) {
	text, err := ClassRepointed.MarshalText()
	if err != nil || string(text) != "repointed" || Class(99).String() != "class(99)" {
		t.Errorf("%s, %v, %s", text, err, Class(99))
	}
}
