package main

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
)

func newDeadShowCommand(c *console) *cobra.Command {
	var destination string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show [flags] EVENT_ID|LETTER",
		Short: "Show a dead event as received, as translated, and why it is dead",
		Long: `Show a dead event as received, as translated, and why it is dead

By its UUID it is shown for every destination at which it is dead.

  bbcaliper dead show 41`,
		Args: takes("EVENT_ID|LETTER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := new(admin.DeadFilter).Name(args[0]); err != nil {
				return usagef("%w", err)
			}
			api, err := c.client()
			if err != nil {
				return err
			}
			letters, err := api.DeadLetters(cmd.Context(), args[0], destination)
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(letters)
			}
			return c.printLetters(letters)
		},
	}
	cmd.Flags().StringVar(&destination, "destination", "", "only the one of the destination `NAME`")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (c *console) printLetters(letters []admin.DeadLetter) error {
	for i := range letters {
		text := letterText(&letters[i], c.now())
		if i > 0 {
			text = "\n" + text
		}
		if err := c.print(text); err != nil {
			return err
		}
	}
	return nil
}

// letterText is a letter for people: the facts, the texts, and what to do next.
func letterText(l *admin.DeadLetter, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "letter %d of %s, dead for %s\n\n", l.Letter, l.Destination, duration(now.Sub(l.At)))
	b.WriteString(letterFacts(l).String())
	fmt.Fprintf(&b, "\nas received\n%s", payloadText(l.Text()))
	if l.Cut {
		fmt.Fprintf(&b, "[only the first %d of %d bytes were kept]\n", len(l.Text()), l.Bytes)
	}
	if l.Sent != nil {
		fmt.Fprintf(&b, "\nas translated\n%s", payloadText(l.Sent))
	}
	if l.Reply != "" {
		fmt.Fprintf(&b, "\nthe reply begins\n%s", payloadText([]byte(l.Reply)))
	}
	if l.Destination != admin.DestinationReceive && !l.Cut {
		fmt.Fprintf(&b, "\n→ `bbcaliper dead retry %d` sends it through again\n", l.Letter)
	}
	if l.EventID != "" {
		fmt.Fprintf(&b, "→ `bbcaliper explain %s` tells its whole way\n", l.EventID)
	}
	return b.String()
}

// letterFacts lists what is known; what is not is left out.
func letterFacts(l *admin.DeadLetter) *facts {
	var f facts
	f.add("event", strings.TrimSpace(l.EventID+" "+l.Type))
	f.add("source", l.Source)
	f.add("received", stamp(l.Received))
	f.add("refused", stamp(l.At))
	f.add("reason", l.Reason)
	if l.Status != 0 {
		f.add("reply", answered(l.Status, l.Detail))
	} else {
		f.add("detail", l.Detail)
	}
	if l.Attempts > 0 {
		f.add("attempts", fmt.Sprint(l.Attempts))
	}
	f.add("request", l.RequestID)
	if l.MapRevision > 0 {
		f.add("map", "revision "+number(l.MapRevision))
	}
	f.add("size", counted(uint64(max(0, l.Bytes)), "byte", "bytes"))
	f.add("sha256", l.SHA256)
	return &f
}

// maxShown is how much of a payload is shown to people, in bytes.
const maxShown = 64 << 10

// payloadText is a payload for people: JSON in lines, other text as it is, anything else in hex. Whatever a terminal
// might obey is taken out.
func payloadText(payload []byte) string {
	if len(payload) == 0 {
		return "[nothing]\n"
	}
	text := jsontext.Value(payload).Clone()
	if text.Indent(jsontext.AllowDuplicateNames(true), jsontext.WithIndent("  ")) != nil {
		text = payload
	}
	shown := text[:min(len(text), maxShown)]
	rest := ""
	if len(text) > len(shown) {
		rest = fmt.Sprintf("[and %d bytes more: --json has them]\n", len(text)-len(shown))
	}
	if !utf8.Valid(wholeRunes(text)) {
		return hex.Dump(shown) + rest
	}
	return cleanLines(string(wholeRunes(shown))) + rest
}

// wholeRunes drops what a cut has left of a character at the end of a text.
func wholeRunes(text []byte) []byte {
	for n := 1; n < min(utf8.UTFMax, len(text)+1); n++ {
		if end := text[len(text)-n:]; utf8.RuneStart(end[0]) {
			if !utf8.FullRune(end) {
				return text[:len(text)-n]
			}
			break
		}
	}
	return text
}

// cleanLines is clean for a text of several lines, which ends with a line end.
func cleanLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	for i, line := range lines {
		lines[i] = clean(strings.ReplaceAll(strings.TrimSuffix(line, "\r"), "\t", "    "))
	}
	return strings.Join(lines, "\n") + "\n"
}
