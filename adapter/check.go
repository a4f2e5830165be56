package adapter

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/receive"
)

// Finding is one thing that was checked.
type Finding struct {
	OK   bool
	What string // engine, certificate, destination NAME
	Text string // how it is, or what to do; it may hold words of a collector
}

// Check looks at everything that a configuration names, without receiving or sending an event: the engine, the
// certificates, and of each destination what its preset sets, its credential, whether it is reached, and what it says of
// a sample if it has a validate_url; whether each resolver can be asked; and whether each watched file can be imported.
func Check(ctx context.Context, c *config.Config) []Finding {
	findings := []Finding{{OK: true, What: "configuration", Text: summary(c)}, checkEngine(ctx, c), checkCertificate(c, time.Now())}
	for i, d := range c.Destinations {
		check := destinationCheck{config: d, path: fmt.Sprintf("destinations[%d].", i), privacy: c.Privacy, now: time.Now()}
		findings = append(findings, check.run(ctx)...)
	}
	for i := range c.Mapping.Resolvers {
		findings = append(findings, checkResolver(ctx, &c.Mapping.Resolvers[i], fmt.Sprintf("mapping.resolvers[%d]", i)))
	}
	for i := range c.Mapping.Files {
		findings = append(findings, checkMapFile(ctx, c, &c.Mapping.Files[i]))
	}
	return findings
}

func summary(c *config.Config) string {
	text := fmt.Sprintf("%s, %s", counted(len(c.Sources), "source", "sources"), counted(len(c.Destinations), "destination", "destinations"))
	if n := len(c.Mapping.Resolvers); n > 0 {
		text += ", " + counted(n, "resolver", "resolvers")
	}
	if n := len(c.Mapping.Files); n > 0 {
		text += ", " + counted(n, "watched file", "watched files")
	}
	return text
}

// counted writes a number of things.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// checkEngine opens the store and writes to it. One that a running bbcaliper has open is fine.
func checkEngine(ctx context.Context, c *config.Config) Finding {
	j, err := journal.Open(ctx, journalOptions(c, silent()))
	var locked *journal.LockedError
	switch {
	case errors.As(err, &locked):
		return Finding{OK: true, What: "engine", Text: "data_dir is in use by a running bbcaliper"}
	case err != nil:
		return Finding{What: "engine", Text: err.Error()}
	}
	err = errors.Join(j.Probe(ctx), j.Close())
	if err != nil {
		return Finding{What: "engine", Text: err.Error()}
	}
	if c.Engine.URL != "" {
		return Finding{OK: true, What: "engine", Text: "the cluster takes writes (guarantee: a quorum; it syncs if its sync_interval is always)"}
	}
	return Finding{OK: true, What: "engine", Text: "embedded; data_dir takes synced writes"}
}

func silent() logrus.FieldLogger {
	log := logrus.New()
	log.SetOutput(io.Discard)
	return log
}

// soon is how long before its end a certificate is worth a word.
const soon = 21 * 24 * time.Hour

func checkCertificate(c *config.Config, now time.Time) Finding {
	const what = "certificate"
	if !c.TLS.Enabled() {
		return Finding{OK: true, What: what, Text: "none: plain HTTP, for a proxy with TLS in front (Learn wants https)"}
	}
	loaded, err := receive.LoadCertificate(c.TLS.CertFile, c.TLS.KeyFile, silent())
	if err != nil {
		return Finding{What: what, Text: err.Error()}
	}
	leaf := loaded.Leaf()
	ok, text := validity(leaf, now)
	return Finding{OK: ok, What: what, Text: fmt.Sprintf("for %s, %s", strings.Join(leaf.DNSNames, ", "), text)}
}

// validity says until when a certificate is good, and what to do if that is soon or past.
func validity(cert *x509.Certificate, now time.Time) (ok bool, text string) {
	end := cert.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case now.After(cert.NotAfter):
		return false, "expired on " + end + ": renew it; the files are re-read while bbcaliper runs"
	case now.Before(cert.NotBefore):
		return false, "is not valid before " + cert.NotBefore.UTC().Format(time.DateOnly)
	case cert.NotAfter.Sub(now) < soon:
		return true, "until " + end + ": renew it soon"
	}
	return true, "until " + end
}
