package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/collector/page"
)

// The settings of the try-out collector's listener.
const (
	collectorListen  = "127.0.0.1:8088"
	collectorTimeout = 30 * time.Second // of reading a request, and of stopping
	collectorHeader  = 64 << 10         // bytes of a request's head
	collectorMaxBody = "1MiB"
)

// collectorFlags are the flags of the command.
type collectorFlags struct {
	listen, key, script                      string
	clientID, clientSecret, clientStyle      string
	scope, tokenPath, tokenScript            string
	tokenLife, tokenDies                     time.Duration
	preset, refuseForm                       string
	strict                                   bool
	refuse                                   []string
	maxBody                                  string
	maxEvents, keep                          int
	pagePassword, tlsCert, tlsKey, clientsCA string
}

func newCollectorCommand(c *console) *cobra.Command {
	flags := &collectorFlags{}
	cmd := &cobra.Command{
		Use:   "collector [flags]",
		Short: "Run a Caliper 1.2 collector for trying things",
		Long: `Run a Caliper 1.2 collector for trying things

It is as strict as the specification's endpoint rules and takes envelopes at every path. Each event that it accepts is
one line of JSON on standard output; what is wrong with events goes to standard error. A browser that opens its address
sees what it got, and can change the script; ` + page.Path + ` gives the same as JSON.

A script says what is answered, one reply a request; then requests get what they deserve:

` + listWords() + `

Secrets are env:NAME, file:PATH or the text itself.`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.collect(cmd.Context(), flags) },
	}
	flags.register(cmd)
	return cmd
}

// listWords lays out the words of the script language.
func listWords() string {
	var lines []string
	for _, w := range collector.Words() {
		lines = append(lines, fmt.Sprintf("  %-24s  %s", w.Word, w.Meaning))
	}
	return strings.Join(lines, "\n")
}

func (f *collectorFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.listen, "listen", collectorListen, "`ADDRESS` to listen on")
	flags.StringVar(&f.script, "script", "", "`REPLIES` to give in turn")

	flags.StringVar(&f.key, "key", "", "`SECRET` that senders must present, in any header, as bearer, basic or in the query")
	flags.StringVar(&f.clientID, "client-id", "", "`ID` of an OAuth2 client: opens the token endpoint, and demands its tokens")
	flags.StringVar(&f.clientSecret, "client-secret", "", "`SECRET` of that client")
	flags.StringVar(&f.clientStyle, "client-style", "", "`STYLE` in which the client must present itself: basic or form (default either)")
	flags.StringVar(&f.scope, "scope", "", "`SCOPE` that a token request must ask for")
	flags.StringVar(&f.tokenPath, "token-path", collector.TokenPath, "`PATH` of the token endpoint")
	flags.StringVar(&f.tokenScript, "token-script", "", "`REPLIES` of the token endpoint")
	flags.DurationVar(&f.tokenLife, "token-life", collector.DefaultTokenLife, "`TIME` that a token is said to live")
	flags.DurationVar(&f.tokenDies, "token-dies", 0, "`TIME` after which a token is refused all the same (default as it is said)")

	presetFlag(cmd, &f.preset, "whose extra properties conform")
	flags.BoolVar(&f.strict, "strict", false, "refuse envelopes with an event that does not conform; else it is only marked")
	flags.StringArrayVar(&f.refuse, "refuse", nil, "`RULE` that refuses events: type=T, action=A, actor=IRI, id=IRI or has=TEXT; may be repeated")
	flags.StringVar(&f.refuseForm, "refuse-form", string(collector.FormPaths),
		"`FORM` of such refusals: "+collector.JoinForms(collector.RefusalForms()))
	flags.StringVar(&f.maxBody, "max-body", collectorMaxBody, "`SIZE` of a body; more is 413")
	flags.IntVar(&f.maxEvents, "max-events", 0, "`N` events in an envelope; more is 413 (default any number)")

	flags.IntVar(&f.keep, "keep", collector.DefaultKeep, "`N` latest events and requests to keep for the page")
	flags.StringVar(&f.pagePassword, "page-password", "", "`SECRET` for the page; without one it is shown on this machine only")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "`FILE` with the certificate: serves https")
	flags.StringVar(&f.tlsKey, "tls-key", "", "`FILE` with its key")
	flags.StringVar(&f.clientsCA, "client-ca", "", "`FILE` with the CA of certificates that clients must present")
}

// collect runs the collector until the context ends.
func (c *console) collect(ctx context.Context, flags *collectorFlags) error {
	handler, err := c.newCollector(flags)
	if err != nil {
		return err
	}
	secured, err := flags.tls()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", flags.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	scheme := "http"
	if secured != nil {
		l, scheme = tls.NewListener(l, secured), "https"
	}
	c.say("listening on %s://%s/", scheme, l.Addr())
	if flags.clientID != "" {
		c.say("tokens at %s://%s%s", scheme, l.Addr(), flags.tokenPath)
	}
	server := &http.Server{
		Handler: handler, ReadTimeout: collectorTimeout, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: collectorHeader,
		ErrorLog: log.New(c.err, "", 0),
	}
	return serveUntil(ctx, server, l)
}

// newCollector makes the collector and its page, or says which flag makes no sense.
func (c *console) newCollector(flags *collectorFlags) (http.Handler, error) {
	options, err := c.collectorOptions(flags)
	if err != nil {
		return nil, err
	}
	sink, err := collector.New(options)
	if err != nil {
		return nil, usagef("%w", err)
	}
	password, err := c.secret("--page-password", flags.pagePassword)
	if err != nil {
		return nil, err
	}
	return page.New(sink, page.Options{Password: password})
}

func (c *console) collectorOptions(flags *collectorFlags) (o collector.Options, err error) {
	o = collector.Options{
		OnEvent: c.printEvent, Strict: flags.strict, RefuseForm: collector.Form(flags.refuseForm),
		MaxEvents: flags.maxEvents, Keep: flags.keep, KeepRefused: true,
	}
	if flags.keep < 1 {
		return o, usagef("--keep: want at least 1")
	}
	preset, err := lookupPreset(flags.preset)
	if err != nil {
		return o, err
	}
	o.ExtraProperties = preset.Events.ExtraProperties
	if o.Script, err = collector.ParseScript(flags.script); err != nil {
		return o, usagef("--script: %w", err)
	}
	if o.TokenScript, err = collector.ParseScript(flags.tokenScript); err != nil {
		return o, usagef("--token-script: %w", err)
	}
	if o.MaxBytes, err = parseSize(flags.maxBody); err != nil {
		return o, usagef("--max-body: %w", err)
	}
	if o.Refuse, err = parseRules(flags.refuse); err != nil {
		return o, usagef("--refuse: %w", err)
	}
	if o.Key, err = c.secret("--key", flags.key); err != nil {
		return o, err
	}
	o.OAuth2, err = c.oauth2(flags)
	return o, err
}

// oauth2 returns the settings of the token endpoint, nil if there is none.
func (c *console) oauth2(flags *collectorFlags) (*collector.OAuth2, error) {
	id, err := c.secret("--client-id", flags.clientID)
	if err != nil {
		return nil, err
	}
	secret, err := c.secret("--client-secret", flags.clientSecret)
	switch {
	case err != nil:
		return nil, err
	case id == "" && secret == "" && flags.scope == "" && flags.tokenScript == "" && flags.clientStyle == "":
		return nil, nil
	case id == "" || secret == "":
		return nil, usagef("a token endpoint needs both --client-id and --client-secret")
	case flags.key != "":
		return nil, usagef("--key and --client-id: want one of them, senders present either a key or a token")
	}
	return &collector.OAuth2{
		ClientID: id, ClientSecret: secret, Style: flags.clientStyle, Scope: flags.scope,
		Life: flags.tokenLife, Dies: flags.tokenDies, Path: flags.tokenPath,
	}, nil
}

// secret follows env:NAME and file:PATH. An error names the flag and no value.
func (c *console) secret(flag, text string) (string, error) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		value, _ := c.env(name)
		if value == "" {
			return "", usagef("%s: the environment variable %s is not set or empty", flag, name)
		}
		return value, nil
	}
	path, ok := strings.CutPrefix(text, "file:")
	if !ok {
		return text, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	value := strings.TrimRight(string(content), "\r\n")
	if value == "" {
		return "", usagef("%s: the file %s is empty", flag, path)
	}
	return value, nil
}

func parseSize(text string) (int64, error) {
	n, err := humanize.ParseBytes(text)
	if err != nil || n == 0 || n > 1<<30 {
		return 0, fmt.Errorf("%q: want a size up to 1GiB, such as 512KiB", text)
	}
	return int64(n), nil
}

// parseRules returns what refuses events, nil without rules.
func parseRules(texts []string) (func([]byte) string, error) {
	var rules []collector.Rule
	for _, text := range texts {
		rule, err := collector.ParseRule(text)
		if err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	if rules == nil {
		return nil, nil
	}
	return collector.RefuseBy(rules...), nil
}

// tls returns the listener's settings, nil for plain HTTP.
func (f *collectorFlags) tls() (*tls.Config, error) {
	if (f.tlsCert == "") != (f.tlsKey == "") || (f.clientsCA != "" && f.tlsCert == "") {
		return nil, usagef("--tls-cert and --tls-key belong together, and --client-ca needs both")
	}
	if f.tlsCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(f.tlsCert, f.tlsKey)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	settings := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if f.clientsCA == "" {
		return settings, nil
	}
	pem, err := os.ReadFile(f.clientsCA)
	if err != nil {
		return nil, fmt.Errorf("--client-ca: %w", err)
	}
	settings.ClientCAs = x509.NewCertPool()
	if !settings.ClientCAs.AppendCertsFromPEM(pem) {
		return nil, usagef("--client-ca: there is no certificate in %s", f.clientsCA)
	}
	settings.ClientAuth = tls.RequireAndVerifyClientCert
	return settings, nil
}

// printEvent prints an event as one line, as it was sent but for the white space.
func (c *console) printEvent(e collector.Event) {
	line := e.Raw.Clone()
	if err := line.Compact(); err != nil {
		return // it has been read as JSON
	}
	fmt.Fprintf(c.out, "%s\n", line)
	if e.Failure != "" {
		c.say("%s does not conform: %s", clean(e.ID), e.Failure)
	}
}

// serveUntil serves until the context ends, and then lets requests under way finish.
func serveUntil(ctx context.Context, server *http.Server, l net.Listener) error {
	stopped := make(chan error, 1) // gets one value when the server has shut down
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), collectorTimeout)
		defer cancel()
		stopped <- server.Shutdown(grace)
	})
	err := server.Serve(l)
	if stop() || !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return <-stopped
}
