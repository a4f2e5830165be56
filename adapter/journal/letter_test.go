package journal

import (
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats.go"
)

func FuzzReadLetter(f *testing.F) {
	d := DeadLetter{Raw: []byte("{}"), Sent: []byte("[]"), Reply: []byte("no")}
	f.Add(`{"reason":"refused"}`, packTexts(d.Raw, d.Sent, d.Reply))
	f.Add("", s2.Encode(nil, []byte(`{"reason":"refused","raw":"e30="}`)))
	f.Fuzz(func(t *testing.T, head string, data []byte) {
		d, err := wholeLetter("d", 1, nats.Header{headerDead: []string{head}}, data)
		if err != nil {
			return
		}
		m, err := deadMessage("d", &d)
		if err != nil {
			return // a time that JSON cannot hold
		}
		again, err := wholeLetter("d", 1, m.Header, m.Data)
		if err != nil || string(again.Raw) != string(d.Raw) || again.ID != d.ID {
			t.Fatalf("%+v came back as %+v, %v", d, again, err)
		}
	})
}
