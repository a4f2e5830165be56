package mapping

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const header6 = "platform_id,user_uuid,user_id,external_id,email,note\n"

// line writes a row of header6.
func line(platform int, user, userID, external, email, note string) string {
	return strings.Join([]string{id(platform).String(), user, userID, external, email, note}, ",") + "\n"
}

func TestPlanAgainstRecords(t *testing.T) {
	u1, u2 := FormatUserUUID(account(1)), FormatUserUUID(account(2))
	x := indexOf(t,
		Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"},
		Record{PlatformID: id(2), UserID: "_2_1", ExternalID: "s2", Email: "two@school.test", Note: "kept"},
		Record{PlatformID: id(3), Email: "three@school.test"},
	)
	tests := []struct {
		name, line string
		want       Counts
		conflict   string // part of what the conflict says
	}{
		{"new", line(9, "", "_9_1", "s9", "", ""), Counts{New: 1}, ""},
		{"same", line(1, u1, "", "s1", "", ""), Counts{Same: 1}, ""},
		{"same, saying less", line(2, "", "", "s2", "", ""), Counts{Same: 1}, ""},
		{"same but for the case of the e-mail", line(2, "", "", "s2", "TWO@school.test", ""), Counts{Same: 1}, ""},
		{"learns its user uuid", line(2, u2, "", "s2", "", ""), Counts{Changed: 1}, ""},
		{"another external id", line(1, u1, "", "s1b", "", ""), Counts{Changed: 1}, ""},
		{"another note", line(2, "", "_2_1", "", "", "new"), Counts{Changed: 1}, ""},
		{"by e-mail", line(3, "", "_3_1", "", "Three@School.test", ""), Counts{Changed: 1}, ""},
		{"another platform id", line(7, u1, "", "", "", ""), Counts{Repointed: 1}, ""},
		{"alias of another record", line(1, u1, "", "s2", "", ""), Counts{Conflicting: 1},
			`external_id "s2" of line 2 (platform id ` + id(1).String() + `) belongs to record 2 (platform id ` + id(2).String() + `)`},
		{"new account robs an external id", line(9, u2, "", "s1", "", ""), Counts{Conflicting: 1},
			`external_id "s1" of line 2 (platform id ` + id(9).String() + `) belongs to record 1 (platform id ` + id(1).String() + `)`},
		{"e-mail of another record", line(2, "", "_2_1", "", "three@school.test", ""), Counts{Conflicting: 1},
			`email of line 2 (platform id ` + id(2).String() + `) belongs to record 3`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := planFile(t, header6+tt.line, PlanOptions{}, x)
			if got := plan.Counts(); got != tt.want {
				t.Fatalf("counts %+v, want %+v", got, tt.want)
			}
			if refused := tt.want.Conflicting+tt.want.Repointed > 0; (plan.Err() != nil) != refused {
				t.Errorf("error %v", plan.Err())
			}
			if tt.conflict != "" && !strings.HasPrefix(plan.Conflicts[0].String(), tt.conflict) {
				t.Errorf("conflict %q, want %q", plan.Conflicts[0], tt.conflict)
			}
		})
	}
}

func TestPlanWithinAFile(t *testing.T) {
	u1 := FormatUserUUID(account(1))
	x := indexOf(t, Record{PlatformID: id(5), UserUUID: account(5), ExternalID: "s5"})
	tests := []struct {
		name  string
		rows  string
		lines []int // offending
		want  Counts
		says  string
	}{
		{"identical lines", line(1, u1, "", "s1", "", "") + line(1, u1, "", "s1", "", "") + line(1, u1, "", " s1 ", "", ""),
			nil, Counts{New: 1, Same: 2}, ""},
		{"one person, two accounts", line(1, "", "_1_1", "", "", "") + line(1, "", "_2_1", "", "", ""), nil, Counts{New: 2}, ""},
		{"one alias, two people", line(1, "", "_1_1", "s1", "", "") + line(2, "", "_2_1", "s1", "", ""), []int{2, 3}, Counts{Conflicting: 2},
			`external_id "s1" is claimed by line 2 (platform id ` + id(1).String() + `) and by line 3 (platform id ` + id(2).String() + `)`},
		{"one alias, said differently", line(1, "", "_1_1", "s1", "", "") + line(1, "", "", "s1", "", ""), []int{2, 3}, Counts{Conflicting: 2}, ""},
		{"one e-mail in two cases", line(1, "", "_1_1", "", "a@b.test", "") + line(2, "", "_2_1", "", "A@B.test", ""), []int{2, 3}, Counts{Conflicting: 2},
			"email is claimed by line 2 (platform id"},
		{"an external id that is an e-mail address", line(1, "", "", "a@b.test", "", "") + line(2, "", "", "a@b.test", "", ""), []int{2, 3}, Counts{Conflicting: 2},
			"external_id is claimed by line 2"},
		{"three claim one", line(1, "", "", "s1", "", "") + line(2, "", "", "s1", "", "") + line(3, "", "", "s1", "", ""), []int{2, 3, 4}, Counts{Conflicting: 3}, ""},
		{"the second takes part in another conflict", line(1, "", "_1_1", "s1", "", "") + line(2, "", "_2_1", "s1", "", "") + line(3, "", "_2_1", "", "", ""),
			[]int{2, 3, 4}, Counts{Conflicting: 3}, ""},
		{"repetition of a bad line", line(1, "", "_1_1", "s1", "", "") + line(2, "", "_2_1", "s1", "", "") + line(2, "", "_2_1", "s1", "", ""),
			[]int{2, 3, 4}, Counts{Conflicting: 3}, ""},
		{"two lines change one record", line(5, "", "", "s5", "", "a") + line(5, FormatUserUUID(account(5)), "", "", "", "b"), []int{2, 3}, Counts{Conflicting: 2},
			"line 2 (platform id " + id(5).String() + ") and line 3 (platform id " + id(5).String() + ") change the same record"},
		{"two lines that leave a record alone", line(5, "", "", "s5", "", "") + line(5, FormatUserUUID(account(5)), "", "", "", ""), nil, Counts{Same: 2}, ""},
		{"good lines are not named", line(1, "", "", "s1", "", "") + line(2, "", "", "s2", "", "") + "x,,,,,\n", []int{4}, Counts{New: 2, Invalid: 1}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := planFile(t, header6+tt.rows, PlanOptions{}, x)
			if got := plan.Counts(); got != tt.want {
				t.Errorf("counts %+v, want %+v", got, tt.want)
			}
			var refused *PlanError
			if errors.As(plan.Err(), &refused) != (tt.lines != nil) || refused != nil && !slices.Equal(refused.Lines(), tt.lines) {
				t.Fatalf("error %v, want lines %v", plan.Err(), tt.lines)
			}
			if tt.says != "" && !strings.HasPrefix(plan.Conflicts[0].String(), tt.says) {
				t.Errorf("conflict %q, want %q", plan.Conflicts[0], tt.says)
			}
		})
	}
}

func TestPlanErrorNamesEveryLine(t *testing.T) {
	rows := line(1, "", "", "s1", "", "") + line(2, "", "", "s1", "", "") + line(9, "", "", "s9", "", "") +
		"x,,,,,\n" + "x,,,,,\n" + "x,,,,,\n" + line(9, "", "", "s5", "", "")
	x := indexOf(t, Record{PlatformID: id(5), ExternalID: "s5"})
	err := planFile(t, header6+rows, PlanOptions{}, x).Err()
	want := "6 lines cannot be imported (invalid: 3, conflicts: 1, re-pointings not allowed: 1): 2-3, 5-8"
	if err == nil || err.Error() != want {
		t.Fatalf("error  %v\nwant %s", err, want)
	}
}

func TestPlanRepoints(t *testing.T) {
	x := indexOf(t, Record{PlatformID: id(1), ExternalID: "s1"})
	file := header6 + line(2, "", "", "s1", "", "")
	refused := planFile(t, file, PlanOptions{}, x)
	if len(refused.Repoints) != 1 || refused.Repoints[0] != (Repoint{2, 1, id(1), id(2)}) {
		t.Fatalf("re-pointings %+v", refused.Repoints)
	}
	if err := refused.Apply(Edit{}); err == nil || contents(x)[0].PlatformID != id(1) {
		t.Fatalf("applied without leave: %v", err)
	}
	if err := planFile(t, file, PlanOptions{Partial: true}, x).Apply(Edit{}); err != nil || contents(x)[0].PlatformID != id(1) {
		t.Fatalf("a partial import re-points: %v", err)
	}
	allowed := planFile(t, file, PlanOptions{AllowRepoint: true}, x)
	if err := allowed.Apply(Edit{}); err != nil || contents(x)[0].PlatformID != id(2) {
		t.Fatalf("not applied: %v", err)
	}
	if got := x.Find(id(1).String()); len(got) != 0 {
		t.Errorf("the old platform id still finds %+v", got)
	}
}

func TestPartialPlanTakesTheGoodLines(t *testing.T) {
	x := indexOf(t, Record{PlatformID: id(5), ExternalID: "s5"})
	rows := line(1, "", "", "s1", "", "") + line(2, "", "", "s1", "", "") + line(3, "", "", "s3", "", "") +
		"x,,,,,\n" + line(9, "", "_5_1", "s5", "", "") + line(4, "", "", "s4", "", "")
	plan := planFile(t, header6+rows, PlanOptions{Partial: true}, x)
	if err := plan.Apply(Edit{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range contents(x) {
		got = append(got, r.ExternalID)
	}
	if !slices.Equal(got, []string{"s5", "s3", "s4"}) {
		t.Errorf("the map has %q", got)
	}
}

func TestPlanSplitsBySource(t *testing.T) {
	a, b := NewIndex("alpha"), NewIndex("beta")
	p := id(1).String()
	file := "platform_id,external_id,source\n" + p + ",s1,alpha\n" + p + ",s1,beta\n" + p + ",s2,\n" + p + ",s3,gamma\n"
	for _, tt := range []struct {
		fallback  string
		wantLines []int
		says      string
	}{
		{"", []int{4, 5}, "source is required, as there are several"},
		{"beta", []int{5}, "source names no source of the configuration"},
		{"gamma", []int{4, 5}, "source names no source of the configuration"},
	} {
		plan := planFile(t, file, PlanOptions{Source: tt.fallback}, a, b)
		var refused *PlanError
		if !errors.As(plan.Err(), &refused) || !slices.Equal(refused.Lines(), tt.wantLines) {
			t.Errorf("default %q: %v, want lines %v", tt.fallback, plan.Err(), tt.wantLines)
		}
		if !strings.HasSuffix(plan.Invalid[0].String(), tt.says) {
			t.Errorf("invalid: %s", plan.Invalid[0])
		}
	}
	plan := planFile(t, file, PlanOptions{Source: "beta", Partial: true}, a, b)
	if err := plan.Apply(Edit{}); err != nil {
		t.Fatal(err)
	}
	if a.Len() != 1 || b.Len() != 2 || !slices.Equal(plan.Sources(), []string{"alpha", "beta"}) {
		t.Errorf("alpha %d, beta %d, sources %q", a.Len(), b.Len(), plan.Sources())
	}
}

func TestPlanStopsWithItsContext(t *testing.T) {
	stopped := errors.New("nobody waits for it")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stopped)
	_, err := NewPlan(ctx, sampleRows(10), []*Index{NewIndex("school")}, PlanOptions{})
	if !errors.Is(err, stopped) {
		t.Fatalf("error %v", err)
	}
}

// Errors and reports name lines and ids, never an e-mail address.
func TestNothingEchoesAddresses(t *testing.T) {
	x := indexOf(t, Record{PlatformID: id(1), ExternalID: "canary@school.test", Email: "canary@school.test"})
	rows := line(2, "", "_2_1", "canary@school.test", "", "") + line(3, "", "", "x", "CANARY@school.test", "") +
		line(4, "canary@school.test", "canary\x00", "", "canary@school.test", "canary\x00") + "canary@school.test,,_1_1,,,\n" +
		"canary@school.test\n" + id(1).String() + ",,,can\"ary,,\n"
	plan := planFile(t, header6+rows, PlanOptions{}, x)
	report := fmt.Sprint(plan.Invalid, plan.Conflicts, plan.Repoints, plan.Err())
	if strings.Contains(strings.ToLower(report), "canary") {
		t.Error(report)
	}
	if len(plan.Err().(*PlanError).Lines()) != 6 {
		t.Errorf("not every line is named: %s", report)
	}
}
