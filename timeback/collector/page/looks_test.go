package page_test

import (
	"fmt"
	"image/color"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/collector/page"
)

// readable lists what is wrong with a page as it is drawn: what is wider than
// the window, text that stands out too little from what is behind it (WCAG
// 2.2, 1.4.3), controls without a name, ids given twice, headings that are
// missing.
const readable = `(() => {
  const wrong = [];
  const rgb = c => c.match(/[\d.]+/g).map(Number);
  const luminance = c => { const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126*r + .7152*g + .0722*b };
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > .99) return c; } return [255, 255, 255] };
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) wrong.push("the page is " + root.scrollWidth + " wide in a window of " + innerWidth);
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !e.checkVisibility() || e.closest(".hidden, .skip, :disabled")) continue;
    const [a, b] = [luminance(rgb(getComputedStyle(e).color).slice(0, 3)), luminance(behind(e).slice(0, 3))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) wrong.push(e.outerHTML.slice(0, 80) + " has a contrast of " + ((a + .05) / (b + .05)).toFixed(2));
  }
  for (const e of document.querySelectorAll("input, textarea, button, a")) {
    if (!(e.labels?.length || e.getAttribute("aria-label") || e.textContent.trim())) wrong.push(e.outerHTML + " has no name");
  }
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  if (new Set(ids).size !== ids.length) wrong.push("an id is given twice: " + ids);
  if (document.querySelectorAll("h1").length !== 1) wrong.push("there are " + document.querySelectorAll("h1").length + " h1");
  if (!root.lang || !document.querySelector("main, nav")) wrong.push("no language, or no landmarks");
  return wrong;
})()`

// TestLooks draws every page in every look.
func TestLooks(t *testing.T) {
	full := busy(t)
	empty := serve(t, collector.Options{
		OAuth2: &collector.OAuth2{ClientID: "id", ClientSecret: "s", Scope: "events.write", Style: "form"}}, page.Options{})
	b := startBrowser(t)
	pages := map[string]string{
		"overview": full.url + "/", "live": full.url + "/?live=1", "empty": empty.url + "/", "problem": full.url + "/inspect/events/999",
		"requests": full.url + "/inspect/requests", "request": full.url + "/inspect/requests/7", "accepted": full.url + "/inspect/requests/6",
		"events": full.url + "/inspect/events", "event": full.url + "/inspect/events/7", "filtered": full.url + "/inspect/events?only=repeated",
		"none": empty.url + "/inspect/events", "actors": full.url + "/inspect/actors",
	}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		b.open(pages[name])
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int{1280, 820, 360} {
				look := fmt.Sprintf("%s-%s-%d", name, scheme, width)
				b.look(width, scheme)
				var wrong []string
				b.eval(readable, &wrong)
				for _, what := range wrong {
					t.Errorf("%s: %s", look, what)
				}
				b.screenshot(look)
			}
		}
	}
}

// TestStyleIsThere looks at what is drawn: the policy lets the style sheet in,
// and it follows the browser's scheme.
func TestStyleIsThere(t *testing.T) {
	r := serve(t, collector.Options{}, page.Options{})
	b := startBrowser(t)
	b.open(r.url + "/")
	for scheme, dark := range map[string]bool{"light": false, "dark": true} {
		b.look(1280, scheme)
		ground := b.picture().At(2, 300)
		if isDark(ground) != dark {
			t.Errorf("%s: the ground is %v", scheme, ground)
		}
	}
}

func isDark(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r+g+b < 3*0x4000
}

// TestInABrowser is what an integrator does: looks, sets a script, sends,
// looks again, mistypes a script, clears.
func TestInABrowser(t *testing.T) {
	r := serve(t, collector.Options{KeepRefused: true}, page.Options{})
	b := startBrowser(t)
	b.open(r.url + "/")
	if got := b.text("main"); !strings.Contains(got, "Nothing has come yet") || !strings.Contains(got, "curl -i "+r.url) {
		t.Errorf("an empty collector shows\n%s", got)
	}
	b.submit("#script", "503,(202/job,400)*")
	if s, _ := r.sink.Scripts(); s.String() != "503,(202/job,400)*" {
		t.Fatalf("the script is %q", s)
	}
	for range 2 {
		r.send([]string{"X-Request-ID", "batch-1"}, event(1), brokenEvent(2))
	}
	b.open(r.url + "/")
	got := b.text("main")
	for _, want := range []string{"503", "202", "resend of 1", "script 503", "script 202/job", "SessionEvent Launched", "$.action: action is one of", "fails"} {
		if !strings.Contains(got, want) {
			t.Errorf("the overview lacks %q:\n%s", want, got)
		}
	}
	if left := b.value("#script"); left != "400,(202/job,400)*" {
		t.Errorf("%q is left of the script", left)
	}
	b.act(`document.querySelector('a[aria-label="Event 2"]').click()`)
	if got := b.text("main"); !strings.Contains(got, `"action": "Launched"`) || !strings.Contains(got, "request 2") {
		t.Errorf("the event is shown as\n%s", got)
	}
	b.open(r.url + "/")
	b.submit("#script", "5O3")
	if got := b.text("[role=alert]"); !strings.HasPrefix(got, `script: "5O3" at character 1: want a status`) || b.value("#script") != "5O3" {
		t.Errorf("a bad script: %q, and %q in the field", got, b.value("#script"))
	}
	b.act(`document.querySelector('form[action$="/clear"] button').click()`)
	if got := b.text("main"); r.sink.Accepted() != 0 || !strings.Contains(got, "Nothing has come yet") {
		t.Errorf("after clearing:\n%s", got)
	}
}

// submit types into a field and presses the button of its form.
func (b *browser) submit(field, text string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.focus(); f.select(); })()`, field), nil)
	b.call("Input.insertText", map[string]any{"text": text}, nil)
	b.act(fmt.Sprintf(`document.querySelector(%q).form.querySelector("button").click()`, field))
}

// A live page shows what comes without being asked.
func TestLiveInABrowser(t *testing.T) {
	r := serve(t, collector.Options{}, page.Options{})
	b := startBrowser(t)
	b.open(r.url + "/?live=1")
	r.send(nil, event(1))
	b.loaded() // by itself
	if got := b.text("main"); !strings.Contains(got, "SessionEvent LoggedIn") {
		t.Errorf("after loading itself again it shows\n%s", got)
	}
}

// Another site's page posts to the collector of whoever looks at it.
func TestAnotherSiteInABrowser(t *testing.T) {
	r := serve(t, collector.Options{}, page.Options{})
	r.send(nil, event(1))
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<form method="post" action="%s/inspect/clear"></form>`, r.url)
	}))
	defer evil.Close()
	b := startBrowser(t)
	b.open(strings.Replace(evil.URL, "127.0.0.1", "localhost", 1))
	b.act(`document.forms[0].submit()`)
	if got := b.text("main"); !strings.Contains(got, "the form was sent by a page of another site") || r.sink.Accepted() != 1 {
		t.Errorf("%d events are left, and it is answered\n%s", r.sink.Accepted(), got)
	}
}
