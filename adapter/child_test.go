package adapter_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/bbcaliper/bbcaliper/adapter"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// childEnv makes the test binary an adapter: its value is a childConfig as JSON.
const childEnv = "BBCALIPER_TEST_CHILD"

// childConfig is what an adapter in a process of its own is given: as in a rig.
type childConfig struct{ Dir, Store, URL, Extra string }

// runChild runs an adapter until its standard input ends, which it does with the parent at the latest. It prints its
// two addresses when it is ready.
func runChild(text string) int {
	err := func() error {
		var given childConfig
		if err := json.Unmarshal([]byte(text), &given); err != nil {
			return err
		}
		c, err := parseConfig(given.Dir, given.Store, oneSource, given.URL, given.Extra)
		if err != nil {
			return err
		}
		a, err := adapter.New(adapter.Options{Config: c, Log: quiet(), Version: "test", Backoff: hasty()})
		if err != nil {
			return err
		}
		if err := a.Start(context.Background()); err != nil {
			return err
		}
		fmt.Println(a.Addr(), a.AdminAddr())
		_, err = io.Copy(io.Discard, os.Stdin)
		return err
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// child is an adapter in a process of its own.
type child struct {
	t         testing.TB
	cmd       *exec.Cmd
	out       io.Reader
	addresses chan [2]string // of the public and the admin port, once it is ready; closed when it ended before
}

// hasty is a backoff for tests, which have no time to lose.
func hasty() timeback.Backoff {
	return timeback.Backoff{Min: 10 * time.Millisecond, Max: 100 * time.Millisecond, Rand: rand.Float64}
}

// startChild starts one on a folder.
func startChild(t testing.TB, given childConfig) *child {
	t.Helper()
	text, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, cmd: exec.Command(executable), addresses: make(chan [2]string, 1)}
	c.cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	c.cmd.Stderr = os.Stderr
	if _, err := c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if c.out, err = c.cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	go c.read()
	return c
}

// read waits for the addresses.
func (c *child) read() {
	defer close(c.addresses)
	line, err := bufio.NewReader(c.out).ReadString('\n')
	if public, admin, ok := strings.Cut(strings.TrimSpace(line), " "); err == nil && ok {
		c.addresses <- [2]string{public, admin}
	}
}

// ready waits until the child receives.
func (c *child) ready() (public, admin string) {
	c.t.Helper()
	select {
	case a, ok := <-c.addresses:
		if !ok {
			c.t.Fatal("the child ended before it was ready")
		}
		return a[0], a[1]
	case <-time.After(patience):
		c.t.Fatal("the child does not get ready")
		return "", ""
	}
}

// kill ends the child at once, with SIGKILL, wherever it is. It may be called again.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait() // says that it was killed
}
