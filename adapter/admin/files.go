package admin

import (
	"io"
	"net/http"
)

// exportRecords streams the map.
func (h *Handler) exportRecords(w http.ResponseWriter, r *request) error {
	return h.download(w, "text/csv; charset=utf-8", "map.csv", func(out io.Writer) error {
		return h.service.Export(r.Context(), r.query.Get(querySource), out)
	})
}

// download streams a file. What goes wrong after the first byte cuts the connection: a file that is not whole must not
// look as if it were.
func (h *Handler) download(w http.ResponseWriter, kind, name string, write func(io.Writer) error) error {
	out := &file{w: w, kind: kind, name: name}
	err := write(out)
	if err != nil && out.began {
		h.log.WithError(err).Warn("export was broken off")
		panic(http.ErrAbortHandler) // which is how net/http is told to drop a connection
	}
	if err == nil {
		out.begin() // an empty file is one, too
	}
	return err
}

// file is a file on its way to the client.
type file struct {
	w          http.ResponseWriter
	kind, name string // its content type, and what to call it
	began      bool
}

func (f *file) begin() {
	if f.began {
		return
	}
	f.began = true
	f.w.Header().Set("Content-Type", f.kind)
	f.w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
	f.w.Header().Set("Cache-Control", "no-store")
}

func (f *file) Write(p []byte) (int, error) {
	f.begin()
	return f.w.Write(p)
}
