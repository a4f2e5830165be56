package timeback

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Fault is why an envelope was not accepted, in words that may be shown:
// without secrets, URLs redacted. Where a setting is to blame it says which,
// so that whoever knows the configuration can name the key in full.
//
// It answers errors.Is for its cause (context.Canceled, …) but does not hand
// the cause out, because the cause's own text may hold the URL as it was
// called.
type Fault struct {
	// What happened: "collector https://… answered 404 Not Found".
	What string
	// Settings are the keys of the destination to look at, such as
	// auth.client_secret or tls.ca_file; none if no setting is to blame.
	Settings []string
	// Hint says what to do where no setting is to blame, and what to look for
	// where one is. It may be "".
	Hint string

	is func(target error) bool
}

// Error says what happened and what to do about it.
func (f *Fault) Error() string {
	if remedy := f.Remedy(""); remedy != "" {
		return f.What + ": " + remedy
	}
	return f.What
}

// Is reports whether target is the cause of the fault.
func (f *Fault) Is(target error) bool { return f.is != nil && f.is(target) }

// Remedy says what to do, "" if nothing but waiting is known to help. prefix
// is where the destination stands in the configuration, with its final dot
// ("destinations[0]."), or "".
func (f *Fault) Remedy(prefix string) string {
	if len(f.Settings) == 0 {
		return f.Hint
	}
	keys := make([]string, len(f.Settings))
	for i, key := range f.Settings {
		keys[i] = prefix + key
	}
	text := "check " + enumerate(keys)
	if f.Hint != "" {
		text += " (" + f.Hint + ")"
	}
	return text
}

// enumerate writes "a", "a and b", "a, b and c".
func enumerate(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// remedy is what to do about a reply or an error.
type remedy struct {
	settings []string
	hint     string
}

func (r remedy) fault(what string) *Fault {
	return &Fault{What: what, Settings: r.settings, Hint: r.hint}
}

const (
	hintOperator = "ask the collector's operator"
	hintProxy    = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
)

// remedyForStatus is for the replies that pause a destination; nothing for all
// others. credential are the settings of its Auth.
func remedyForStatus(status int, credential []string) remedy {
	url := []string{"url"}
	switch {
	case status/100 == 3:
		return remedy{url, "redirects are not followed: it has to be the final address"}
	case status == http.StatusUnauthorized:
		return remedy{credential, "the collector refuses the credential"}
	case status == http.StatusForbidden:
		return remedy{credential, "the credential may not send events; or " + hintOperator}
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed,
		status == http.StatusGone, status == http.StatusRequestURITooLong:
		return remedy{url, "nothing takes events there; a final slash counts"}
	case status == http.StatusProxyAuthRequired:
		return remedy{nil, hintProxy}
	case classifyStatus(status) == Pause:
		return remedy{nil, hintOperator}
	default:
		return remedy{}
	}
}

// remedyForError is for exchanges that brought no reply; nothing for faults of
// the network. url is the setting that holds the address that was called.
func remedyForError(err error, url string) remedy {
	var proxy *proxyError
	var name *net.DNSError
	switch {
	case errors.As(err, &proxy) && proxy.class() == Pause, errors.Is(err, errProxySetting):
		return remedy{nil, hintProxy}
	case isSchemeFault(err):
		return remedy{[]string{url}, "the port does not speak TLS: http instead of https, or another port"}
	case isRemoteAlert(err):
		return remedy{[]string{"tls.cert_file", "tls.key_file"}, "the server refuses the TLS handshake: it may want another client certificate"}
	case isCertificateFault(err):
		return remedyForCertificate(err, url)
	case isProxyDown(err):
		return remedy{nil, hintProxy}
	case errors.Is(err, syscall.ECONNREFUSED):
		return remedy{[]string{url}, "nothing listens there now"}
	case errors.As(err, &name) && name.IsNotFound:
		return remedy{[]string{url}, "there is no such host, or the resolver does not know it now"}
	default:
		return remedy{}
	}
}

// remedyForCertificate is for a server's certificate that is not trusted.
func remedyForCertificate(err error, url string) remedy {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return remedy{[]string{"tls.ca_file"}, "the authority of the server's certificate is not known"}
	case errors.As(err, &host):
		return remedy{[]string{url}, "the server's certificate is for another host"}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return remedy{nil, "ask the server's operator to renew its certificate, or set this machine's clock"}
	default:
		return remedy{nil, "ask the server's operator about its certificate"}
	}
}

// isCertificateFault reports whether the server's certificate was not trusted.
func isCertificateFault(err error) bool {
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &untrusted)
}

// isProxyDown reports whether the proxy was not reached.
func isProxyDown(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "proxyconnect"
}

// isSchemeFault reports whether something that speaks no TLS answered.
func isSchemeFault(err error) bool {
	var record tls.RecordHeaderError
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &record)
}

// isRemoteAlert reports whether the server ended the TLS handshake for what it
// was shown or offered: no client certificate or a wrong one, a protocol
// version, a host name. crypto/tls has no type for an alert that came in over
// TCP; its text is that of tls.AlertError.
func isRemoteAlert(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return false
	}
	for _, alert := range settingAlerts() {
		if op.Err.Error() == alert.Error() {
			return true
		}
	}
	return false
}

// settingAlerts are the alerts of RFC 8446 section 6.2 that a second try does
// not change: handshake_failure, the certificate ones from bad_certificate to
// certificate_unknown, unknown_ca, access_denied, protocol_version,
// insufficient_security, unrecognized_name, certificate_required.
func settingAlerts() []tls.AlertError {
	return []tls.AlertError{40, 42, 43, 44, 45, 46, 48, 49, 70, 71, 112, 116}
}
