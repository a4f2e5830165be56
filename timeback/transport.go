package timeback

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// maxIdleConnections is how many connections to one collector are kept open,
// at least as many as envelopes are in flight.
const maxIdleConnections = 64

// newTransport makes a pool for one destination: a destination that is down
// costs no other one its connections.
func newTransport(config *tls.Config, proxy proxyFunc) *http.Transport {
	return &http.Transport{
		Proxy:                  proxy.shielded,
		OnProxyConnectResponse: proxyAnswered,
		TLSClientConfig:        config,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    maxIdleConnections,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
	}
}

// proxyFunc says which proxy a request takes; nil for none.
type proxyFunc func(*http.Request) (*url.URL, error)

// errProxySetting stands for what net/http says about a proxy variable that is
// no URL: its text would quote the variable, and with it the password.
var errProxySetting = errors.New("the address of the proxy is no URL")

func (p proxyFunc) shielded(req *http.Request) (*url.URL, error) {
	proxy, err := p(req)
	if err != nil {
		return nil, errProxySetting
	}
	return proxy, nil
}

// secrets lists what a proxy for rawURL would be told and may echo: password
// and Proxy-Authorization.
func (p proxyFunc) secrets(rawURL string) []string {
	target, err := url.Parse(rawURL)
	if err != nil {
		return nil
	}
	proxy, err := p(&http.Request{URL: target})
	if err != nil || proxy == nil || proxy.User == nil {
		return nil
	}
	password, _ := proxy.User.Password()
	basic := base64.StdEncoding.EncodeToString([]byte(proxy.User.Username() + ":" + password))
	return []string{password, basic}
}

// proxyError is a proxy's refusal to open a tunnel (CONNECT). net/http itself
// keeps nothing of it but the status's text.
type proxyError struct{ status int }

func (e *proxyError) Error() string { return "the proxy answered CONNECT with " + statusText(e.status) }

// class: what the proxy's network is to blame for passes; anything else is a
// setting, here or at the proxy.
func (e *proxyError) class() Class {
	if classifyStatus(e.status) == Retry {
		return Retry
	}
	return Pause
}

func proxyAnswered(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &proxyError{status: resp.StatusCode}
	}
	return nil
}

// checkURL wants an absolute http or https URL. The error does not show it.
func checkURL(setting, raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("%s: want an absolute http or https URL", setting)
	}
	return nil
}
