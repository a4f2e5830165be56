package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Imported is what a watched file held when it was imported into the ID map last. It lasts, so that a restart does not
// import the same again: it would undo what somebody has undone.
type Imported struct {
	// SHA256 is that of the content, 64 hex digits; "": the file was never imported.
	SHA256 string `json:"sha256"`
	// Settings are those under which it was imported. Under others it is imported again.
	Settings string    `json:"settings"`
	At       time.Time `json:"at"`
	// People is how many the file named; the others say what became of them.
	People    int `json:"people"`
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Repointed int `json:"repointed"`
	Removed   int `json:"removed"`
	LeftOut   int `json:"left_out"` // lines that could not be imported
}

// importedKey is the record of a file.
func importedKey(path string) string {
	sum := sha256.Sum256([]byte(path))
	return "file." + hex.EncodeToString(sum[:16])
}

// Imported returns what is known of a file, zero if nothing is.
func (j *Journal) Imported(ctx context.Context, path string) (Imported, error) {
	var known Imported
	_, err := j.readState(ctx, importedKey(path), &known)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Imported{}, err
	}
	return known, nil
}

// SetImported replaces what is known of a file.
func (j *Journal) SetImported(ctx context.Context, path string, now Imported) error {
	text, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("write imported file: %w", err)
	}
	var there Imported
	revision, err := j.readState(ctx, importedKey(path), &there)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	_, err = j.writeState(ctx, importedKey(path), text, revision)
	return err
}
