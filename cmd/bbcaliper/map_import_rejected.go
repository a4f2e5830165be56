package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// sameFile says whether two names are those of one file that is there.
func sameFile(one, other string) bool {
	a, err := os.Stat(one)
	if err != nil {
		return false
	}
	b, err := os.Stat(other)
	return err == nil && os.SameFile(a, b)
}

// writeRejected writes the lines that were not imported to a file of their own. It replaces what is there when it is
// whole. Its mode is 0600: it has people's names.
func (i *importing) writeRejected() error {
	target := i.flags.rejected
	if len(i.reasons) == 0 {
		i.say("no line was rejected, so %s is not written", target)
		return nil
	}
	n, err := i.copyRejected(target)
	if err != nil {
		return fmt.Errorf("write rejected lines: %w", err)
	}
	i.say("%s with the reason to %s: mend them there, and import that file with the same flags",
		counted(n, "rejected line was written", "rejected lines were written"), target)
	return nil
}

func (i *importing) copyRejected(target string) (n int, err error) {
	file, err := i.open(i.file)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	part, err := os.CreateTemp(filepath.Dir(target), filepath.Base(target)+".*.part") // of mode 0600
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(part.Name()) }() // which is gone by then if all went well
	n, err = mapping.WriteRejected(part, file, mapping.FileOptions{Columns: i.flags.request.Columns}, i.reasons)
	if err = errors.Join(err, part.Close()); err != nil {
		return 0, err
	}
	return n, os.Rename(part.Name(), target)
}
