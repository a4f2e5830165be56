package adapter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// mapFilesCommand is what the history of the map calls the way in which watched files come.
const mapFilesCommand = "map files"

var (
	// errMoving means that a file changed while it was read: whoever writes it has not done.
	errMoving = errors.New("the file was changed while it was read")
	// errNoFile means that there is something else in its place.
	errNoFile = errors.New("it is not a regular file: name a file, or a link to one")
)

// bring imports the file if its content is another than the last time. It returns what is known of it then. The error is
// a setback, errMoving, or one of the store.
//
// What was imported is remembered by its hash in the engine's state, which is one small record to read. Planning the
// same file again would cost seconds of a processor and 160 MB for a million people at each start, and it would undo what
// somebody has undone since. The map's log knows the hash too, but would have to be read to its beginning for a file
// that changed nothing, and cannot tell whether a file of several sources came into all of them.
func (f *mapFile) bring(ctx context.Context, info os.FileInfo) (journal.Imported, error) {
	if info.Size() > admin.DefaultMaxImport {
		return journal.Imported{}, &setback{state: admin.MapFileRefused, reason: fmt.Sprintf("it has more than %d bytes", admin.DefaultMaxImport)}
	}
	file, err := os.Open(f.config.Path)
	if err != nil {
		return journal.Imported{}, unreadable(err)
	}
	defer file.Close()
	digest, err := f.digest(ctx, file, info)
	if err != nil {
		return journal.Imported{}, err
	}
	if err := f.adapter.journal.Healthy(); err != nil {
		return journal.Imported{}, err
	}
	known, err := f.adapter.journal.Imported(ctx, f.config.Path)
	if err != nil || known.SHA256 == digest && known.Settings == f.settings() {
		return known, err
	}
	return f.importContent(ctx, file, info, digest)
}

// digest reads the whole file once, which changes nothing yet.
func (f *mapFile) digest(ctx context.Context, file *os.File, info os.FileInfo) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, whileOf{ctx, file}); err != nil {
		return "", unreadable(err)
	}
	if !f.rests(file, info) {
		return "", errMoving
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// rests says whether an open file is still what it was, and what the path names.
func (f *mapFile) rests(file *os.File, info os.FileInfo) bool {
	opened, err := file.Stat()
	if err != nil || !sameFile(info, opened) {
		return false
	}
	named, err := os.Stat(f.config.Path)
	return err == nil && sameFile(info, named)
}

// whileOf is a reader that ends with its context.
type whileOf struct {
	ctx context.Context
	io.Reader
}

func (r whileOf) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// importContent reads the file a second time, now into a plan, and applies that if it may be. One file at a time.
func (f *mapFile) importContent(ctx context.Context, file *os.File, info os.FileInfo, digest string) (journal.Imported, error) {
	turn := f.adapter.mapFiles.turn
	select {
	case <-turn:
		defer func() { turn <- struct{}{} }()
	case <-ctx.Done():
		return journal.Imported{}, context.Cause(ctx)
	}
	plan, result, err := f.plan(ctx, file, info, digest)
	if err == nil {
		if no := f.refuses(plan); no != nil {
			err = no
		}
	}
	if err != nil {
		return journal.Imported{}, f.because(err, digest, result.Revisions)
	}
	return f.apply(ctx, plan, &result)
}

// request is how the file would be imported by hand.
func (f *mapFile) request() admin.ImportRequest {
	c := &f.config
	name := filepath.Base(c.Path)
	return admin.ImportRequest{
		Source: c.Source, Columns: c.Columns.Renamed(), Sync: c.Sync, AllowRepoint: c.AllowRepoint, Partial: c.Partial,
		By: "file " + name, File: name, Command: mapFilesCommand,
	}
}

// settings are those that decide what the file does to the map, as one text.
func (f *mapFile) settings() string {
	c := &f.config
	text, err := json.Marshal([]any{c.Source, c.Columns.Renamed(), c.Sync, c.AllowRepoint, c.Partial})
	if err != nil {
		return err.Error() // plain data cannot fail
	}
	return string(text)
}

// plan reads the file, which has to be the one whose digest it is.
func (f *mapFile) plan(ctx context.Context, file *os.File, info os.FileInfo, digest string) (*mapping.Plan, admin.ImportResult, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, admin.ImportResult{}, unreadable(err)
	}
	sources, err := service{f.adapter}.some("")
	if err != nil {
		return nil, admin.ImportResult{}, err
	}
	request := f.request()
	request.Body = whileOf{ctx, file}
	plan, result, err := readImport(ctx, sources, &request)
	if err == nil && (result.SHA256 != digest || !f.rests(file, info)) {
		err = errMoving
	}
	return plan, result, err
}

// apply writes the plan into the maps, and remembers that it was.
func (f *mapFile) apply(ctx context.Context, plan *mapping.Plan, result *admin.ImportResult) (journal.Imported, error) {
	request, planned := f.request(), result.Counts
	if err := (service{f.adapter}).apply(ctx, plan, request.Edit(result.SHA256), result); err != nil {
		return journal.Imported{}, err
	}
	result.Counts.Conflicting = max(result.Counts.Conflicting, planned.Conflicting) // also those of sources without a good row
	imported := f.imported(&result.Counts, result.SHA256)
	err := f.adapter.journal.SetImported(ctx, f.config.Path, imported)
	if errors.Is(err, journal.ErrConflict) {
		err = nil // another member imported it at the same time, and remembers it
	}
	return imported, err // it is planned again then, changes nothing, and is remembered
}

func (f *mapFile) imported(n *mapping.Counts, digest string) journal.Imported {
	i := journal.Imported{
		SHA256: digest, Settings: f.settings(), At: f.now(), People: n.New + n.Changed + n.Same + n.Repointed,
		New: n.New, Changed: n.Changed, Removed: n.Removed, LeftOut: n.LeftOut(f.config.AllowRepoint),
	}
	if f.config.AllowRepoint {
		i.Repointed = n.Repointed
	}
	return i
}
