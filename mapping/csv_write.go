package mapping

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
)

// WriteCSV writes records as a file from which [ReadFile] reads the same
// aliases, platform ids, sources and notes, byte for byte.
//
// Exactness wins over caution: a value that begins with =, +, - or @ is written
// as it is, although a spreadsheet may take it for a formula. An apostrophe
// before it would come back as part of the external id, and match nobody. Open
// such a file in a spreadsheet as text columns, which also keeps leading zeros.
func WriteCSV(w io.Writer, records iter.Seq[Record]) error {
	out := csv.NewWriter(w)
	if err := out.Write(columns[:]); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	for r := range records {
		if err := out.Write(cells(&r)); err != nil {
			return fmt.Errorf("write record: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}

func cells(r *Record) []string {
	return []string{
		r.PlatformID.String(), FormatUserUUID(r.UserUUID), r.UserID, r.ExternalID, r.Email, r.Source, r.Note,
	}
}
