package mapping

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func jsonRows(t testing.TB, text string, options FileOptions) ([]Row, *jsonLines) {
	t.Helper()
	file, err := ReadFile(strings.NewReader(text), options)
	if err != nil {
		t.Fatal(err)
	}
	lines, ok := file.(*jsonLines)
	if !ok {
		t.Fatalf("read as %T", file)
	}
	return allRows(t, lines), lines
}

func TestReadJSONLines(t *testing.T) {
	p1, u1 := id(1).String(), FormatUserUUID(account(1))
	text := "\xEF\xBB\xBF\n" +
		`{"platform_id":"` + p1 + `","user_uuid":"https://h/users/` + u1 + `","external_id":12345,"givenName":"Jane","note":"a\nb"}` + "\r\n\r\n" +
		`{"Platform_ID":" ` + p1 + ` ","EXTERNAL_ID":"00123","email":null,"status":"tobedeleted"}` + "\n" +
		`{"platform_id":"` + p1 + `","user_id":"_1_1","enabledUser":false,"source":"school"}`
	rows, file := jsonRows(t, text, FileOptions{})
	want := []Row{
		{Line: 2, Record: Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "12345", Note: "a\nb"}},
		{Line: 4, Record: Record{PlatformID: id(1), ExternalID: "00123"}, Inactive: true},
		{Line: 5, Record: Record{PlatformID: id(1), UserID: "_1_1", Source: "school"}, Inactive: true},
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("got  %+v\nwant %+v", rows, want)
	}
	if ignored := []string{"enabledUser", "givenName", "status"}; !slices.Equal(file.Ignored(), ignored) {
		t.Errorf("ignored %q, want %q", file.Ignored(), ignored)
	}
}

func TestReadJSONLinesWithOtherKeys(t *testing.T) {
	options := FileOptions{Columns: map[string]string{"platform_id": "sourcedId", "external_id": "userName"}}
	rows, file := jsonRows(t, `{"sourcedid":"`+id(1).String()+`","username":"s1","platform_id":"junk"}`, options)
	if len(rows) != 1 || rows[0].Record != (Record{PlatformID: id(1), ExternalID: "s1"}) || !slices.Equal(file.Ignored(), []string{"platform_id"}) {
		t.Errorf("%+v, ignored %q", rows, file.Ignored())
	}
	if _, err := ReadFile(strings.NewReader("{}"), FileOptions{Columns: map[string]string{"name": "x"}}); err == nil {
		t.Error("an unknown column is renamed")
	}
}

func TestReadJSONLinesFindsFaults(t *testing.T) {
	p1 := `"platform_id":"` + id(1).String() + `"`
	for _, tt := range []struct{ line, want string }{
		{`{`, "is not a JSON object"},
		{`{` + p1 + `,"user_id":"_1_1"} x`, "is not a JSON object"},
		{`{"jane@school.test":`, "is not a JSON object"},
		{`{} {}`, "is not a JSON object"},
		{`{` + p1 + `,"user_id":"a","user_id":"b"}`, "has a key twice"},
		{`{` + p1 + `,"user_id":"a","User_ID":"b"}`, "user_id is given twice"},
		{`{` + p1 + `,"user_id":["a"]}`, "user_id is neither a string nor a number"},
		{`{` + p1 + `,"user_id":true}`, "user_id is neither a string nor a number"},
		{`{` + p1 + `}`, "has no alias: one of user_uuid, user_id, external_id and email is required"},
		{`{"user_id":"_1_1"}`, "platform_id is required"},
		{`{"platform_id":"jane@school.test","user_id":"_1_1"}`, "platform_id is not a UUID"},
		{`{` + p1 + ",\"user_id\":\"\xff\"}", "is not UTF-8"},
		{`{` + p1 + `,"user_id":"\ud800"}`, "is not a JSON object"},
		{`{` + p1 + `,"user_id":"a\u0000"}`, "user_id holds a control character"},
	} {
		rows, _ := jsonRows(t, "{}\n"+tt.line+"\n{}", FileOptions{})
		if len(rows) != 3 || len(rows[1].Faults) == 0 || (Invalid{Faults: rows[1].Faults}).reason() != tt.want {
			t.Errorf("%s: got %+v, want %q", tt.line, rows, tt.want)
		}
	}
	rows, _ := jsonRows(t, "{}\nnull\n[]\n1\n", FileOptions{})
	for _, row := range rows[1:] {
		if len(row.Faults) != 1 || row.Faults[0].Reason != "is not a JSON object" {
			t.Errorf("%+v", row)
		}
	}
}

func TestReadJSONLinesBoundsRows(t *testing.T) {
	file, err := ReadFile(io.MultiReader(strings.NewReader(`{"note":"`), spaces{}), FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range file.Rows() {
		if !errors.Is(err, errRowTooLong) {
			t.Fatalf("error %v", err)
		}
	}
}

// spaces never end.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// Whatever the file: no panic, lines in order, faults where a record is bad.
func FuzzReadJSONLines(f *testing.F) {
	p1 := id(1).String()
	f.Add(`{"platform_id":"` + p1 + `","external_id":"s1"}` + "\n{}\n")
	f.Add("{\"a\":1}\r\n{\"email\":1e5,\"Email\":[]}")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := ReadFile(strings.NewReader(text), FileOptions{})
		if err != nil {
			return
		}
		last := 0
		for row, err := range file.Rows() {
			if err != nil {
				return
			}
			if row.Line <= last || len(row.Faults) == 0 && len(row.Record.faults()) > 0 {
				t.Errorf("row %+v after line %d", row, last)
			}
			last = row.Line
		}
	})
}
