package page

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// headers are the security headers of everything that the page answers. The
// page has no scripts, so none may run. The referrer stays within the origin:
// with none at all a browser would send the forms with the origin "null".
func headers() map[string]string {
	return map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; " +
			"base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
		"Cache-Control":                "no-store",
		"Vary":                         "Accept",
	}
}

// guard lets through who may see the page, and what was not sent by another
// site's page.
func (p *Page) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers() {
			w.Header().Set(name, value)
		}
		switch {
		case p.password != "" && !p.knowsPassword(r):
			w.Header().Set("WWW-Authenticate", `Basic realm="collector", charset="UTF-8"`)
			p.fail(w, r, http.StatusUnauthorized, "the page wants its password; any user name will do")
		case p.password == "" && !isLocal(r):
			p.fail(w, r, http.StatusForbidden, "the page is shown on the collector's own machine only, under the name localhost or "+
				"its loopback address; to see it from elsewhere, start the collector with --page-password")
		case p.origin.Check(r) != nil:
			p.fail(w, r, http.StatusForbidden, "the form was sent by a page of another site")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (p *Page) knowsPassword(r *http.Request) bool {
	_, password, _ := r.BasicAuth()
	x, y := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(p.password))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// isLocal reports whether a request was made on this machine: it comes from a
// loopback address, no proxy has passed it on, and it speaks to a name that
// no other site's page can take for its own (DNS rebinding).
func isLocal(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, passedOn := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(passedOn) != "" {
			return false
		}
	}
	return isLocalName(r.Host)
}

func isLocalName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
