package admin

import (
	"bufio"
	"fmt"
	"io"
	"net/http"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// dead lists dead events, a page at a time. What a collector says may name a person, so not everybody reads it.
func (h *Handler) dead(w http.ResponseWriter, r *request) error {
	filter, err := r.deadPage()
	if err != nil {
		return err
	}
	events, err := h.service.Dead(r.Context(), filter)
	if err != nil {
		return err
	}
	if !r.token.Role.Covers(config.RoleMapper) {
		for i := range events {
			if events[i].Status != 0 {
				events[i].Detail = ""
			}
		}
	}
	return answer(w, http.StatusOK, events)
}

func (h *Handler) countDead(w http.ResponseWriter, r *request) error {
	filter, err := r.deadFilter()
	if err != nil {
		return err
	}
	counts, err := h.service.CountDead(r.Context(), filter)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, counts)
}

// deadLetter shows the letter that a number names, or those that an event has.
func (h *Handler) deadLetter(w http.ResponseWriter, r *request) error {
	filter := DeadFilter{Destination: r.query.Get(queryDestination)}
	if err := filter.Name(r.name); err != nil {
		return err
	}
	var letters []DeadLetter
	err := h.service.EachLetter(r.Context(), filter, func(l *DeadLetter) error {
		letters = append(letters, *l)
		return nil
	})
	if err != nil {
		return err
	}
	if len(letters) == 0 {
		return NotFound("there is no such dead letter: maybe it has been retried or discarded")
	}
	return answer(w, http.StatusOK, letters)
}

// exportDead streams letters as JSON lines.
func (h *Handler) exportDead(w http.ResponseWriter, r *request) error {
	filter, err := r.deadFilter()
	if err != nil {
		return err
	}
	return h.download(w, TypeLines, "dead.jsonl", func(out io.Writer) error {
		buffered := bufio.NewWriter(out)
		err := h.service.EachLetter(r.Context(), filter, func(l *DeadLetter) error { return writeLine(buffered, l) })
		if err != nil {
			return err
		}
		return buffered.Flush()
	})
}

// writeLine writes a document as one line.
func writeLine(w io.Writer, document any) error {
	line, err := encode(document)
	if err != nil {
		return fmt.Errorf("write line: %w", err)
	}
	_, err = w.Write(line)
	return err
}

func (h *Handler) retryDead(w http.ResponseWriter, r *request) error {
	filter, err := r.deadFilter()
	if err != nil {
		return err
	}
	result, err := h.service.RetryLetters(r.Context(), filter)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, result)
}

func (h *Handler) discardDead(w http.ResponseWriter, r *request) error {
	filter, err := r.deadFilter()
	if err != nil {
		return err
	}
	var discard Discard
	if err := read(w, r, &discard); err != nil {
		return err
	}
	if discard.Because, err = words(discard.Because); err != nil {
		return err
	}
	if discard.Because == "" {
		return Invalid("because is required: say why nobody will want these events")
	}
	discard.By = r.by()
	result, err := h.service.DiscardLetters(r.Context(), filter, discard)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, result)
}
