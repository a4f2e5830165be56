package mapping

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// rejectedOf plans a file against an index and returns its rejected rows as a
// file, and as cells.
func rejectedOf(t testing.TB, file string, options FileOptions, x *Index) (string, [][]string) {
	t.Helper()
	parsed, err := ReadFile(strings.NewReader(file), options)
	if err != nil {
		t.Fatal(err)
	}
	refused := planRows(t, parsed.Rows(), PlanOptions{Partial: true}, x).Rejected()
	if refused == nil {
		return "", nil
	}
	var out bytes.Buffer
	n, err := WriteRejected(&out, iotest.HalfReader(strings.NewReader(file)), options, refused.Reasons())
	if err != nil || n != len(refused.Lines()) {
		t.Fatalf("%d rows of %v, %v", n, refused.Lines(), err)
	}
	reader := csv.NewReader(bytes.NewReader(out.Bytes()))
	reader.FieldsPerRecord = -1
	cells, err := reader.ReadAll()
	if err != nil {
		t.Fatalf("%v in %q", err, out.String())
	}
	return out.String(), cells
}

func TestWriteRejected(t *testing.T) {
	x := indexOf(t, Record{PlatformID: id(5), ExternalID: "s5"})
	p := func(n int) string { return id(n).String() }
	file := "sourcedId;userName;givenName;note\r\n" +
		p(1) + ";s1;Jane;\"good\r\nrow\"\r\n" + // 2
		"nothing;s2;\"Jim;\r\nJack\";\r\n" + // 4
		p(3) + ";O\"Neill;Shaq;\r\n" + // 6
		p(4) + ";s4\r\n" + // 7
		p(6) + ";s5;Jill;\r\n" + // 8
		p(7) + ";s7;a;\r\n" + p(8) + ";s7;b;\r\n" + // 9, 10
		p(9) + ";M\xfcller;c;\r\n" // 11
	options := FileOptions{Columns: map[string]string{"platform_id": "sourcedId", "external_id": "userName"}}
	text, cells := rejectedOf(t, file, options, x)
	claimed := `external_id "s7" is claimed by line 9 (platform id ` + p(7) + `) and by line 10 (platform id ` + p(8) + `)`
	want := [][]string{
		{"reason", "sourcedId", "userName", "givenName", "note"},
		{"platform_id is not a UUID", "nothing", "s2", "Jim;\nJack", ""},
		{"has a quote out of place", p(3) + `;O"Neill;Shaq;`},
		{"has 2 cells, but the header has 4", p(4), "s4"},
		{"platform id of record 1 changes from " + p(5) + " to " + p(6), p(6), "s5", "Jill", ""},
		{claimed, p(7), "s7", "a", ""},
		{claimed, p(8), "s7", "b", ""},
		{"external_id is not UTF-8", p(9), "M\xfcller", "c", ""},
	}
	if !reflect.DeepEqual(cells, want) {
		t.Errorf("got  %q\nwant %q", cells, want)
	}
	again, cells := rejectedOf(t, text, options, x)
	if len(cells) != len(want) {
		t.Fatalf("rejected again: %q", again)
	}
	for i, row := range cells[1:] {
		if !slices.Equal(row[1:], want[i+1][1:]) {
			t.Errorf("row %d changes when it is rejected again: %q", i, row)
		}
	}
	mended := strings.NewReplacer("nothing", p(2), "M\xfcller", "Müller").Replace(text)
	if rows := rowsOf(t, mended, options); len(rows[0].Faults)+len(rows[6].Faults) != 0 || rows[6].Record.ExternalID != "Müller" {
		t.Errorf("mended rows: %+v", rows)
	}
}

func TestWriteRejectedJSONLines(t *testing.T) {
	file := `{"sourcedId":"` + id(1).String() + `","user_id":7}` + "\n" +
		`{"sourcedId":"x","external_id":"s2","note":"a\nb"}` + "\n" + `{"sourcedId":` + "\n"
	options := FileOptions{Columns: map[string]string{"platform_id": "sourcedId"}}
	text, cells := rejectedOf(t, file, options, NewIndex("school"))
	want := [][]string{
		{"reason", "sourcedId", "user_uuid", "user_id", "external_id", "email", "source", "note"},
		{"platform_id is not a UUID", "x", "", "", "s2", "", "", "a\nb"},
		{"is not a JSON object", `{"sourcedId":`},
	}
	if !reflect.DeepEqual(cells, want) {
		t.Errorf("got  %q\nwant %q", cells, want)
	}
	if rows := rowsOf(t, strings.Replace(text, "x,", id(2).String()+",", 1), options); len(rows[0].Faults) != 0 || rows[0].Record.Note != "a\nb" {
		t.Errorf("mended: %+v", rows[0])
	}
}

func TestWriteRejectedOfUTF16(t *testing.T) {
	file := utf16Of(binary.LittleEndian, "platform_id\texternal_id\nx\tMüller\n")
	_, cells := rejectedOf(t, file, FileOptions{}, NewIndex("school"))
	if want := [][]string{{"reason", "platform_id", "external_id"}, {"platform_id is not a UUID", "x", "Müller"}}; !reflect.DeepEqual(cells, want) {
		t.Errorf("got %q", cells)
	}
}

func TestWriteRejectedReportsErrors(t *testing.T) {
	file := "platform_id,external_id\nx,s1\n"
	if _, err := WriteRejected(failingWriter{}, strings.NewReader(file), FileOptions{}, map[int]string{2: "bad"}); err == nil {
		t.Error("no error")
	}
	if _, err := WriteRejected(&bytes.Buffer{}, strings.NewReader("name\n"), FileOptions{}, nil); err == nil {
		t.Error("no header, no error")
	}
}

// Whatever the file: each rejected row is written once, as a CSV file.
func FuzzWriteRejected(f *testing.F) {
	f.Add("platform_id,external_id\nx,s1\ny,\"s\n2\"\nz,a\"b\n")
	f.Add("reason;platform_id;email\r\nbad;x;a@b\r\n;;;;;\r\n")
	f.Add("{\"platform_id\":1}\n{\n")
	for _, name := range fixtures(f) {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, file string) {
		parsed, err := ReadFile(strings.NewReader(file), FileOptions{})
		if err != nil {
			return
		}
		reasons := map[int]string{}
		for row, err := range parsed.Rows() {
			if err != nil {
				return
			}
			if len(row.Faults) > 0 {
				reasons[row.Line] = Invalid{Faults: row.Faults}.reason()
			}
		}
		var out bytes.Buffer
		n, err := WriteRejected(&out, strings.NewReader(file), FileOptions{}, reasons)
		if err != nil || n != len(reasons) {
			t.Fatalf("%d rows for %d reasons, %v", n, len(reasons), err)
		}
		reader := csv.NewReader(bytes.NewReader(out.Bytes()))
		reader.FieldsPerRecord = -1
		cells, err := reader.ReadAll()
		if err != nil || len(cells) != n+1 {
			t.Fatalf("%d lines, %v in %q", len(cells), err, out.String())
		}
	})
}
