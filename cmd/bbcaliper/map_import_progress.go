package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// importQuiet is how long an import says nothing: most are over by then. drawEvery is how long a picture stays.
const (
	importQuiet = time.Second
	drawEvery   = 100 * time.Millisecond
)

// importWatch draws how far an import is. While the file is being sent that is known here, by what has been read of it;
// then the adapter tells. A file is read and answers come on different goroutines.
type importWatch struct {
	body io.Reader
	size int64 // of the file in bytes; 0: nobody knows

	mu    sync.Mutex
	line  progressLine
	sent  int64
	begun time.Time
	drawn time.Time
	ended bool
}

func newImportWatch(c *console, body io.Reader) *importWatch {
	w := &importWatch{body: body, line: progressLine{console: c}, begun: c.now()}
	if file, ok := body.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			w.size = info.Size()
		}
	}
	return w
}

// Read reads the file.
func (w *importWatch) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent += int64(n)
	if w.size > 0 {
		w.draw("reading " + bar(w.sent, w.size))
	} else {
		w.draw(fmt.Sprintf("reading %d MB", w.sent>>20))
	}
	return n, err
}

// progress is told by the adapter.
func (w *importWatch) progress(p admin.ImportProgress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.Stage == mapping.Writing {
		w.draw(fmt.Sprintf("writing %s of %s", bar(p.Done, p.Total), counted(p.Total, "change", "changes")))
	} else {
		w.draw(fmt.Sprintf("read %s", counted(p.Total, "line", "lines")))
	}
}

func (w *importWatch) draw(text string) {
	now := w.line.now()
	if w.ended || now.Sub(w.begun) < importQuiet || now.Sub(w.drawn) < drawEvery {
		return
	}
	w.drawn = now
	w.line.show(text)
}

// end takes the picture away, for good.
func (w *importWatch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.line.end()
}
