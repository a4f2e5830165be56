package page_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// envBrowser makes a missing browser a failure: where it is "required".
const envBrowser = "BBCALIPER_BROWSER"

// browserTimeout bounds what one test does in a browser.
const browserTimeout = 5 * time.Minute

// browser is a Chromium with one tab, spoken to over the DevTools protocol: a
// message is JSON that ends with a zero byte, through a pipe each way.
type browser struct {
	t       *testing.T
	ctx     context.Context
	to      io.Writer
	from    *bufio.Reader
	session string
	last    int
	frame   string    // the tab's main frame
	loader  string    // of the document that is in it
	news    []message // that nobody has looked at
}

// message is a command, its answer, or news.
type message struct {
	ID      int                       `json:"id,omitzero"`
	Session string                    `json:"sessionId,omitempty"`
	Method  string                    `json:"method,omitempty"`
	Params  jsontext.Value            `json:"params,omitempty"`
	Result  jsontext.Value            `json:"result,omitempty"`
	Error   *struct{ Message string } `json:"error,omitempty"`
}

// startBrowser starts a browser that ends with the test. Without one the test
// is skipped, or fails where one is required.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	path := findBrowser(t)
	profile, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), browserTimeout)
	cmd := exec.CommandContext(ctx, path,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe", "--no-proxy-server",
		"--user-data-dir="+profile, "about:blank")
	read, theirWrite := pipe(t)
	theirRead, write := pipe(t)
	cmd.ExtraFiles = []*os.File{theirRead, theirWrite} // descriptors 3 and 4, as Chromium has it
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	theirRead.Close()
	theirWrite.Close()
	b := &browser{t: t, ctx: ctx, to: write, from: bufio.NewReader(read)}
	t.Cleanup(func() {
		b.close()
		_ = cmd.Wait() // it has been told, or cancel kills it
		cancel()
		read.Close()
		write.Close()
		_ = os.RemoveAll(profile) // what a dying process writes meanwhile stays in the temporary folder
	})
	b.openTab()
	return b
}

// close tells the browser to end; its answer is the end of the pipe.
func (b *browser) close() {
	text, err := json.Marshal(message{ID: b.last + 1, Method: "Browser.close"})
	if err != nil {
		return
	}
	_, _ = b.to.Write(append(text, 0))
	_, _ = io.Copy(io.Discard, b.from)
}

func pipe(t *testing.T) (read, write *os.File) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return read, write
}

func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv(envBrowser) == "required" {
		t.Fatalf("there is no chromium, chromium-browser or google-chrome in PATH, and %s=required", envBrowser)
	}
	t.Skip("there is no chromium, chromium-browser or google-chrome in PATH")
	return ""
}

func (b *browser) openTab() {
	b.t.Helper()
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	b.call("Page.enable", nil, nil)
	b.call("Page.setLifecycleEventsEnabled", map[string]any{"enabled": true}, nil)
}

// call sends a command and waits for its answer; news on the way is kept.
func (b *browser) call(method string, params any, result any) {
	b.t.Helper()
	id := b.send(method, params)
	for {
		m := b.receive()
		if m.ID != id {
			b.news = append(b.news, m)
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result, json.MatchCaseInsensitiveNames(true)); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

func (b *browser) send(method string, params any) (id int) {
	b.t.Helper()
	b.last++
	arguments, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := json.Marshal(message{ID: b.last, Session: b.session, Method: method, Params: arguments})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatalf("send to the browser: %v", err)
	}
	return b.last
}

func (b *browser) receive() message {
	b.t.Helper()
	text, err := b.from.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("receive from the browser: %v (%v)", err, b.ctx.Err())
	}
	var m message
	if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m); err != nil {
		b.t.Fatalf("receive from the browser: %v", err)
	}
	return m
}

// loaded waits until another document than the present one has been loaded
// whole in the tab.
func (b *browser) loaded() {
	b.t.Helper()
	for {
		var m message
		if len(b.news) > 0 {
			m, b.news = b.news[0], b.news[1:]
		} else {
			m = b.receive()
		}
		var event struct{ FrameID, LoaderID, Name string }
		if m.Method != "Page.lifecycleEvent" {
			continue
		}
		if err := json.Unmarshal(m.Params, &event, json.MatchCaseInsensitiveNames(true)); err != nil {
			b.t.Fatal(err)
		}
		if event.FrameID == b.frame && event.Name == "load" && event.LoaderID != b.loader {
			b.loader = event.LoaderID
			return
		}
	}
}

// open loads a page.
func (b *browser) open(url string) {
	b.t.Helper()
	var opened struct{ FrameID, ErrorText string }
	b.news = nil
	b.call("Page.navigate", map[string]any{"url": url}, &opened)
	if opened.ErrorText != "" {
		b.t.Fatalf("open %s: %s", url, opened.ErrorText)
	}
	b.frame = opened.FrameID
	b.loaded()
}

// act runs a script that leaves the page, and waits for the next one.
func (b *browser) act(script string) {
	b.t.Helper()
	b.send("Runtime.evaluate", map[string]any{"expression": script, "userGesture": true})
	b.loaded()
}

// eval evaluates a script in the page and reads its value.
func (b *browser) eval(script string, value any) {
	b.t.Helper()
	var got struct {
		Result           struct{ Value jsontext.Value }
		ExceptionDetails *struct{ Text string }
	}
	b.call("Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &got)
	if got.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", script, got.ExceptionDetails.Text)
	}
	if value == nil {
		return
	}
	if err := json.Unmarshal(got.Result.Value, value); err != nil {
		b.t.Fatalf("%s: %s: %v", script, got.Result.Value, err)
	}
}

func (b *browser) text(selector string) string {
	b.t.Helper()
	var text string
	b.eval(fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector), &text)
	return text
}

func (b *browser) value(field string) string {
	b.t.Helper()
	var text string
	b.eval(fmt.Sprintf(`document.querySelector(%q).value`, field), &text)
	return text
}

// look sets the width of the window in CSS pixels and the colour scheme.
func (b *browser) look(width int, scheme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{
		"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// envScreenshots names a folder for pictures of every page in every look.
const envScreenshots = "BBCALIPER_SCREENSHOTS"

// screenshot writes a picture of the whole page where somebody asked for it.
func (b *browser) screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv(envScreenshots)
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), b.capture(true), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// picture is what is in the window.
func (b *browser) picture() image.Image {
	b.t.Helper()
	picture, err := png.Decode(bytes.NewReader(b.capture(false)))
	if err != nil {
		b.t.Fatal(err)
	}
	return picture
}

func (b *browser) capture(whole bool) []byte {
	b.t.Helper()
	var shot struct{ Data []byte }
	b.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": whole}, &shot)
	return shot.Data
}
