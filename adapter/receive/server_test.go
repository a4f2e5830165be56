package receive

import (
	"net"
	"testing"
	"time"

	logtest "github.com/sirupsen/logrus/hooks/test"
)

func TestServerHasAllTimeouts(t *testing.T) {
	log, _ := logtest.NewNullLogger()
	s := NewServer(ServerOptions{Log: log})
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 {
		t.Errorf("an unbounded server: %+v", s)
	}
	if s.WriteTimeout < s.ReadTimeout+DefaultStoreTimeout {
		t.Errorf("a body that takes %v and a journal that takes %v do not fit into %v", s.ReadTimeout, DefaultStoreTimeout, s.WriteTimeout)
	}
}

func TestSlowHeaderIsCutOff(t *testing.T) {
	s := startSite(t, nil, func(o *ServerOptions) { o.ReadHeaderTimeout = 50 * time.Millisecond })
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte("POST /caliper HTTP/1.1\r\nHost")); err != nil {
		t.Fatal(err)
	}
	if status := readStatus(conn); status == 200 {
		t.Error("answered 200")
	}
}

// What is no failed handshake is always logged: a panic above all.
func TestServerErrorsAreLogged(t *testing.T) {
	log, hook := logtest.NewNullLogger()
	errorLog := newErrorLog(log)
	for range 3 {
		errorLog.Print("http: panic serving 127.0.0.1:1: x\nstack")
		errorLog.Print("http: TLS handshake error from 127.0.0.1:1: EOF")
	}
	if got := len(hook.AllEntries()); got != 4 {
		t.Errorf("%d lines", got)
	}
}
