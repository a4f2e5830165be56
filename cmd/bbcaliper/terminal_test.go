package main_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// How long a block of the README may take, the start of a daemon included, and how long everything that it started may
// take to end.
const (
	blockTimeout = 5 * time.Minute
	endTimeout   = 5 * time.Minute
)

// addresses gives each address of the README one that is free here.
func addresses(t *testing.T) map[string]string {
	t.Helper()
	free := map[string]string{}
	for _, address := range []string{"127.0.0.1:8080", "127.0.0.1:8081", "127.0.0.1:8088"} {
		l := freePort(t)
		defer l.Close() // all at the end, so that they differ
		free[address] = l.Addr().String()
	}
	return free
}

// freePort opens a port below those that systems hand out: once it is closed, nobody else is given it.
func freePort(t *testing.T) net.Listener {
	t.Helper()
	var err error
	for range 100 {
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000))); err == nil {
			return l
		}
	}
	t.Fatal(err)
	return nil
}

// terminal is a shell in a folder that looks like a clone with bbcaliper installed.
type terminal struct {
	t     *testing.T
	at    map[string]string // addresses of the README, and the real ones
	shell *exec.Cmd
	input io.WriteCloser
	lines chan string // what the shell and all that it started print; closed when they have ended
	seen  strings.Builder
}

func newTerminal(t *testing.T, program string, at map[string]string) *terminal {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(root(t), "testdata"), filepath.Join(dir, "testdata")); err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, at: at, shell: exec.Command("bash", "-eo", "pipefail"), lines: make(chan string)}
	term.shell.Dir = dir
	term.shell.Env = append(os.Environ(),
		"PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"),
		"BBCALIPER_SERVER=http://"+at["127.0.0.1:8081"], "BBCALIPER_ADMIN_TOKEN=",
		"NO_PROXY=*", "no_proxy=*", // curl takes a proxy for the loopback, too
	)
	term.shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that all that it starts can be ended with it
	output, printed := io.Pipe()
	term.shell.Stdout, term.shell.Stderr = printed, printed
	var err error
	if term.input, err = term.shell.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := term.shell.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { printed.CloseWithError(term.shell.Wait()) }()
	go term.read(output)
	t.Cleanup(func() { _ = syscall.Kill(-term.shell.Process.Pid, syscall.SIGKILL) })
	return term
}

// read hands out what is printed, in pieces as they come.
func (term *terminal) read(output io.Reader) {
	defer close(term.lines)
	piece := make([]byte, 16<<10)
	for {
		n, err := output.Read(piece)
		if n > 0 {
			term.lines <- string(piece[:n])
		}
		if err != nil {
			return
		}
	}
}

// run types a block, and waits until the shell is done with it and everything wanted has been printed since.
func (term *terminal) run(block string, wanted ...string) {
	term.t.Helper()
	for from, to := range term.at {
		block = strings.ReplaceAll(block, from, to)
	}
	const done = "done-with-this-block"
	// The collector's default is the README's address, which may be taken here.
	block = strings.ReplaceAll(block, "bbcaliper collector &", "bbcaliper collector --listen "+term.at["127.0.0.1:8088"]+" &")
	if _, err := io.WriteString(term.input, block+"\necho "+done+"\n"); err != nil {
		term.t.Fatalf("the shell has ended: %v\n%s", err, term.seen.String())
	}
	term.expect(append(wanted, done)...)
}

func (term *terminal) expect(wanted ...string) {
	term.t.Helper()
	ctx, cancel := context.WithTimeout(term.t.Context(), blockTimeout)
	defer cancel()
	var since strings.Builder
	for {
		missing := unmatched(wanted, since.String())
		if missing == "" {
			return
		}
		select {
		case piece, ok := <-term.lines:
			if !ok {
				term.t.Fatalf("the shell ended before %q was printed:\n%s", missing, term.seen.String())
			}
			since.WriteString(piece)
			term.seen.WriteString(piece)
		case <-ctx.Done():
			term.t.Fatalf("%q was not printed:\n%s", missing, term.seen.String())
		}
	}
}

// unmatched returns the first pattern that does not match, "" if all do.
func unmatched(patterns []string, text string) string {
	for _, p := range patterns {
		if !regexp.MustCompile(p).MatchString(text) {
			return p
		}
	}
	return ""
}

// oneShot is a client that leaves nothing behind.
func oneShot() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
}

// await waits until a line of the metrics is so.
func (term *terminal) await(line string) {
	term.t.Helper()
	late := time.NewTimer(blockTimeout)
	defer late.Stop()
	for tick := time.Tick(50 * time.Millisecond); !strings.Contains(term.scrape(), line+"\n"); {
		select {
		case <-tick:
		case <-late.C:
			term.t.Fatalf("the metrics never say %s:\n%s", line, term.seen.String())
		}
	}
}

// refuse posts with a key that nobody has.
func (term *terminal) refuse() {
	term.t.Helper()
	resp, err := oneShot().Post("http://"+term.at["127.0.0.1:8080"]+"/caliper", "application/json", strings.NewReader("{}"))
	if err != nil {
		term.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		term.t.Errorf("a POST without a key is answered %s", resp.Status)
	}
}

// scrape reads the metrics.
func (term *terminal) scrape() string {
	term.t.Helper()
	resp, err := oneShot().Get("http://" + term.at["127.0.0.1:8081"] + "/metrics")
	if err != nil {
		term.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		term.t.Fatal(err)
	}
	return string(text)
}

// end stops what was started, as Ctrl-C and closing the terminal would: everything has to end by itself.
func (term *terminal) end() {
	term.t.Helper()
	if _, err := io.WriteString(term.input, "kill $(jobs -p); wait || true; exit 0\n"); err != nil {
		term.t.Fatal(err)
	}
	late := time.NewTimer(endTimeout)
	defer late.Stop()
	for {
		select {
		case piece, ok := <-term.lines:
			if !ok {
				return
			}
			term.seen.WriteString(piece)
		case <-late.C:
			term.t.Fatalf("the daemon does not stop:\n%s", term.seen.String())
		}
	}
}
