package adapter_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// externalEngine starts a server and returns the configuration that points to it.
func externalEngine(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, NoSigs: true, NoLog: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the engine does not start")
	}
	return fmt.Sprintf("engine: { url: %q, replicas: 1 }", s.ClientURL())
}

// TestExternalEngine lets a member that was killed be replaced by another, which takes its lease over, and that one be
// restarted, which gives its lease back.
func TestExternalEngine(t *testing.T) {
	t.Parallel() // most of it is waiting for the lease
	c, url := newCollector(t, collector.Options{Keep: -1, KeepBodies: true})
	store := externalEngine(t)
	l, mapped, unmapped := newLedger(), newUser(), newUser()

	first := startChild(t, childConfig{Dir: t.TempDir(), Store: store, URL: url, Extra: "    sensor: https://adapter.test/killed\n"})
	public, api := first.ready()
	setRecord(t, api, mapped)
	send := &sender{t: t, where: &address{}, client: newClient(t)}
	send.where.set(public, api)
	for range 20 {
		if !send.post(envelope(append(l.events(mapped, 3), l.events(unmapped, 2)...)...)) {
			t.Fatal("an envelope was not accepted")
		}
	}
	first.kill()
	killed := time.Now()

	r := &rig{t: t, collector: c, url: url, dir: t.TempDir(), store: store, sources: oneSource, log: quiet()}
	r.start()
	r.mustPost(envelope(l.events(mapped, 3)...))
	r.settled(want{Delivered: 63, Held: 40})
	if took := time.Since(killed); took < journal.LeaseTakeover {
		t.Errorf("the lease of a killed member was taken over after %s, want %s at least", took, journal.LeaseTakeover)
	}
	r.stop(r.Adapter)
	if owner := r.Owner("lrs"); owner != "" {
		t.Errorf("after a clean stop the next member has to wait: the destination is that of %s", owner)
	}
	r.start()
	r.set(unmapped, uuid.New())
	r.mustPost(envelope(l.events(mapped, 3)...))
	r.settled(want{Delivered: 106})
	l.check(t, c.Events(), readEvidence(t, c).explains)
}
