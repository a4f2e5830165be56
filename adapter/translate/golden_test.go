package translate_test

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/pipeline"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

var update = flag.Bool("update", false, "write testdata/golden anew")

// sendTime is that of all golden envelopes.
var sendTime = time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)

// goldenFile is where the output of a fixture stands: golden/<preset>/<generation>/<payload>.json, and for launches
// written otherwise than as tool launches <payload>.<mode>.json.
func goldenFile(f form, fixture string) string {
	name := fixture + ".json"
	if f.lti != timeback.LTIToolLaunch {
		name = fixture + "." + string(f.lti) + ".json"
	}
	return filepath.Join(testdata, "golden", f.preset, filepath.FromSlash(name))
}

// differs tells whether a form can have another output for a fixture than the preset's own form has.
func (f form) differs(fixture string) bool {
	return f.lti == timeback.LTIToolLaunch || isLaunch(fixture)
}

// silent are the fixtures that become nothing, in any form or in that of one preset, with the reason for which they are
// skipped.
var silent = map[string]string{
	"v1p1/forum-created-group":  translate.SkipAnonymous,
	"timeback/v1p1/view-viewed": translate.SkipUnknownObject,
}

// silence is why a fixture becomes nothing, "" if it becomes something.
func (f form) silence(fixture string) string {
	return cmp.Or(silent[fixture], silent[f.preset+"/"+fixture])
}

// What the fixtures become, byte by byte. A fixture without a golden file becomes nothing.
func TestGolden(t *testing.T) {
	var want []string
	for _, f := range forms() {
		for _, fixture := range fixtures(t) {
			if !f.differs(fixture) {
				continue
			}
			t.Run(f.String()+"/"+fixture, func(t *testing.T) {
				if got := goldenEnvelope(t, f, fixture); got != nil {
					want = append(want, goldenFile(f, fixture))
					compareGolden(t, goldenFile(f, fixture), got)
				} else if f.lti == timeback.LTIToolLaunch && f.silence(fixture) == "" {
					t.Error("nothing came out")
				}
			})
		}
	}
	noStrayGolden(t, want)
}

// goldenEnvelope is what a fixture becomes, nil if that is nothing.
func goldenEnvelope(t *testing.T, f form, fixture string) []byte {
	t.Helper()
	run := pipeline.NewDryRun(f.policy(t), people(t))
	fates, err := run.Body(readFixture(t, fixture))
	if err != nil {
		t.Fatal(err)
	}
	for _, fate := range fates {
		if fate.Outcome != "skipped" || f.lti == timeback.LTIToolLaunch && fate.Reason != f.silence(fixture) {
			t.Errorf("event %d: %s, %s: %s", fate.Item, fate.Outcome, fate.Reason, fate.Detail)
		}
	}
	if len(run.Events) == 0 {
		return nil
	}
	envelope := jsontext.Value(caliper.AppendEnvelope(nil, run.Sensor, sendTime, run.Events))
	if err := envelope.Indent(jsontext.WithIndent("  ")); err != nil {
		t.Fatal(err)
	}
	return append(envelope, '\n')
}

func compareGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		writeGolden(t, file, got)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", file, got)
	}
	if err := checker.Envelope(want); err != nil {
		t.Errorf("%s: %v", file, err)
	}
	for _, found := range personal(t, want) {
		t.Errorf("%s: %s", file, found)
	}
}

func writeGolden(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// noStrayGolden fails on golden files that nothing regenerates.
func noStrayGolden(t *testing.T, want []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(testdata, "golden"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !slices.ContainsFunc(want, func(file string) bool { return filepath.Clean(file) == filepath.Clean(path) }) {
			t.Errorf("%s is the output of nothing", path)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// personalForms are what must not stand in any output, by how it looks.
var personalForms = map[string]*regexp.Regexp{
	"a user or member IRI":     regexp.MustCompile(`(?i)/(users|members|minimaluser)/`),
	"a session's or launch's":  regexp.MustCompile(`(?i)/(sessions|ltilaunches)/`),
	"an extension of Learn's":  regexp.MustCompile(`bb:`),
	"an e-mail address":        regexp.MustCompile(`[^"\s]@[^"\s]`),
	"an IP address":            regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b`),
	"a user agent":             regexp.MustCompile(`(?i)mozilla|gecko|webkit|userAgent`),
	"a parameter of OAuth":     regexp.MustCompile(`(?i)oauth_`),
	"a parameter about people": regexp.MustCompile(`(?i)lis_person|user_id|sourcedid`),
	"the hex of a session":     regexp.MustCompile(`\b[0-9A-F]{32}\b`),
	"a query or a fragment":    regexp.MustCompile(`"https?://[^"]*[?#;]`),
	"a user of a URL":          regexp.MustCompile(`"https?://[^"/]*@`),
	"somebody's name":          regexp.MustCompile(`(?i)mira|lindqvist|tomas|okafor|haddad|"Blackboard Administrator"`),
	"a type of Learn's own":    regexp.MustCompile(`caliper\.blackboard\.com`),
	"null or something empty":  regexp.MustCompile(`:\s*(null|""|\[\s*\]|\{\s*\})`),
}

// personal finds what must not stand in a golden file, by how it looks and by whom the fixtures are about.
func personal(t *testing.T, text []byte) []string {
	t.Helper()
	var found []string
	for what, form := range personalForms {
		if form.Match(text) {
			found = append(found, what)
		}
	}
	for record := range people(t).All() {
		for what, value := range identifiers(record) {
			if value != "" && bytes.Contains(text, []byte(value)) {
				found = append(found, what)
			}
		}
	}
	return found
}

// identifiers are what Learn calls a person.
func identifiers(r mapping.Record) map[string]string {
	ids := map[string]string{"an external id": r.ExternalID}
	if r.UserID != "" {
		ids["a user id"] = `"` + r.UserID + `"`
	}
	if r.UserUUID != uuid.Nil {
		ids["a user's uuid"] = hex.EncodeToString(r.UserUUID[:])
		ids["a user's uuid with dashes"] = r.UserUUID.String()
	}
	return ids
}
