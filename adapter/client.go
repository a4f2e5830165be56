package adapter

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/adapter/receive"
	"github.com/bbcaliper/bbcaliper/timeback"
)

// fleetAttempt bounds one POST of a member of a fleet: less than what is left of its lease when it begins.
const fleetAttempt = 4 * time.Second

// newClient makes what sends to a destination. alone says that no other member can take the destination over. An error
// begins with the key of the destination that is to blame.
func newClient(c config.Destination, alone bool, log logrus.FieldLogger) (*timeback.Client, error) {
	options, err := clientOptions(c, log)
	if err != nil {
		return nil, err
	}
	if !alone {
		options.AttemptTimeout, options.Retries = fleetAttempt, -1
	}
	return timeback.NewClient(options)
}

func clientOptions(c config.Destination, log logrus.FieldLogger) (timeback.Options, error) {
	preset, err := presetOf(c)
	if err != nil {
		return timeback.Options{}, err
	}
	auth, err := newAuth(c.Auth, preset.Endpoint)
	if err != nil {
		return timeback.Options{}, err
	}
	secured, err := newClientTLS(c.TLS, log)
	if err != nil {
		return timeback.Options{}, err
	}
	return timeback.Options{URL: c.URL, Auth: auth, TLS: secured, Logger: log}, nil
}

// newAuth makes a credential; how to ask for a token is the endpoint's to say.
func newAuth(a config.Auth, endpoint timeback.Endpoint) (timeback.Auth, error) {
	switch a.Type {
	case config.AuthBearer:
		return timeback.BearerAuth(a.Token.Reveal())
	case config.AuthHeader:
		return timeback.HeaderAuth(a.Name, a.Value.Reveal())
	case config.AuthBasic:
		return timeback.BasicAuth(a.Username.Reveal(), a.Password.Reveal())
	case config.AuthQuery:
		return timeback.QueryAuth(a.Name, a.Value.Reveal())
	case config.AuthOAuth2:
		return timeback.OAuth2Auth(timeback.OAuth2Options{
			TokenURL: a.TokenURL, ClientID: a.ClientID.Reveal(), ClientSecret: a.ClientSecret.Reveal(),
			Scopes: endpoint.Scopes, Style: endpoint.TokenStyle,
		})
	default:
		return timeback.NoAuth(), nil
	}
}

// newClientTLS is nil where nothing is configured.
func newClientTLS(c config.ClientTLS, log logrus.FieldLogger) (*tls.Config, error) {
	if !c.Enabled() {
		return nil, nil
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	authorities, err := c.CA.Certificates()
	if err != nil {
		return nil, fmt.Errorf("tls.ca_file: %w", err)
	}
	if len(authorities) > 0 {
		out.RootCAs = x509.NewCertPool()
		for _, authority := range authorities {
			out.RootCAs.AddCert(authority)
		}
	}
	if c.CertFile == "" {
		return out, nil
	}
	own, err := receive.LoadCertificate(c.CertFile, c.KeyFile, log)
	if err != nil {
		return nil, fmt.Errorf("tls.cert_file: %w", err)
	}
	out.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return own.Get(nil) }
	return out, nil
}
