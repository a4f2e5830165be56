package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// file writes a file for a command and returns its name.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// One file that is no JSON, and one that is not there, do not keep the others from coming out.
func TestTranslateGoesOnAfterABadFile(t *testing.T) {
	s := newShell(t)
	cut, login := file(t, "cut.json", `{"data":[`), file(t, "login.json", string(payload(t, "v1p1/login.json")))
	people := file(t, "map.csv", "platform_id,user_uuid\n"+testPlatform+","+testUser+"\n")
	s.run("translate", "--map", people, cut, "nowhere.json", login).is(exitFailed).
		prints(`"urn:uuid:f8c984e2-de73-4c0b-8183-779ab4149422"`, "urn:uuid:"+testPlatform).
		says(cut+": refused: ", "truncated at byte 9", "nowhere.json: refused: open nowhere.json: ", "bbcaliper: 2 files did not come out\n")
	got := s.run("translate", cut, login).is(exitFailed).
		says(login+"#0: held: unmapped: SessionEvent f8c984e2-de73-4c0b-8183-779ab4149422", "bbcaliper: 1 event and 1 file did not come out\n")
	if got.out != "" {
		t.Errorf("printed %s", got.out)
	}
}

// A map file that cannot be used is said to be so line by line.
func TestTranslateNamesTheLinesOfABadMap(t *testing.T) {
	s := newShell(t)
	people := file(t, "map.csv", "platform_id,external_id\n"+testPlatform+",a\n"+strings.Replace(testPlatform, "7", "8", 1)+",a\nx,b\n")
	s.run("translate", "--map", people, "-").is(exitFailed).
		says(`  external_id "a" is claimed by line 2 (`, "and by line 3 (", "  line 4: platform_id is not a UUID\n")
}
