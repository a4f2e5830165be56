package config

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// ClientTLS is TLS of the connections to a collector, or to somebody who resolves people, and to its token endpoint.
type ClientTLS struct {
	// CA are the authorities to trust in place of the system's. Zero: the system's.
	CA Authorities `mapstructure:"ca_file"`
	// CertFile and KeyFile are the client certificate, both in PEM. Both or neither are given; they are re-read when
	// they change.
	CertFile string `mapstructure:"cert_file"`
	KeyFile  string `mapstructure:"key_file"`
}

// Enabled says whether anything is configured.
func (t ClientTLS) Enabled() bool { return t != ClientTLS{} }

// Authorities are certificates of a PEM file. They are read with the configuration, so that a changed file makes a
// changed configuration. Two are equal (==) if file and content are.
type Authorities struct {
	File string // as in the configuration, below its folder
	PEM  string // the content
}

// Certificates parses the content: at least one certificate, or the zero Authorities.
func (a Authorities) Certificates() ([]*x509.Certificate, error) {
	var found []*x509.Certificate
	for block, rest := pem.Decode([]byte(a.PEM)); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d of %s cannot be read: %w", len(found)+1, a.File, err)
		}
		found = append(found, cert)
	}
	return found, nil
}

// authoritiesOf reads the file that a path names.
func (r converter) authoritiesOf(from reflect.Value) (any, error) {
	if from.Kind() != reflect.String {
		return nil, errors.New("must be the path of a file: put it in quotes")
	}
	a := Authorities{File: from.String()}
	if !filepath.IsAbs(a.File) {
		a.File = filepath.Join(r.dir, a.File)
	}
	data, err := readBounded(a.File)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	a.PEM = string(data)
	found, err := a.Certificates()
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, fmt.Errorf("holds no certificate: %s has to be a PEM file of authorities", a.File)
	}
	return a, nil
}

// clientTLS checks that the files can be used, and that one of the addresses uses them. keys names these addresses.
func (r rules) clientTLS(path string, t ClientTLS, keys string, addresses ...string) {
	switch {
	case !r.has(path):
		return
	case !r.has(path+".ca_file") && !r.has(path+".cert_file") && !r.has(path+".key_file"):
		r.bad(path, "is empty: give ca_file, or cert_file and key_file, or remove it")
	}
	if !slices.ContainsFunc(addresses, func(address string) bool { return strings.HasPrefix(address, "https:") }) {
		r.bad(path, "has no use, since %s https: change that or remove it", keys)
	}
	const missing = "is missing: a client certificate needs both cert_file and key_file"
	switch {
	case t.CertFile != "" && t.KeyFile == "":
		r.bad(path+".key_file", missing)
	case t.CertFile == "" && t.KeyFile != "":
		r.bad(path+".cert_file", missing)
	case t.CertFile != "":
		if _, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile); err != nil {
			r.bad(path+".cert_file", "cannot be used with its key_file: %s", err)
		}
	}
}
