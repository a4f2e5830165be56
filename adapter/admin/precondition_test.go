package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Entity tags are those of RFC 9110 section 8.8.3, compared as section 13.1.1 says.
func TestIfMatch(t *testing.T) {
	for text, want := range map[string]struct {
		revision uint64
		status   int // of the refusal
	}{
		`"41"`:                           {revision: 41},
		`41`:                             {revision: 41},
		` "41" `:                         {revision: 41},
		`"41", "41"`:                     {revision: 41},
		`"41","x"`:                       {revision: 41},
		`"x" , "41", W/"42"`:             {revision: 41},
		`"18446744073709551615"`:         {revision: 18446744073709551615},
		`W/"41"`:                         {status: 412}, // compared strongly, a weak tag matches nothing
		`"x"`:                            {status: 412},
		`""`:                             {status: 412},
		`"0"`:                            {status: 412},
		`0`:                              {status: 412},
		`"-1"`:                           {status: 412},
		`"18446744073709551616"`:         {status: 412},
		`*`:                              {status: 400},
		`"41", *`:                        {status: 400},
		`"41", "42"`:                     {status: 400},
		`x`:                              {status: 400},
		``:                               {status: 400},
		`"41`:                            {status: 400},
		`"`:                              {status: 400},
		`"4"1"`:                          {status: 400},
		`"4 1"`:                          {status: 400},
		`w/"41"`:                         {status: 400},
		`-1`:                             {status: 400},
		strings.Repeat(`"1",`, 99) + "x": {status: 400},
	} {
		revision, err := ifMatch(http.Header{"If-Match": {text}})
		status := 0
		if err != nil {
			status = shown(err).Class.status()
		}
		if revision != want.revision || status != want.status {
			t.Errorf("%.40q: revision %d, %v; want %+v", text, revision, err, want)
		}
	}
	if revision, err := ifMatch(http.Header{}); revision != 0 || err != nil {
		t.Errorf("without the header: %d, %v", revision, err)
	}
	if revision, err := ifMatch(http.Header{"If-Match": {`"x"`, `"41"`}}); revision != 41 || err != nil {
		t.Errorf("given twice: %d, %v", revision, err)
	}
}

// Two editors have seen the same version: the first one wins, the other is told, and what was read says which it was.
func TestTwoEditorsOfOneRecord(t *testing.T) {
	seen := mapping.Record{Number: 4, Source: "myschool", PlatformID: somebody, UserID: "_7_1", Revision: 41}
	r := newRig(t, func(o *Options) { o.Service = &oneRecord{stub: o.Service.(*stub), record: seen} })
	read := r.ask("mapper", http.MethodGet, PathRecords+"?person=_7_1", "")
	tag := read.Header.Get("ETag")
	if read.StatusCode != http.StatusOK || tag != `"41"` {
		t.Fatalf("answered %d %s, ETag %s", read.StatusCode, read.body, tag)
	}
	first := r.ask("mapper", http.MethodPut, PathRecords, `{"platform_id":"`+somebody.String()+`","user_id":"_7_1","note":"a"}`, "If-Match", tag)
	if first.StatusCode != http.StatusOK || first.Header.Get("ETag") != `"42"` {
		t.Errorf("the first is answered %d %s, ETag %s", first.StatusCode, first.body, first.Header.Get("ETag"))
	}
	for _, late := range []answered{
		r.ask("mapper", http.MethodPut, PathRecords, `{"platform_id":"`+somebody.String()+`","user_id":"_7_1","note":"b"}`, "If-Match", tag),
		r.ask("mapper", http.MethodDelete, PathRecords+"?person=_7_1", "", "If-Match", tag),
	} {
		if f := r.failure(late); late.StatusCode != http.StatusPreconditionFailed || !strings.Contains(f.Error, "changed meanwhile") {
			t.Errorf("the other is answered %d %s", late.StatusCode, late.body)
		}
	}
	now := r.ask("mapper", http.MethodGet, PathRecords+"?person=_7_1", "")
	if !strings.Contains(now.body, `"note":"a"`) || now.Header.Get("ETag") != `"42"` {
		t.Errorf("afterwards the record is %s, ETag %s", now.body, now.Header.Get("ETag"))
	}
}

// oneRecord is a map with one record, that keeps the conditions of edits.
type oneRecord struct {
	*stub
	record mapping.Record
}

func (o *oneRecord) Find(context.Context, string, string) ([]mapping.Record, error) {
	return []mapping.Record{o.record}, nil
}

func (o *oneRecord) Set(_ context.Context, stated mapping.Record, edit mapping.Edit) (mapping.Record, error) {
	if edit.IfRevision != 0 && edit.IfRevision != o.record.Revision {
		return mapping.Record{}, mapping.ErrRevision
	}
	o.record.Note = stated.Note
	o.record.Revision++
	return o.record, nil
}

func (o *oneRecord) Remove(_ context.Context, _, _ string, edit mapping.Edit) ([]mapping.Record, error) {
	if edit.IfRevision != 0 && edit.IfRevision != o.record.Revision {
		return nil, mapping.ErrRevision
	}
	return []mapping.Record{o.record}, nil
}

// An ETag names one record: several have none, and neither has nobody.
func TestETagNeedsOneRecord(t *testing.T) {
	r := newRig(t, nil)
	if got := r.ask("mapper", http.MethodGet, PathRecords+"?person=_7_1", ""); got.Header.Get("ETag") != "" {
		t.Errorf("nobody has the ETag %s", got.Header.Get("ETag"))
	}
}

// Whoever sends a condition relies on it: where there is none to be had, the request is refused.
func TestConditionsAreNotOverlooked(t *testing.T) {
	r := newRig(t, nil)
	r.stub.letters = []DeadLetter{oneLetter()}
	for _, route := range routes() {
		path, body := example(route)
		for name, supported := range map[string]bool{
			"If-Match":      slices.Contains(conditional(), route.path),
			"If-None-Match": false,
		} {
			got := r.ask("admin", route.method, path, body, name, `"41"`)
			asked := len(r.stub.calls()) > 0
			refused := got.StatusCode == http.StatusBadRequest && !asked
			if refused == (supported || route.method == http.MethodGet) {
				t.Errorf("%s with %s: %d %s, asked: %v", route.name, name, got.StatusCode, got.body, asked)
			}
		}
	}
}

func FuzzIfMatch(f *testing.F) {
	for _, text := range []string{`"41"`, `W/"41"`, "*", `"a", "41"`, "41", `"`, ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		revision, err := ifMatch(http.Header{"If-Match": {text}})
		if (revision == 0) != (err != nil) {
			t.Errorf("%q: revision %d, %v", text, revision, err)
		}
	})
}
