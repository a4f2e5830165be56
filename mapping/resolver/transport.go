package resolver

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// newTransport makes a pool for one service: one that is down costs no other its
// connections. Questions have a time of their own that covers everything.
func newTransport(config *tls.Config, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	return &http.Transport{
		Proxy:                  shielded(proxy),
		OnProxyConnectResponse: proxyAnswered,
		TLSClientConfig:        config,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
	}
}

// errProxySetting stands for what net/http says about a proxy variable that is
// no URL: its text would quote the variable, and with it the password.
var errProxySetting = errors.New("the address of the proxy is no URL")

func shielded(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(req *http.Request) (*url.URL, error) {
		address, err := proxy(req)
		if err != nil {
			return nil, errProxySetting
		}
		return address, nil
	}
}

// proxyError is a proxy's refusal to open a tunnel (CONNECT). net/http itself
// keeps nothing of it but the status's text.
type proxyError struct{ status int }

func (e *proxyError) Error() string { return "the proxy answered CONNECT with " + statusText(e.status) }

func proxyAnswered(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &proxyError{status: resp.StatusCode}
	}
	return nil
}
