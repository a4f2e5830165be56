package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
)

// How many people BenchmarkMillionPeople has, and what memory the daemon may need for them at most.
const (
	millionPeople = 1_000_000
	maxMillionMiB = 1024
)

// BenchmarkMillionPeople imports, changes and undoes a million people with three aliases each, by the commands and in a
// daemon of its own, which is restarted in between. It reports how long each takes, and the daemon's memory: the most
// since it was started, and what it has afterwards. Run it with -benchtime 1x.
func BenchmarkMillionPeople(b *testing.B) {
	for b.Loop() {
		m := newMillion(b)
		m.start("first-start")
		m.timed("import", "map", "import", "--yes", m.file(""))
		m.rest("import")
		m.stop()

		m.start("restart")
		m.timed("change", "map", "import", "--yes", m.file("x"))
		m.timed("undo", "map", "undo", "--yes", m.newestChange())
		m.rest("undo")
		m.stop()

		m.start("last-restart")
		m.rest("last-restart")
		m.stop()
	}
}

// million is a daemon with commands for it.
type million struct {
	b       *testing.B
	program string
	dir     string
	daemon  *exec.Cmd
	admin   string // where it answers
}

func newMillion(b *testing.B) *million {
	m := &million{b: b, program: build(b), dir: b.TempDir()}
	configuration := `
listen: "127.0.0.1:0"
admin: { listen: "127.0.0.1:0", tokens: ["a-token"] }
sources: [{ name: myschool, keys: ["a-key-of-a-school"] }]
destinations: [{ name: nobody, url: "http://127.0.0.1:9/", app_id: 1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11 }]
`
	if err := os.WriteFile(m.config(), []byte(configuration), 0o600); err != nil {
		b.Fatal(err)
	}
	return m
}

func (m *million) config() string { return filepath.Join(m.dir, "bbcaliper.yaml") }

// start starts the daemon and reports how long it takes until it is ready, and what memory it has then.
func (m *million) start(name string) {
	m.b.Helper()
	begun := time.Now()
	m.daemon = exec.Command(m.program, "serve", "--config", m.config())
	log, err := m.daemon.StderrPipe()
	if err != nil {
		m.b.Fatal(err)
	}
	if err := m.daemon.Start(); err != nil {
		m.b.Fatal(err)
	}
	daemon := m.daemon
	m.b.Cleanup(func() { _ = daemon.Process.Kill() })
	m.admin = addressIn(log)
	for m.admin != "" && !m.isReady() {
		<-time.After(10 * time.Millisecond)
	}
	if m.admin == "" {
		m.b.Fatal("the daemon did not start")
	}
	m.b.ReportMetric(time.Since(begun).Seconds(), "s-"+name)
	m.b.ReportMetric(m.mebibytes("VmRSS"), "MiB-"+name)
}

// addressIn is the admin address that the daemon's log names, "" if it ends before.
func addressIn(log io.Reader) string {
	named := regexp.MustCompile(`admin="?([0-9.]+:[0-9]+)`)
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if found := named.FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return found[1]
		}
	}
	return ""
}

func (m *million) isReady() bool {
	resp, err := http.Get("http://" + m.admin + "/readyz")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (m *million) stop() {
	m.b.Helper()
	if err := m.daemon.Process.Signal(syscall.SIGTERM); err != nil {
		m.b.Fatal(err)
	}
	if err := m.daemon.Wait(); err != nil {
		m.b.Error(err)
	}
}

// timed runs a command, and reports how long it took and the most memory that the daemon has had by then.
func (m *million) timed(name string, args ...string) {
	m.b.Helper()
	begun := time.Now()
	m.command(args...)
	m.b.ReportMetric(time.Since(begun).Seconds(), "s-"+name)
	m.reportPeak(name)
}

func (m *million) reportPeak(name string) {
	m.b.Helper()
	peak := m.mebibytes("VmHWM")
	m.b.ReportMetric(peak, "MiB-peak-"+name)
	if peak > maxMillionMiB {
		m.b.Errorf("%s: the daemon has had %.0f MiB, want %d at most", name, peak, maxMillionMiB)
	}
}

// command runs a command that speaks to the daemon, and returns what it prints.
func (m *million) command(args ...string) []byte {
	m.b.Helper()
	cmd := exec.Command(m.program, args...)
	cmd.Env = append(os.Environ(), "BBCALIPER_SERVER="+m.admin, "BBCALIPER_ADMIN_TOKEN=a-token")
	var told strings.Builder
	cmd.Stderr = &told
	out, err := cmd.Output()
	if err != nil {
		m.b.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, told.String())
	}
	return out
}

func (m *million) newestChange() string {
	var changes []struct{ Number uint64 }
	if err := json.Unmarshal(m.command("map", "log", "--limit", "1", "--json"), &changes); err != nil {
		m.b.Fatal(err)
	}
	return strconv.FormatUint(changes[0].Number, 10)
}

// rest waits until a snapshot has been written, if one is, and reports what memory the daemon has then.
func (m *million) rest(name string) {
	m.b.Helper()
	<-time.After(5 * time.Second)
	m.b.ReportMetric(m.mebibytes("VmRSS"), "MiB-after-"+name)
	m.reportPeak(name)
}

// mebibytes is one of the daemon's figures in /proc; 0 where the system has none.
func (m *million) mebibytes(field string) float64 {
	m.b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.daemon.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), field+":")
	var kibibytes float64
	if _, err := fmt.Sscan(rest, &kibibytes); err != nil {
		m.b.Fatal(err)
	}
	return kibibytes / 1024
}

// file writes a file of the million people, always the same but for a note.
func (m *million) file(note string) string {
	m.b.Helper()
	path := filepath.Join(m.dir, "people"+note+".csv")
	f, err := os.Create(path)
	if err != nil {
		m.b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "platform_id,user_uuid,user_id,external_id,note")
	for i := range millionPeople {
		platform := uuid.NewSHA1(uuid.NameSpaceOID, strconv.AppendInt([]byte("platform "), int64(i), 10))
		account := uuid.NewSHA1(uuid.NameSpaceOID, strconv.AppendInt([]byte("account "), int64(i), 10))
		fmt.Fprintf(w, "%s,%x,_%d_1,student%07d,%s\n", platform, account[:], i, i, note)
	}
	if err := w.Flush(); err != nil {
		m.b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		m.b.Fatal(err)
	}
	return path
}
