package mapping

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestMapFollowsAgainWhenItsLogBreaksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newMemLog()
		m := openMap(t, log, Options{})
		set(t, m, sampleRecord(1))
		log.breakOff(errors.New("connection lost"))
		synctest.Wait()
		if err := m.Err(); err == nil || !strings.Contains(err.Error(), "connection lost") {
			t.Fatalf("Err = %v", err)
		}
		if _, ok := m.Lookup(Identity{UserUUID: sampleAccount(1)}, nil); !ok {
			t.Error("the index does not answer meanwhile")
		}
		time.AfterFunc(time.Minute, func() { log.breakOff(nil) })
		set(t, m, sampleRecord(2)) // stored at once, visible when it follows again
		synctest.Wait()            // it says so when it has caught up, a moment after the record is visible
		if err := m.Err(); err != nil || m.Index().Len() != 2 {
			t.Errorf("Err = %v, %d records", err, m.Index().Len())
		}
	})
}

func TestUnreadableEntriesStopTheMap(t *testing.T) {
	log := newMemLog()
	m := openMap(t, log, Options{})
	set(t, m, sampleRecord(1))
	log.force([]byte{99, 1, 2}, time.Now())
	if _, err := m.Set(t.Context(), sampleRecord(2), Edit{}); !errors.Is(err, ErrEntry) {
		t.Errorf("Set: %v", err)
	}
	if err := m.Err(); !errors.Is(err, ErrEntry) || m.Index().Len() != 1 {
		t.Errorf("Err = %v", err)
	}
	if _, err := Open(t.Context(), "school", log, Options{}); !errors.Is(err, ErrEntry) {
		t.Errorf("Open: %v", err)
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m, err := Open(ctx, "school", newMemLog(), Options{})
	switch {
	case err == nil: // it was faster
		m.Close()
	case !errors.Is(err, context.Canceled):
		t.Fatalf("error %v", err)
	}
	broken := newMemLog()
	broken.breakOff(errors.New("no stream"))
	if _, err := Open(t.Context(), "school", broken, Options{}); err == nil || !strings.Contains(err.Error(), "no stream") {
		t.Errorf("error %v", err)
	}
}

func TestClosedMap(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	set(t, m, sampleRecord(1))
	m.Close()
	if err := m.Err(); !errors.Is(err, ErrClosed) {
		t.Errorf("Err = %v", err)
	}
	if _, err := m.Set(t.Context(), sampleRecord(2), Edit{}); !errors.Is(err, ErrClosed) {
		t.Errorf("Set: %v", err)
	}
	if _, ok := m.Lookup(Identity{UserUUID: sampleAccount(1)}, nil); !ok {
		t.Error("a closed map forgets")
	}
}

func TestWriteEndsWithItsContext(t *testing.T) {
	m := openMap(t, newMemLog(), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Set(ctx, sampleRecord(1), Edit{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
