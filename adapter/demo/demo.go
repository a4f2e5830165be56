// Package demo shows everything at work on the loopback, with nothing installed: an adapter, a collector, a sample map,
// and the mission's payloads on their way from the one to the other.
package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter"
	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/admin/client"
	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/testdata"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
	"github.com/bbcaliper/bbcaliper/timeback/collector/page"
)

// Options of a demo.
type Options struct {
	// Once maps the unmapped person itself halfway, waits until everything has arrived, and ends.
	Once bool
	// Command is how the reader calls bbcaliper, for the lines to copy.
	Command string
	// Out gets the events that arrived, Say everything about them.
	Out, Say io.Writer
	// Version is shown by status.
	Version string
}

// The sample: the mission's user is in the map, the other one is not.
const (
	source      = "myschool"
	missionUser = "ffc08009f0884c059192bac549e117b2"
	otherUser   = "5d1f0c7e8a3b4c299e6b7f2a10c4d8e3"
	appID       = "1e0d6a0c-3b52-4a9e-9c39-2f4f1d0f7a11"

	missionPlatform = "7a0f9d52-44f7-4f0e-9d55-0c8f6d1f2b10"
	otherPlatform   = "c2b7e1a4-9d3e-4c52-8f6a-5e0b9a7d3f21"
)

// onceTimeout is how long a demo that ends by itself may take.
const onceTimeout = 45 * time.Second

// demo is one running demo.
type demo struct {
	Options
	dir       string
	key       string
	token     string
	collector *collector.Collector
	address   string // of the collector
	adapter   *adapter.Adapter
	api       *client.Client
}

// Run runs a demo until ctx ends, or with Once until everything has arrived.
func Run(ctx context.Context, o Options) (err error) {
	dir, err := os.MkdirTemp("", "bbcaliper-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer os.RemoveAll(dir)
	d := &demo{Options: o, dir: dir, key: rand.Text(), token: rand.Text()}
	stop, err := d.start(ctx)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := d.play(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if o.Once {
		return d.finish(ctx)
	}
	d.explain()
	<-ctx.Done()
	return nil
}

// start opens the collector, the adapter with its map, and a client of the admin API.
func (d *demo) start(ctx context.Context) (stop func() error, err error) {
	d.collector, err = collector.New(collector.Options{OnEvent: d.print})
	if err != nil {
		return nil, err
	}
	shown, err := page.New(d.collector, page.Options{})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d.address = "http://" + l.Addr().String() + "/caliper"
	server := &http.Server{Handler: shown, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1) // gets one value when the server has ended
	go func() { served <- server.Serve(l) }()
	closeServer := func() error {
		err := server.Close()
		if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
			err = errors.Join(err, ended)
		}
		return err
	}
	if err := d.startAdapter(ctx); err != nil {
		return nil, errors.Join(err, closeServer())
	}
	return func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		return errors.Join(d.adapter.Stop(ctx), closeServer())
	}, nil
}

func (d *demo) startAdapter(ctx context.Context) error {
	c, err := config.Parse([]byte(d.configuration()), d.dir, os.LookupEnv)
	if err != nil {
		return err
	}
	log := logrus.New()
	log.SetOutput(d.Say)
	log.SetLevel(logrus.WarnLevel)
	if d.adapter, err = adapter.New(adapter.Options{Config: c, Log: log, Version: d.Version}); err != nil {
		return err
	}
	if err := d.adapter.Start(ctx); err != nil {
		return err
	}
	d.api, err = client.New(client.Options{Server: "http://" + d.adapter.AdminAddr(), Token: d.token})
	return err
}

func (d *demo) configuration() string {
	return fmt.Sprintf(`
listen: "127.0.0.1:0"
admin: { listen: "127.0.0.1:0", tokens: [%q] }
data_dir: data
sources: [{ name: %s, keys: [%q] }]
destinations:
  - { name: demo, preset: caliper, url: %q, app_id: %s, batch: { max_wait: 100ms } }
`, d.token, source, d.key, d.address, appID)
}

// play maps the mission's user and posts the payloads, as Learn would.
func (d *demo) play(ctx context.Context) error {
	user := admin.Statement{PlatformID: missionPlatform, UserUUID: missionUser, Note: "the mission's user"}
	if _, err := d.api.Set(ctx, user, 0); err != nil {
		return err
	}
	login, err := testdata.Payloads.ReadFile("v1p1/login.json")
	if err != nil {
		return err
	}
	launch, err := testdata.Payloads.ReadFile("v1p1/lti-launch.json")
	if err != nil {
		return err
	}
	fmt.Fprintf(d.Say, "bbcaliper receives on http://%s/caliper and sends to %s\n", d.adapter.Addr(), d.address)
	fmt.Fprintf(d.Say, "a browser shows what arrives on %s\n", strings.TrimSuffix(d.address, "caliper"))
	fmt.Fprintln(d.Say, "posting: a login and an LTI launch of a mapped person, a login of somebody who is not in the map")
	for _, body := range [][]byte{login, somebodyElse(login), launch} {
		if err := d.post(ctx, body); err != nil {
			return err
		}
	}
	return d.await(ctx, 2)
}

// somebodyElse makes another person's login of one: another user, event and session of the same site.
func somebodyElse(login []byte) []byte {
	return []byte(strings.NewReplacer(
		missionUser, otherUser,
		"f8c984e2-de73-4c0b-8183-779ab4149422", "0b7d4a52-6c1e-4f3a-9a8d-2e5c7f9b1d60",
		"B287CEC440C99337012096F677684697", "4C1D7E90A2B84F6D93E05A7B1C8F2D46",
		`"_1_1"`, `"_2_1"`, `"administrator"`, `"jstudent"`,
	).Replace(string(login)))
}

func (d *demo) post(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.adapter.Addr()+"/caliper", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", d.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("post: answered %s", resp.Status)
	}
	return nil
}

// await waits until the collector has accepted so many events.
func (d *demo) await(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, onceTimeout)
	defer cancel()
	if err := d.collector.WaitFor(ctx, n); err != nil {
		return fmt.Errorf("%d of %d events arrived: %w", d.collector.Accepted(), n, err)
	}
	return nil
}

// finish maps the unmapped person and waits for their event.
func (d *demo) finish(ctx context.Context) error {
	who, err := d.unmapped(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.Say, "mapping the person whom %d event waits for: user_uuid %x\n", who.Events, who.UserUUID[:])
	if _, err := d.api.Set(ctx, admin.Statement{PlatformID: otherPlatform, UserUUID: who.UserUUID.String()}, 0); err != nil {
		return err
	}
	if err := d.await(ctx, 3); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	for _, e := range d.collector.Events() {
		if e.Failure != "" {
			return fmt.Errorf("demo: event %s does not conform: %s", e.ID, e.Failure)
		}
	}
	fmt.Fprintln(d.Say, "all 3 events arrived and conform to Caliper 1.2")
	return nil
}

// unmapped returns the one person whom the map does not know.
func (d *demo) unmapped(ctx context.Context) (admin.UnmappedPerson, error) {
	page, err := d.api.UnmappedPage(ctx, admin.UnmappedFilter{})
	if err != nil {
		return admin.UnmappedPerson{}, err
	}
	if len(page.People) != 1 {
		return admin.UnmappedPerson{}, fmt.Errorf("demo: %d people are unmapped, want 1", page.Total)
	}
	return page.People[0], nil
}

// explain prints the lines to go on with.
func (d *demo) explain() {
	fmt.Fprintf(d.Say, `
One person is not in the map, so their event waits. In another terminal:

export BBCALIPER_SERVER=http://%s
export BBCALIPER_ADMIN_TOKEN=%s
%s map unmapped
%s map set --platform-id %s --user-uuid %s

Post more events to http://%s/caliper with the header "Authorization: %s". Ctrl-C ends the demo.
`, d.adapter.AdminAddr(), d.token, d.Command, d.Command, otherPlatform, otherUser, d.adapter.Addr(), d.key)
}

// print shows an event that arrived.
func (d *demo) print(e collector.Event) {
	text := e.Raw.Clone()
	if err := text.Indent(jsontext.WithIndent("  ")); err != nil {
		return // the collector has read it as JSON
	}
	fmt.Fprintf(d.Out, "%s\n", text)
}
