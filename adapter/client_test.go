package adapter

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// A renewed client certificate is shown without a restart, as soon as a connection is made.
func TestTheClientCertificateIsReadAgain(t *testing.T) {
	a := newAuthority(t)
	shown := make(chan string, 1)
	url := a.serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		shown <- r.TLS.PeerCertificates[0].Subject.CommonName
	}), tls.RequireAndVerifyClientCert)
	a.client("the old one", time.Hour)
	c := configured(t, a.dir, fmt.Sprintf("url: %q, tls: { ca_file: ca.pem, cert_file: client.pem, key_file: key.pem }", url))
	client, err := newClient(c.Destinations[1], true, silent())
	if err != nil {
		t.Fatal(err)
	}
	send := func() string {
		t.Helper()
		defer client.Close() // the next one makes a connection
		if reply := client.Send(t.Context(), []byte("{}"), uuid.NewString()); reply.Class != timeback.Accepted {
			t.Fatal(reply.Err)
		}
		return <-shown
	}
	if got := send(); got != "the old one" {
		t.Fatalf("shown %q", got)
	}
	a.client("the new one", time.Hour)
	for end := time.Now().Add(5 * time.Minute); send() != "the new one"; {
		if time.Now().After(end) {
			t.Fatal("still the old certificate")
		}
	}
}

// What is wrong with a destination begins with its key, and shows no secret.
func TestClientsThatCannotBeMade(t *testing.T) {
	var out bytes.Buffer
	log := logrus.New()
	log.SetOutput(&out)
	for want, change := range map[string]func(*config.Destination){
		"auth.token: ": func(d *config.Destination) {
			d.Auth = config.Auth{Type: config.AuthBearer, Token: config.NewSecret("c4nary\n")}
		},
		"tls.ca_file: ": func(d *config.Destination) {
			d.TLS.CA.PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
		},
		"tls.cert_file: ": func(d *config.Destination) { d.TLS.CertFile, d.TLS.KeyFile = "/nowhere/c.pem", "/nowhere/k.pem" },
		"url: ":           func(d *config.Destination) { d.URL = "c4nary" },
		"no preset nope":  func(d *config.Destination) { d.Preset = "nope" },
	} {
		d := destinationWith(t, "preset: timeback")
		change(&d)
		_, err := newClient(d, true, log)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "c4nary") {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
	if out.Len() > 0 {
		t.Errorf("logged %s", &out)
	}
}
