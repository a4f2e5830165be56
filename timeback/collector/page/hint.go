package page

import (
	"strings"

	"github.com/bbcaliper/bbcaliper/timeback/caliper"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// Hint is how to send something here: a shell command, and a destination for
// the configuration. Secrets are environment variables in both.
type Hint struct {
	Token  string // a command that fetches a token; "": none is needed
	Curl   string
	Config string
}

// eventsPath is the path in the hints; any other will do.
const eventsPath = "/events/1.0/"

func hint(origin string, demand collector.Demand) Hint {
	return Hint{
		Token:  tokenCommand(origin, demand),
		Curl:   sendCommand(origin, demand),
		Config: destination(origin, demand),
	}
}

func tokenCommand(origin string, demand collector.Demand) string {
	o := demand.OAuth2
	if o == nil {
		return ""
	}
	client := ` -u "$CLIENT_ID:$CLIENT_SECRET"`
	if o.Style == "form" {
		client = ` --data-urlencode client_id="$CLIENT_ID" --data-urlencode client_secret="$CLIENT_SECRET"`
	}
	if o.Scope != "" {
		client += " -d scope=" + shellWord(o.Scope)
	}
	return "TOKEN=$(curl -s " + origin + o.Path + " \\\n " + client + " \\\n  -d grant_type=client_credentials |\n" +
		`  sed 's/.*"access_token":"\([^"]*\)".*/\1/')`
}

func sendCommand(origin string, demand collector.Demand) string {
	credential := ""
	switch {
	case demand.OAuth2 != nil:
		credential = " \\\n" + `  -H "Authorization: Bearer $TOKEN"`
	case demand.Key:
		credential = " \\\n" + `  -H "Authorization: Bearer $KEY"`
	}
	return "curl -i " + origin + eventsPath + credential + " \\\n  -H 'Content-Type: application/json' -d '" + sampleEnvelope() + "'"
}

// sampleEnvelope holds a login that conforms.
func sampleEnvelope() string {
	return `{
  "sensor": "https://example.edu/sensor", "sendTime": "2026-02-03T04:05:07.000Z",
  "dataVersion": "` + caliper.DataVersion + `",
  "data": [{
    "@context": "` + caliper.DataVersion + `",
    "id": "urn:uuid:3a9d52c1-1c0b-4e65-8f43-6a1f0d2b7c90",
    "type": "SessionEvent", "profile": "SessionProfile", "action": "LoggedIn",
    "actor": {"id": "urn:uuid:7e6f0f4e-9a5f-4c3e-8d53-0c1b2a3d4e5f", "type": "Person"},
    "object": {"id": "https://example.edu/app", "type": "SoftwareApplication"},
    "eventTime": "2026-02-03T04:05:06.000Z"
  }]
}`
}

func destination(origin string, demand collector.Demand) string {
	lines := []string{
		"destinations:",
		"  - name: trial",
		"    url: " + origin + eventsPath,
		"    app_id: 1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11   # a UUID of yours",
	}
	switch o := demand.OAuth2; {
	case o != nil:
		lines = append(lines, "    auth:", "      type: oauth2", "      token_url: "+origin+o.Path,
			`      client_id: "env:CLIENT_ID"`, `      client_secret: "env:CLIENT_SECRET"`)
		if o.Scope != "" {
			lines = append(lines, `      scopes: ["`+o.Scope+`"]`)
		}
		if o.Style != "" {
			lines = append(lines, "      style: "+o.Style)
		}
	case demand.Key:
		lines = append(lines, `    auth: { type: bearer, token: "env:KEY" }`)
	}
	return strings.Join(lines, "\n")
}

// shellWord quotes a text for a shell.
func shellWord(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
