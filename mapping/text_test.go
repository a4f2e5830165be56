package mapping

import (
	"encoding/binary"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

// utf16Of writes text as a spreadsheet does that saves "Unicode text".
func utf16Of(order binary.AppendByteOrder, text string) string {
	file := order.AppendUint16(nil, 0xFEFF)
	for _, unit := range utf16.Encode([]rune(text)) {
		file = order.AppendUint16(file, unit)
	}
	return string(file)
}

func TestFilesInUTF16(t *testing.T) {
	text := "platform_id\texternal_id\tnote\r\n" + id(1).String() + "\tMüller 日本 𝄞\t\"two\r\nlines\"\r\n" + id(2).String() + "\ts2\t\r\n"
	want := rowsOf(t, text, FileOptions{})
	if len(want) != 2 || want[0].Record.ExternalID != "Müller 日本 𝄞" || want[1].Line != 4 {
		t.Fatalf("%+v", want)
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		if got := rowsOf(t, utf16Of(order, text), FileOptions{}); !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %+v, want %+v", order, got, want)
		}
		file, err := ReadFile(iotest.OneByteReader(strings.NewReader(utf16Of(order, text))), FileOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := allRows(t, file); !reflect.DeepEqual(got, want) {
			t.Errorf("%v byte by byte: got %+v, want %+v", order, got, want)
		}
	}
}

// Half a pair and half a unit are faults of their row, not other letters.
func TestDamagedUTF16(t *testing.T) {
	file := utf16Of(binary.LittleEndian, "platform_id,external_id\n"+id(1).String()+",a") + "\x00\xD8" + "x\x00\n\x00"
	file += strings.TrimPrefix(utf16Of(binary.LittleEndian, id(2).String()+",b"), "\xFF\xFE") + "\x00\xDC\n"
	rows := rowsOf(t, file, FileOptions{})
	if len(rows) != 2 {
		t.Fatalf("%+v", rows)
	}
	for _, row := range rows {
		if len(row.Faults) != 1 || row.Faults[0].String() != "external_id is not UTF-8" {
			t.Errorf("%+v", row)
		}
	}
	for _, end := range []string{"\xFF\xFE", "\xFF\xFEa", "\xFE\xFF\xD8\x00", "\xFF"} {
		if _, err := ReadFile(strings.NewReader(end), FileOptions{}); err == nil {
			t.Errorf("%q is a file", end)
		}
	}
}

func FuzzUTF16(f *testing.F) {
	f.Add("a日𝄞")
	f.Add("\uFFFD\uE000")
	f.Fuzz(func(t *testing.T, text string) {
		units := utf16.Encode([]rune(text))
		want := string(utf16.Decode(units))
		file := strings.NewReader(utf16Of(binary.BigEndian, text))
		plain, err := plainText(iotest.HalfReader(file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(plain)
		if err != nil || string(got) != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	})
}

func allRows(t testing.TB, file File) []Row {
	t.Helper()
	var rows []Row
	for row, err := range file.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}
