package adapter

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
)

// mapFile is a watched file: it is looked at, and imported into the ID map when its content is another.
//
//	look ─▶ as it was? ─▶ the same at two looks? ─▶ read ─▶ imported before? ─▶ plan ─▶ may it be? ─▶ import
//	          done            else: wait                        done                    else: refuse
//
// It is looked at, not listened to: what tells of changes does not do so on network file systems, and Kubernetes swaps a
// link two folders up.
type mapFile struct {
	adapter *Adapter
	config  config.MapFile
	stop    context.CancelFunc
	again   chan struct{} // by lookAgain: look now; holds one

	mu     sync.Mutex
	status admin.MapFileStatus

	// What follows is run's alone.
	seen    os.FileInfo   // at the last look; nil: there was nothing to see
	done    os.FileInfo   // what was read and dealt with; nil: nothing
	setback *setback      // why done is not imported; nil: it is
	pause   time.Duration // before what failed is tried again
	told    string        // what the log was told last
}

// settleTime is how long a new file is left alone before it is read. Network file systems show what they saw three
// seconds ago.
const settleTime = 5 * time.Second

// maxFailurePause is how long a file waits at most when the map takes no writes.
const maxFailurePause = 5 * time.Minute

func newMapFile(a *Adapter, c config.MapFile, stop context.CancelFunc) *mapFile {
	f := &mapFile{adapter: a, config: c, stop: stop, again: make(chan struct{}, 1)}
	f.status = admin.MapFileStatus{Path: c.Path, Source: c.Source, Sync: c.Sync, State: admin.MapFilePending, Since: f.now()}
	return f
}

func (f *mapFile) now() time.Time { return f.adapter.opts.Clock.Now().UTC() }

// lookAgain has the file looked at now, and tried again if it was refused.
func (f *mapFile) lookAgain() {
	select {
	case f.again <- struct{}{}:
	default: // it is about to
	}
}

// current says how it goes.
func (f *mapFile) current() admin.MapFileStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status
}

// run looks at the file again and again.
func (f *mapFile) run(ctx context.Context) {
	f.recall(ctx)
	for ctx.Err() == nil {
		timer := f.adapter.opts.Clock.NewTimer(f.look(ctx))
		f.looked()
		select {
		case <-timer.Chan():
		case <-f.again:
			if f.current().State != admin.MapFileCurrent {
				f.done, f.pause = nil, 0
			}
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// recall shows what was imported before the start.
func (f *mapFile) recall(ctx context.Context) {
	known, err := f.adapter.journal.Imported(ctx, f.config.Path)
	if err != nil || known.SHA256 == "" {
		return // unknown for now: it is asked again before anything is imported
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Imported = importedStatus(&known)
}

// looked notes that a look has ended, and that the next one is arranged for.
func (f *mapFile) looked() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Looked = f.now()
	f.status.Modified = time.Time{}
	if f.seen != nil {
		f.status.Modified = f.seen.ModTime().UTC()
	}
}

// look does what there is to do, and returns how long to wait before the next look.
func (f *mapFile) look(ctx context.Context) time.Duration {
	before := f.seen
	info, err := os.Stat(f.config.Path)
	if err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err != nil {
		f.seen, f.done = nil, nil
		f.fail(unreadable(err))
		return f.config.Every
	}
	f.seen = info
	switch {
	case sameFile(f.done, info) && !f.broughtByHand(ctx):
		return f.config.Every
	case !sameFile(before, info):
		f.done, f.pause = nil, 0
		f.become(admin.MapFilePending, "it is new, or is being written", "")
		return min(f.config.Every, settleTime)
	}
	return f.take(ctx, info)
}

// sameFile says whether a path still names the same file, untouched. A file that was renamed over it is another one.
func sameFile(before, now os.FileInfo) bool {
	return before != nil && os.SameFile(before, now) && before.Size() == now.Size() && before.ModTime().Equal(now.ModTime())
}

// take imports a file that has settled, or finds out why not.
func (f *mapFile) take(ctx context.Context, info os.FileInfo) time.Duration {
	f.setback = nil
	imported, err := f.bring(ctx, info)
	var no *setback
	switch {
	case ctx.Err() != nil:
		return f.config.Every
	case err == nil:
		f.done, f.pause = info, 0
		f.succeed(&imported)
	case errors.Is(err, errMoving):
		f.seen = nil
		f.become(admin.MapFilePending, "it was changed while it was read", "")
		return min(f.config.Every, settleTime)
	case errors.As(err, &no) && no.state == admin.MapFileRefused:
		f.done, f.setback, f.pause = info, no, 0
		f.fail(no)
	default:
		f.pause = min(max(2*f.pause, f.config.Every), max(maxFailurePause, f.config.Every))
		f.fail(failure(err))
		return f.pause
	}
	return f.config.Every
}

// become changes the state.
func (f *mapFile) become(state, reason, remedy string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.status.State != state || f.status.Reason != reason {
		f.status.Since = f.now()
	}
	f.status.State, f.status.Reason, f.status.Remedy = state, reason, remedy
}

// succeed shows and logs that the file is in the map.
func (f *mapFile) succeed(imported *journal.Imported) {
	before := f.current().Imported
	reason, remedy := f.leftOut(imported.LeftOut)
	f.become(admin.MapFileCurrent, reason, remedy)
	f.mu.Lock()
	f.status.Imported = importedStatus(imported)
	f.mu.Unlock()
	if before != nil && before.At.Equal(imported.At) {
		f.told = "" // nothing was done, and what was wrong before has passed
		return
	}
	f.tell(imported.SHA256+imported.At.String(), logrus.InfoLevel, "a watched file was imported into the ID map", logrus.Fields{
		"people": imported.People, "new": imported.New, "changed": imported.Changed, "repointed": imported.Repointed,
		"removed": imported.Removed, "left_out": imported.LeftOut,
	})
}

// fail shows and logs why the file is not in the map.
func (f *mapFile) fail(why *setback) {
	f.become(why.state, why.reason, why.remedy)
	fields := logrus.Fields{"state": why.state, "reason": why.reason}
	if why.remedy != "" {
		fields["remedy"] = why.remedy
	}
	f.tell(why.digest+why.state+why.reason, logrus.WarnLevel, "a watched file is not imported", fields)
}

// tell logs something unless it is what was logged last.
func (f *mapFile) tell(what string, level logrus.Level, text string, fields logrus.Fields) {
	if f.told == what {
		return
	}
	f.told = what
	f.adapter.log.WithFields(logrus.Fields{"component": "map files", "file": f.config.Path}).WithFields(fields).Log(level, text)
}

func importedStatus(i *journal.Imported) *admin.ImportedFile {
	return &admin.ImportedFile{
		At: i.At, SHA256: i.SHA256, People: i.People, New: i.New, Changed: i.Changed, Repointed: i.Repointed,
		Removed: i.Removed, LeftOut: i.LeftOut,
	}
}

// unreadable says why a file cannot be read.
func unreadable(err error) *setback {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &setback{state: admin.MapFileMissing, reason: "there is no such file", remedy: "it is imported when it comes"}
	case errors.Is(err, fs.ErrPermission):
		return &setback{state: admin.MapFileUnreadable, reason: "bbcaliper may not read it", remedy: "let its user read the file and search the folders above it"}
	}
	return &setback{state: admin.MapFileUnreadable, reason: err.Error()}
}
