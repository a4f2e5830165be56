package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
)

// learnKey is a new key, with what has to be typed where.
type learnKey struct {
	Key string `json:"key"`
	// Config is what stands for the key in the configuration, under keys of a source.
	Config string `json:"config"`

	// What Learn's form asks for.
	ServiceURL string `json:"service_url"`
	BatchSize  int    `json:"event_batch_size"`
	Active     bool   `json:"active"`
}

// learnBatchSize is what Learn's form suggests.
const learnBatchSize = 25

func newSourceKeyCommand(c *console) *cobra.Command {
	var service string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "key --url URL",
		Short: "Make a new key, and say what to type into Learn and into the configuration",
		Args:  takes(),
		RunE: func(*cobra.Command, []string) error {
			if err := c.checkService(service); err != nil {
				return err
			}
			key := newLearnKey(service)
			if asJSON {
				return c.printJSON(key)
			}
			return c.print(key.String())
		},
	}
	cmd.Flags().StringVar(&service, "url", "", "`URL` at which Learn reaches this adapter, such as https://host/caliper (required)")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// checkService refuses what Learn could not post to, and warns of what it hardly should.
func (c *console) checkService(service string) error {
	u, err := url.Parse(service)
	switch {
	case service == "":
		return usagef("--url is missing: at which URL does Learn reach this adapter?")
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return usagef("--url must be a whole URL such as https://host/caliper")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return usagef("--url must have no credentials, query or fragment")
	}
	if u.Scheme == "http" {
		c.say("note: with http the key and the events travel in clear; use https outside of tests")
	}
	if strings.TrimSuffix(u.Path, "/") != "/caliper" {
		c.say("note: the adapter answers at /caliper; is another path rewritten by a proxy?")
	}
	return nil
}

// newLearnKey makes a key of 128 random bits or more, in letters and digits.
func newLearnKey(service string) learnKey {
	key := rand.Text()
	sum := sha256.Sum256([]byte(key))
	return learnKey{
		Key: key, Config: "sha256:" + hex.EncodeToString(sum[:]),
		ServiceURL: service, BatchSize: learnBatchSize, Active: true,
	}
}

// String is what people read.
func (k learnKey) String() string {
	return fmt.Sprintf(`The key, which is shown this once:

  %[1]s

In the configuration, under keys of the source:

  - %[2]q

In Learn, as a system administrator: Building Blocks > Installed Tools > Telemetry > Settings >
Caliper Event Stores > Add Event Store. Fill in and submit:

  Service URL       %[3]s
  API Key           %[1]s
  Event Batch Size  %[4]d
  Active            Yes

Events flow at once; `+"`bbcaliper status`"+` shows when the first has come.
`, k.Key, k.Config, k.ServiceURL, k.BatchSize)
}
