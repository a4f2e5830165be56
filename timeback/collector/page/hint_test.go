package page_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/collector/page"
)

// hints returns the commands and the configuration that the page shows.
func (r *rig) hints() (commands []string, destination string) {
	r.t.Helper()
	body := r.html("/").body
	unescape := strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&", "&#43;", "+")
	for _, part := range strings.Split(body, "<code>")[1:] {
		text, _, _ := strings.Cut(part, "</code>")
		text = unescape.Replace(text)
		switch {
		case strings.HasPrefix(text, "TOKEN="), strings.HasPrefix(text, "curl"):
			commands = append(commands, text)
		case strings.HasPrefix(text, "destinations:"):
			destination = text
		}
	}
	return commands, destination
}

// The commands that an empty page shows are run as they stand there.
func TestTheCommandsOfThePageWork(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the commands need %s", tool)
		}
	}
	for name, o := range map[string]collector.Options{
		"open":  {},
		"key":   {Key: "the-key"},
		"basic": {OAuth2: &collector.OAuth2{ClientID: "id", ClientSecret: "a secret+&", Style: "basic", Scope: "it's/a.scope"}},
		"form":  {OAuth2: &collector.OAuth2{ClientID: "id", ClientSecret: "a secret+&", Style: "form"}},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "basic" {
				o.OAuth2.ClientSecret = "plain" // curl does not encode what it sends as Basic
			}
			r := serve(t, o, page.Options{})
			commands, destination := r.hints()
			cmd := exec.Command("sh", "-c", strings.Join(commands, "\n"))
			secret := ""
			if o.OAuth2 != nil {
				secret = o.OAuth2.ClientSecret
			}
			cmd.Env = append(os.Environ(), "KEY=the-key", "CLIENT_ID=id", "CLIENT_SECRET="+secret, "NO_PROXY=*", "no_proxy=*")
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "200 OK") {
				t.Fatalf("%v\n%s\n%s", err, strings.Join(commands, "\n"), out)
			}
			if events := r.sink.Events(); len(events) != 1 || events[0].Failure != "" {
				t.Errorf("it brought %+v", events)
			}
			if !strings.Contains(destination, "url: "+r.url+"/events/1.0/") {
				t.Errorf("the destination is\n%s", destination)
			}
		})
	}
}
