package mapping

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadCSV(t *testing.T) {
	p1, u1 := id(1).String(), FormatUserUUID(account(1))
	one := Record{PlatformID: id(1), UserUUID: account(1)}
	external := Record{PlatformID: id(1), ExternalID: "s1"}
	tests := []struct {
		name, file string
		columns    map[string]string
		want       []Row
		ignored    []string
	}{
		{name: "plain", file: "platform_id,user_uuid\n" + p1 + "," + u1 + "\n", want: []Row{{Line: 2, Record: one}}},
		{name: "no end of line", file: "platform_id,user_uuid\n" + p1 + "," + u1, want: []Row{{Line: 2, Record: one}}},
		{name: "header only", file: "platform_id,user_uuid\n"},
		{name: "mark and CRLF", file: "\xEF\xBB\xBFplatform_id,user_uuid\r\n" + p1 + "," + u1 + "\r\n", want: []Row{{Line: 2, Record: one}}},
		{name: "semicolons", file: "platform_id;external_id;name\n" + p1 + ";s1;Doe, J\n",
			want: []Row{{Line: 2, Record: external}}, ignored: []string{"name"}},
		{name: "tabs", file: "platform_id\texternal_id\n" + p1 + "\ts1\n", want: []Row{{Line: 2, Record: external}}},
		{name: "quoted header with other delimiters", file: "\"a;b;c;d\",platform_id,external_id\nx," + p1 + ",s1\n",
			want: []Row{{Line: 2, Record: external}}, ignored: []string{"a;b;c;d"}},
		{name: "case and blanks", file: " Platform_ID , EXTERNAL_id \n " + strings.ToUpper(p1) + " ,  s1\t\n", want: []Row{{Line: 2, Record: external}}},
		{name: "whole IRI and dashes", file: "user_uuid,platform_id\nhttps://h/v1/sites/x/users/" + u1 + "," + p1 + "\n" +
			account(1).String() + ",urn:uuid:" + p1 + "\n", want: []Row{{Line: 2, Record: one}, {Line: 3, Record: one}}},
		{name: "renamed", file: "sourcedId,Username,platform_id\n" + p1 + ",s1,junk\n",
			columns: map[string]string{"platform_id": "sourcedid", "external_id": " USERNAME"},
			want:    []Row{{Line: 2, Record: external}}, ignored: []string{"platform_id"}},
		{name: "every column", file: "note,source,email,external_id,user_id,user_uuid,platform_id\nn,school,E@x.test,s1,_1_1," + u1 + "," + p1 + "\n",
			want: []Row{{Line: 2, Record: Record{PlatformID: id(1), Source: "school", UserUUID: account(1), UserID: "_1_1", ExternalID: "s1", Email: "E@x.test", Note: "n"}}}},
		{name: "lines within cells", file: "platform_id,external_id,note\n" + p1 + ",s1,\"a\r\nb\n\nc\"\n" + p1 + ",s1,\"say \"\"hi\"\"\"\n",
			want: []Row{
				{Line: 2, Record: Record{PlatformID: id(1), ExternalID: "s1", Note: "a\nb\n\nc"}},
				{Line: 6, Record: Record{PlatformID: id(1), ExternalID: "s1", Note: `say "hi"`}},
			}},
		{name: "blank lines", file: "\n\r\nplatform_id,external_id\n\n" + p1 + ",s1\n\n\n", want: []Row{{Line: 5, Record: external}}},
		{name: "what spreadsheets leave behind", file: "platform_id,external_id,\n" + p1 + ",s1,,,\n", want: []Row{{Line: 2, Record: external}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := ReadFile(iotest.OneByteReader(strings.NewReader(tt.file)), FileOptions{Columns: tt.columns})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(c.Ignored(), tt.ignored) {
				t.Errorf("ignored %q, want %q", c.Ignored(), tt.ignored)
			}
			if rows := rowsOf(t, tt.file, FileOptions{Columns: tt.columns}); !reflect.DeepEqual(rows, tt.want) {
				t.Errorf("got  %+v\nwant %+v", rows, tt.want)
			}
		})
	}
}

func TestReadCSVRefusesHeaders(t *testing.T) {
	tests := []struct {
		name, file string
		columns    map[string]string
		want       string
	}{
		{"empty", "", nil, "the file is empty"},
		{"blank", "\n\n\r\n", nil, "the file is empty"},
		{"mark only", "\xEF\xBB\xBF", nil, "the file is empty"},
		{"no platform id", "user_uuid,email\n", nil, "it has no platform_id"},
		{"no alias", "platform_id,note,source\n", nil, "it has no alias"},
		{"no header", "5eed0000-0000-4000-8000-000000000001,jane.doe@school.test\n", nil, "it has no platform_id"},
		{"twice", "platform_id,email,Email\n", nil, "column email: appears twice"},
		{"unknown column renamed", "platform_id,email\n", map[string]string{"name": "x"}, `no column "name"`},
		{"renamed to nothing", "platform_id,email\n", map[string]string{"platform_id": "sourcedId"}, `column platform_id: the header has no "sourcedId"`},
		{"UTF-16 without a header", "\xFF\xFEp\x00l\x00", nil, "it has no platform_id"},
		{"CR alone", "platform_id,email\rx,y\r", nil, "CR alone"},
		{"endless", strings.Repeat("x", 200<<10), nil, "longer than"},
		{"broken quote", "platform_id,\"email\nx", nil, "quote"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadFile(strings.NewReader(tt.file), FileOptions{Columns: tt.columns})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "jane") {
				t.Errorf("the error shows somebody's data: %v", err)
			}
		})
	}
}

func TestReadCSVFindsFaults(t *testing.T) {
	p1 := id(1).String()
	tests := []struct {
		name, line string
		want       string
	}{
		{"no platform id", ",,_1_1,,,", "line 2: platform_id is required"},
		{"bad platform id", "jane.doe@school.test,,_1_1,,,", "line 2: platform_id is not a UUID"},
		{"nil platform id", "00000000-0000-0000-0000-000000000000,,_1_1,,,", "line 2: platform_id is not a UUID"},
		{"braces", "{5eed0000-0000-4000-8000-000000000001},,_1_1,,,", "line 2: platform_id is not a UUID"},
		{"no alias", p1 + ",,,,,note", "line 2: has no alias: one of user_uuid, user_id, external_id and email is required"},
		{"bad user uuid", p1 + ",Jane Doe,,,,", "line 2: user_uuid is not a UUID"},
		{"two faults", "x,y,,,,", "line 2: platform_id is not a UUID; user_uuid is not a UUID"},
		{"control character", p1 + ",,a\x00b,,,", "line 2: user_id holds a control character"},
		{"line end in an alias", p1 + ",,,\"a\nb\",,", "line 2: external_id holds a control character"},
		{"NUL in a note", p1 + ",,,s,,a\x00b", "line 2: note holds a control character"},
		{"not UTF-8", p1 + ",,,M\xfcller,,", "line 2: external_id is not UTF-8"},
		{"too long", p1 + ",,,," + strings.Repeat("x", 321) + ",", "line 2: email is longer than 320 bytes"},
		{"too few cells", p1 + ",,_1_1", "line 2: has 3 cells, but the header has 6"},
		{"too many cells", p1 + ",,_1_1,,,,surplus", "line 2: has 7 cells, but the header has 6"},
		{"quote out of place", p1 + ",,_1_1,O\"Neill,,", "line 2: has a quote out of place"},
		{"quote never closed", p1 + ",,_1_1,\"s1,,", "line 2: has a quote out of place"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := "platform_id,user_uuid,user_id,external_id,email,note\n" + tt.line
			plan := planFile(t, file, PlanOptions{}, NewIndex("school"))
			if len(plan.Invalid) != 1 || plan.Invalid[0].String() != tt.want {
				t.Fatalf("got %v, want %q", plan.Invalid, tt.want)
			}
			if err := plan.Err(); err == nil || !strings.Contains(err.Error(), "invalid: 1") || strings.Contains(err.Error(), "jane") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A bad line does not hide those behind it.
func TestReadCSVGoesOnBehindBadLines(t *testing.T) {
	file := "platform_id,external_id\nx,s1\n" + id(2).String() + ",a\"b\n" + id(3).String() + ",s3\n,\n"
	var lines []int
	for _, row := range rowsOf(t, file, FileOptions{}) {
		if len(row.Faults) > 0 {
			lines = append(lines, row.Line)
		}
	}
	if !slices.Equal(lines, []int{2, 3, 5}) {
		t.Errorf("faults on lines %v", lines)
	}
}

// The bound is that of a row, not of a file.
func TestReadCSVReadsLongFiles(t *testing.T) {
	row := id(1).String() + ",s1,\"" + strings.Repeat("x", MaxNote) + "\"\n"
	rows := rowsOf(t, "platform_id,external_id,note\n"+strings.Repeat(row, 3*maxRowBytes/len(row)), FileOptions{})
	if last := rows[len(rows)-1]; last.Line != len(rows)+1 || len(last.Record.Note) != MaxNote {
		t.Errorf("the last of %d rows is %+v", len(rows), last)
	}
}

func TestReadCSVBoundsRows(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("platform_id,external_id\nx,\""), neverEnding{})
	c, err := ReadFile(endless, FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range c.Rows() {
		if !errors.Is(err, errRowTooLong) {
			t.Fatalf("error %v", err)
		}
	}
}

// neverEnding is a quoted cell that is never closed.
type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "line\n"[i%5]
	}
	return len(p), nil
}

func TestReadCSVPassesReadErrorsOn(t *testing.T) {
	broken := errors.New("connection reset")
	file := io.MultiReader(strings.NewReader("platform_id,external_id\n"+id(1).String()+",s1\n"), iotest.ErrReader(broken))
	c, err := ReadFile(file, FileOptions{})
	if err == nil {
		_, err = NewPlan(t.Context(), c.Rows(), []*Index{NewIndex("school")}, PlanOptions{})
	}
	if !errors.Is(err, broken) {
		t.Fatalf("error %v", err)
	}
}

// What a spreadsheet or a line-based tool would trip over.
var awkward = []string{
	"=HYPERLINK(\"http://x\")", "+1", "-1", "@sum", "'quoted'", "a,b;c", `"`, `""`, "007", "1E5",
	"\\.", "ſtraße", "日本", "null", "TRUE", "_1_1", "a  b", "\u200b", "%s", "a\\nb",
}

func TestWriteCSVReadsBackIdentically(t *testing.T) {
	x := NewIndex("school")
	for i, text := range awkward {
		r := Record{PlatformID: id(i), UserID: text, ExternalID: text, Email: text, Note: text + "\n" + text}
		if i%2 == 0 {
			r.UserUUID = account(i)
		}
		r, faults := r.Normalize()
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		applySet(t, x, put(r))
	}
	var file strings.Builder
	if err := WriteCSV(&file, x.All()); err != nil {
		t.Fatal(err)
	}
	copied := NewIndex("school")
	plan := planFile(t, file.String(), PlanOptions{}, copied)
	if err := plan.Apply(Edit{}); err != nil {
		t.Fatal(err)
	}
	equalRecords(t, contents(copied), contents(x))
	if again := planFile(t, file.String(), PlanOptions{}, x).Counts(); again != (Counts{Same: len(awkward)}) {
		t.Errorf("importing an export changes something: %+v", again)
	}
}

func TestWriteCSVReportsErrors(t *testing.T) {
	x := indexOf(t, sampleRecord(1))
	if err := WriteCSV(failingWriter{}, x.All()); err == nil {
		t.Error("no error")
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Whatever the file: no panic, lines in order, records that an export repeats.
func FuzzReadFile(f *testing.F) {
	p1 := id(1).String()
	f.Add("platform_id,external_id\n" + p1 + ",s1\n")
	f.Add("\xEF\xBB\xBFplatform_id;note;email\r\n" + p1 + ";\"a\r\nb\";x@y\r\n")
	f.Add("platform_id\tuser_uuid\n" + p1 + "\thttps://h/users/" + FormatUserUUID(account(1)) + "\n")
	f.Add("platform_id,user_id\n" + p1 + ",\"_1_1\n")
	for _, name := range fixtures(f) {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, file string) {
		c, err := ReadFile(strings.NewReader(file), FileOptions{})
		if err != nil {
			return
		}
		x, last := NewIndex("school"), 0
		plan := planRows(t, func(yield func(Row, error) bool) {
			for row, err := range c.Rows() {
				if err != nil {
					return
				}
				if row.Line <= last || len(row.Faults) == 0 && len(row.Record.faults()) > 0 {
					t.Errorf("row %+v after line %d", row, last)
				}
				last, row.Record.Source = row.Line, "" // every row is for this source
				yield(row, nil)
			}
		}, PlanOptions{Partial: true}, x)
		if err := plan.Apply(Edit{}); err != nil {
			t.Fatal(err)
		}
		readsBack(t, x)
	})
}

func readsBack(t *testing.T, x *Index) {
	t.Helper()
	var exported strings.Builder
	if err := WriteCSV(&exported, x.All()); err != nil {
		t.Fatal(err)
	}
	copied := NewIndex("school")
	if err := planFile(t, exported.String(), PlanOptions{}, copied).Apply(Edit{}); err != nil {
		t.Fatal(err)
	}
	equalRecords(t, contents(copied), contents(x))
}

// Of Learn's feed files the user_id is a name, unless somebody says that it is
// not; and any column can be left out.
func TestColumnsLeftOut(t *testing.T) {
	feed := "external_person_key|user_id|email|other_id\nx-1|jteacher|a@b.test|" + id(1).String() + "\n"
	renamed := map[string]string{"platform_id": "other_id", "external_id": "external_person_key"}
	r := rowsOf(t, feed, FileOptions{Columns: renamed})[0].Record
	if r.UserID != "" || r.ExternalID != "x-1" || r.Email != "a@b.test" {
		t.Errorf("read %+v", r)
	}
	renamed["User_ID"], renamed["email"] = "user_id", "-"
	if r := rowsOf(t, feed, FileOptions{Columns: renamed})[0].Record; r.UserID != "jteacher" || r.Email != "" {
		t.Errorf("read %+v", r)
	}
	lines, err := ReadFile(strings.NewReader(`{"platform_id":"`+id(1).String()+`","email":"a@b.test","-":"x","external_id":"x-1"}`),
		FileOptions{Columns: map[string]string{"email": "-"}})
	if err != nil {
		t.Fatal(err)
	}
	for row := range lines.Rows() {
		if r := row.Record; r.Email != "" || r.ExternalID != "x-1" || len(lines.Ignored()) != 2 {
			t.Errorf("read %+v, ignored %q", r, lines.Ignored())
		}
	}
	if _, err := ReadFile(strings.NewReader(feed), FileOptions{Columns: map[string]string{"platform_id": "-"}}); err == nil {
		t.Error("a file without platform ids is read")
	}
}
