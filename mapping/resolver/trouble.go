package resolver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"syscall"
)

// errTimeout is the cause with which a question's time ends.
var errTimeout = errors.New("no answer in time")

// unreachable makes the fault of a call without reply; setting is the key that
// holds the address. What net/http says is not repeated: it quotes URLs and bad
// replies. What the trouble is, is named in words of our own.
func unreachable(ctx context.Context, who, setting string, err error) error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTimeout), errors.Is(cause, context.DeadlineExceeded):
		err = errTimeout
	case cause != nil:
		return cause
	}
	f := trouble(err, setting)
	f.what = who + ": " + f.what
	return f
}

// hintProxy is where the proxy of a service comes from.
const hintProxy = "look at HTTPS_PROXY, HTTP_PROXY and NO_PROXY"

// trouble says what an error without a reply is about, and which settings to
// look at. What would meet the next question too is set for everybody.
func trouble(err error, setting string) *Fault {
	var refused *proxyError
	var name *net.DNSError
	var network net.Error
	switch {
	case errors.Is(err, errTimeout):
		return passing(errTimeout.Error())
	case errors.As(err, &refused) && refused.status < http.StatusInternalServerError:
		return lasting(refused.Error() + "; " + hintProxy)
	case errors.As(err, &refused):
		return passing(refused.Error())
	case errors.Is(err, errProxySetting):
		return lasting(errProxySetting.Error() + "; " + hintProxy)
	case isProxyDown(err):
		return passing("the proxy is not reached; " + hintProxy)
	case errors.As(err, &name):
		return passing("its host name cannot be resolved", setting)
	case isTLS(err):
		return troubleOfTLS(err, setting)
	case errors.Is(err, syscall.ECONNREFUSED):
		return passing("connection refused", setting)
	case errors.As(err, &network) && network.Timeout():
		return passing(errTimeout.Error())
	default:
		return passing("the connection broke, or what came was no HTTP")
	}
}

func passing(what string, settings ...string) *Fault {
	return &Fault{Class: Unavailable, Settings: settings, what: what}
}

func lasting(what string, settings ...string) *Fault {
	return &Fault{Class: Misconfigured, Settings: settings, everybody: true, what: what}
}

func isTLS(err error) bool {
	var untrusted *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &untrusted) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch) || isRemoteAlert(err)
}

func troubleOfTLS(err error, setting string) *Fault {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case isRemoteAlert(err):
		return lasting("it refuses the TLS handshake, and may want another client certificate", "tls.cert_file", "tls.key_file")
	case errors.As(err, &authority):
		return lasting("the authority of its certificate is not known", "tls.ca_file")
	case errors.As(err, &host):
		return lasting("its certificate is for another host", setting)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return lasting("its certificate has expired, or the clock here is wrong")
	case errors.As(err, &invalid):
		return lasting("its certificate is not valid")
	default:
		return lasting("it does not speak TLS", setting)
	}
}

// isProxyDown says whether the proxy was not reached.
func isProxyDown(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "proxyconnect"
}

// isRemoteAlert says whether the other side ended the TLS handshake. crypto/tls
// has no type for an alert that came over TCP.
func isRemoteAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
