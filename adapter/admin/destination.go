package admin

import (
	"net/http"
	"strings"
	"unicode"
)

// MaxBecause is how long the words of a person are at most, in bytes.
const MaxBecause = 1000

// Pause says who pauses a destination, and why.
type Pause struct {
	// Because is for whoever finds it paused; it may be empty. One line, at most MaxBecause bytes.
	Because string `json:"because,omitempty"`
	// By is who asks. The server fills it in.
	By string `json:"-"`
}

// Discard says who discards letters, and why.
type Discard struct {
	// Because is required, and is kept with what was discarded. One line, at most MaxBecause bytes.
	Because string `json:"because"`
	// By is who asks. The server fills it in.
	By string `json:"-"`
}

// pauseDestination needs no body.
func (h *Handler) pauseDestination(w http.ResponseWriter, r *request) (err error) {
	var pause Pause
	if r.ContentLength != 0 {
		if err := read(w, r, &pause); err != nil {
			return err
		}
	}
	if pause.Because, err = words(pause.Because); err != nil {
		return err
	}
	pause.By = r.by()
	if err := h.service.PauseDestination(r.Context(), r.name, pause); err != nil {
		return err
	}
	return done(w)
}

func (h *Handler) resumeDestination(w http.ResponseWriter, r *request) error {
	if err := h.service.ResumeDestination(r.Context(), r.name); err != nil {
		return err
	}
	return done(w)
}

// words checks what a person says for others to read.
func words(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case len(text) > MaxBecause:
		return "", Invalid("because is longer than %d bytes", MaxBecause)
	case strings.ContainsFunc(text, unicode.IsControl):
		return "", Invalid("because holds a control character: it is one line of text")
	}
	return text, nil
}
