package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

// mapFileTable lists the watched files, "" if there are none.
func mapFileTable(files []admin.MapFileStatus, now time.Time) string {
	if len(files) == 0 {
		return ""
	}
	t := newTable("MAP FILE", "STATE", "MODIFIED", "IMPORTED", "PEOPLE", "NEW", "CHANGED", "RE-POINTED", "REMOVED", "LEFT OUT")
	for i := range files {
		f, modified := &files[i], ""
		if !f.Modified.IsZero() {
			modified = ago(f.Modified, now)
		}
		if f.Imported == nil {
			t.row(f.Path, f.State, modified, "never", "", "", "", "", "", "")
			continue
		}
		last := f.Imported
		t.row(f.Path, f.State, modified, ago(last.At, now), strconv.Itoa(last.People), strconv.Itoa(last.New),
			strconv.Itoa(last.Changed), strconv.Itoa(last.Repointed), strconv.Itoa(last.Removed), strconv.Itoa(last.LeftOut))
	}
	return "\n" + t.String()
}

// mapFileStep says why a watched file is not in the map, or not all of it, and what to do; "" if nothing is.
func mapFileStep(f *admin.MapFileStatus, now time.Time) string {
	if f.State == admin.MapFilePending || f.Reason == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(f.Path)
	if f.State != admin.MapFileCurrent {
		fmt.Fprintf(&b, " has been %s for %s", f.State, duration(now.Sub(f.Since)))
	}
	b.WriteString(": " + f.Reason)
	if f.Remedy != "" {
		b.WriteString("; " + f.Remedy)
	}
	return b.String()
}
