package main

import (
	"os"
	"testing"
)

const (
	context12 = `"@context":"http://purl.imsglobal.org/ctx/caliper/v1p2"`
	goodEvent = `{` + context12 + `,"id":"urn:uuid:3a9d52c1-1c0b-4e65-8f43-6a1f0d2b7c90","type":"SessionEvent","profile":"SessionProfile",` +
		`"actor":{"id":"urn:uuid:7e6f0f4e-9a5f-4c3e-8d53-0c1b2a3d4e5f","type":"Person"},"action":"LoggedIn",` +
		`"object":{"id":"https://lms.example.edu","type":"SoftwareApplication"},"eventTime":"2026-02-03T04:05:06.000Z"}`
	badEvent  = `{` + context12 + `,"id":"urn:uuid:3a9d52c1-1c0b-4e65-8f43-6a1f0d2b7c91","type":"SessionEvent","action":"LoggedIn"}`
	goodGroup = `{` + context12 + `,"id":"https://lms.example.edu/courses/7","type":"CourseSection"}`
	envelope1 = `{"sensor":"https://lms.example.edu/sensor","sendTime":"2026-02-03T04:05:07.000Z","dataVersion":"http://purl.imsglobal.org/ctx/caliper/v1p2","data":`
	scored    = `{` + context12 + `,"id":"https://lms.example.edu/scores/1","type":"Score","scoreType":"XP"}`
)

func TestValidate(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"good.json": goodEvent, "bad.json": badEvent, "group.json": goodGroup, "scored.json": scored,
		"array.json":    "[" + goodEvent + "," + badEvent + "," + goodGroup + "]",
		"envelope.json": envelope1 + "[" + goodEvent + "," + badEvent + "]}",
		"broken.json":   `{"sensor":`,
		"empty.json":    "",
		"none.json":     "[]",
		"nodata.json":   envelope1 + "[]}",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const (
		badRule     = "\t$.actor: actor is required (Caliper 1.2 SessionEvent)\n"
		brokenStart = "\t$: the document is one well-formed JSON text in UTF-8; "
	)
	for _, test := range []struct {
		args []string
		in   string
		code int
		out  string
	}{
		{[]string{"good.json"}, "", 0, "OK\tgood.json\n"},
		{[]string{"./good.json", "group.json"}, "", 0, "OK\t./good.json\nOK\tgroup.json\n"},
		{[]string{"bad.json"}, "", 1, "FAIL\tbad.json" + badRule},
		{[]string{"array.json"}, "", 1, "OK\tarray.json#0\nFAIL\tarray.json#1" + badRule + "OK\tarray.json#2\n"},
		{[]string{"envelope.json"}, "", 1, "OK\tenvelope.json#0\nFAIL\tenvelope.json#1" + badRule},
		{[]string{"broken.json"}, "", 1, "FAIL\tbroken.json" + brokenStart + "it is not at byte 10 (RFC 8259)\n"},
		{[]string{"empty.json"}, "", 1, "FAIL\tempty.json" + brokenStart + "it is not at byte 0 (RFC 8259)\n"},
		{[]string{"none.json"}, "", 1, "FAIL\tnone.json\t$: an array holds at least one event or entity (Caliper 1.2 Envelope)\n"},
		{[]string{"nodata.json"}, "", 1, "FAIL\tnodata.json\t$.data: data is an array of one or more events and entity describes (Caliper 1.2 Envelope)\n"},
		{[]string{"absent.json", "good.json"}, "", 1, "FAIL\tabsent.json\t$: open absent.json: no such file or directory\nOK\tgood.json\n"},
		{[]string{"-"}, goodEvent, 0, "OK\t-\n"},
		{[]string{"-"}, "[" + goodEvent + "]", 0, "OK\t-#0\n"},
		{[]string{"scored.json", "--preset", "timeback"}, "", 0, "OK\tscored.json\n"},
	} {
		s := newShell(t)
		s.in = test.in
		got := s.run(append([]string{"validate"}, test.args...)...).is(test.code)
		if got.out != test.out {
			t.Errorf("%s:\n%swant\n%s", got.line, got.out, test.out)
		}
	}
	s := newShell(t)
	s.run("validate", "scored.json").is(exitFailed).prints("FAIL\tscored.json\t$.scoreType: ").says("1 of 1 documents failed")
}
