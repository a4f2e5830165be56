package adapter

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/receive"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/testdata"
	"github.com/bbcaliper/bbcaliper/timeback"
	"github.com/bbcaliper/bbcaliper/timeback/caliper"
)

// destinationCheck looks at one destination.
type destinationCheck struct {
	config  config.Destination
	path    string // where it stands in the configuration, with a final dot
	privacy config.Privacy
	now     time.Time

	findings []Finding
}

// run stops at what makes the rest pointless: without a credential nothing is asked.
func (c *destinationCheck) run(ctx context.Context) []Finding {
	preset, err := presetOf(c.config)
	if err != nil {
		c.bad("%s", err)
		return c.findings
	}
	c.preset(preset)
	c.certificates()
	options, err := clientOptions(c.config, silent())
	if err != nil {
		c.bad("%s%s", c.path, err)
		return c.findings
	}
	if c.collector(ctx, options, preset) && c.config.ValidateURL != "" {
		c.sample(ctx, options, preset)
	}
	return c.findings
}

func (c *destinationCheck) good(format string, args ...any) { c.found(true, format, args...) }
func (c *destinationCheck) bad(format string, args ...any)  { c.found(false, format, args...) }

func (c *destinationCheck) found(ok bool, format string, args ...any) {
	c.findings = append(c.findings, Finding{OK: ok, What: "destination " + c.config.Name, Text: fmt.Sprintf(format, args...)})
}

// preset says what the preset sets and what the configuration sets in its place.
func (c *destinationCheck) preset(inEffect timeback.Preset) {
	own, _ := timeback.LookupPreset(c.config.Preset)
	before := settingsOf(own)
	var kept, replaced []setting
	for i, now := range settingsOf(inEffect) {
		switch {
		case strings.HasPrefix(now.key, "auth.") && c.config.Auth.Type != config.AuthOAuth2:
		case now == before[i]:
			kept = append(kept, now)
		default:
			replaced = append(replaced, setting{now.key, fmt.Sprintf("%s (the preset: %s)", now.value, before[i].value)})
		}
	}
	c.good("the preset %s sets %s", own.Name, grouped(kept))
	if len(replaced) > 0 {
		c.good("the configuration sets %s", grouped(replaced))
	}
	if hint := own.Endpoint.ValidateURL; hint != "" && c.config.ValidateURL == "" {
		c.good("a sample event is not tried: that needs validate_url (the vendor's: %s)", hint)
	}
}

// certificates looks at the files of tls.
func (c *destinationCheck) certificates() {
	if authorities, err := c.config.TLS.CA.Certificates(); err == nil && len(authorities) > 0 {
		c.authorities(authorities)
	}
	if c.config.TLS.CertFile == "" {
		return
	}
	own, err := receive.LoadCertificate(c.config.TLS.CertFile, c.config.TLS.KeyFile, silent())
	if err != nil {
		c.bad("%stls.cert_file: %s", c.path, err)
		return
	}
	ok, text := validity(own.Leaf(), c.now)
	c.found(ok, "client certificate of %s, %s", cmp.Or(own.Leaf().Subject.String(), "nobody"), text)
}

// authorities wants one that is good now; a bundle may hold old ones.
func (c *destinationCheck) authorities(all []*x509.Certificate) {
	latest := all[0]
	for _, authority := range all {
		if authority.NotAfter.After(latest.NotAfter) {
			latest = authority
		}
	}
	ok, text := validity(latest, c.now)
	c.found(ok, "tls.ca_file has %s, the latest %s", counted(len(all), "authority", "authorities"), text)
}

// collector asks for a token, and then the collector for its configuration, which sends no event.
func (c *destinationCheck) collector(ctx context.Context, options timeback.Options, preset timeback.Preset) bool {
	client, err := timeback.NewClient(options)
	if err != nil {
		c.bad("%s%s", c.path, err)
		return false
	}
	defer client.Close()
	if reply := client.Authorize(ctx); reply.Class != timeback.Accepted {
		c.bad("%s", c.remedied(reply))
		return false
	}
	if c.config.Auth.Type == config.AuthOAuth2 {
		c.good("%s hands out a token (style %s, scopes %s)", timeback.RedactURL(c.config.Auth.TokenURL),
			preset.Endpoint.TokenStyle, listed(preset.Endpoint.Scopes))
	}
	reply := client.Probe(ctx)
	if reply.Class != timeback.Accepted {
		c.bad("%s", c.remedied(reply))
		return false
	}
	if reply.Status == http.StatusOK {
		c.good("%s answers", client)
		return true
	}
	c.good("%s is reached (it has no configuration to give: %d; whether it takes events shows with the first)", client, reply.Status)
	return true
}

// sample has a login of nobody checked by the collector. It is written as the destination's events are.
func (c *destinationCheck) sample(ctx context.Context, options timeback.Options, preset timeback.Preset) {
	body, err := c.sampleEnvelope(preset)
	if err != nil {
		c.bad("make a sample event: %s", err)
		return
	}
	options.URL = c.config.ValidateURL
	client, err := timeback.NewClient(options)
	if err != nil {
		c.bad("%svalidate_%s", c.path, err) // the option is called url
		return
	}
	defer client.Close()
	reply := client.Send(ctx, body, uuid.NewString())
	refusal := timeback.ParseRefusal(reply.Body)
	switch {
	case reply.Class == timeback.Accepted && len(refusal.Items) == 0:
		c.good("%s accepts a sample event", client)
	case reply.Class == timeback.Accepted, reply.Class == timeback.Permanent:
		c.bad("%s refuses a sample event (%d): %s", client, reply.Status, said(refusal, reply.Body))
	default:
		c.bad("%s", strings.ReplaceAll(c.remedied(reply), c.path+"url", c.path+"validate_url"))
	}
}

func (c *destinationCheck) sampleEnvelope(preset timeback.Preset) ([]byte, error) {
	raw, err := testdata.Payloads.ReadFile("v1p1/login.json")
	if err != nil {
		return nil, err
	}
	login, err := blackboard.Decode(raw)
	if err != nil {
		return nil, err
	}
	person, _ := login.Person()
	nobody := uuid.NewSHA1(uuid.NameSpaceURL, []byte(person.IRI))
	preset.Events.Skip = nil
	event, err := newTranslator(c.config, preset, c.privacy).Translate(login, translate.Context{
		Site: login.Site(), Person: &person, PersonID: nobody, Memory: journal.NewMemory(),
		Lookup: func(*blackboard.Person) (uuid.UUID, bool) { return nobody, true },
	})
	if err != nil {
		return nil, err
	}
	sensor := cmp.Or(c.config.Sensor, "urn:uuid:"+login.Site())
	return caliper.AppendEnvelope(nil, sensor, c.now, [][]byte{event}), nil
}

// remedied is a failure with the settings to change, by their place in the configuration.
func (c *destinationCheck) remedied(reply timeback.Reply) string {
	var fault *timeback.Fault
	if !errors.As(reply.Err, &fault) {
		return fmt.Sprintf("answered %d", reply.Status)
	}
	if remedy := fault.Remedy(c.path); remedy != "" {
		return fault.What + ": " + remedy
	}
	return fault.What
}

// maxSaid is how much of a collector's reply is repeated, in bytes.
const maxSaid = 300

// said is what a collector says about the only event of an envelope.
func said(refusal timeback.Refusal, body []byte) string {
	text := cmp.Or(refusal.Items[0], refusal.Message, string(body), "without a word")
	if len(text) > maxSaid {
		text = strings.ToValidUTF8(text[:maxSaid], "") + "…"
	}
	return text
}
