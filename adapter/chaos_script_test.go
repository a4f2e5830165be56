package adapter_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bbcaliper/bbcaliper/timeback/collector"
)

// drawer draws scripts of a collector's replies.
type drawer struct{ *rand.Rand }

// draw draws a script of so many entries, and now and then one that never ends.
func (d drawer) draw(entries int) string {
	script := make([]string, entries)
	for i := range script {
		script[i] = d.entry()
	}
	if d.IntN(4) == 0 {
		script = append(script, pick(d, []string{"503*", "404*", "lost*", "(408,202)*", "(429:Retry-After=0,lost,202)*", "(400,202)*"}))
	}
	return strings.Join(script, ",")
}

func (d drawer) entry() string {
	switch d.IntN(12) {
	case 0:
		return fmt.Sprintf("%sx%d", d.reply(), 2+d.IntN(3))
	case 1:
		return fmt.Sprintf("(%s,%s)x%d", d.reply(), d.reply(), 2+d.IntN(2))
	default:
		return d.reply()
	}
}

// reply is one reply, sometimes a slow one.
func (d drawer) reply() string {
	reply := d.quick()
	switch d.IntN(8) {
	case 0:
		return d.wait("slow") + "+" + reply
	case 1:
		return d.wait("drip") + "+" + reply
	default:
		return reply
	}
}

// wait is a word for time with some of it, up to 0.15 s.
func (d drawer) wait(word string) string { return fmt.Sprintf("%s:0.%02ds", word, 1+d.IntN(15)) }

// quick is a reply without the words for time. What makes a destination wait for long is rare.
func (d drawer) quick() string {
	switch n := d.IntN(100); {
	case n < 30:
		return d.accepting()
	case n < 45:
		return d.naming()
	case n < 55:
		return pick(d, []string{"400", "409", "415", "422"}) + d.form(collector.FormJob, collector.FormPaths, collector.FormKeys)
	case n < 59:
		return "413" + d.form(collector.FormJob, collector.FormPaths, collector.FormKeys)
	case n < 64:
		return pick(d, []string{"401", "402", "403", "404", "405", "410", "301", "302", "307", "308"})
	case n < 80:
		return d.later()
	default:
		return pick(d, []string{"lost", "lost", "lost", "close", "close", "hangup", "garbage", "endless", "cut", "slow:0.02s", "drip:0.02s"})
	}
}

func (d drawer) accepting() string {
	status := pick(d, []string{"200", "201", "202", "202", "204"})
	return status + d.form(collector.FormPaths, collector.FormKeys)
}

// naming refuses an event that is likely to be in the envelope.
func (d drawer) naming() string {
	return fmt.Sprintf("%s@%d", pick(d, []string{"400", "400", "400", "422"}), d.IntN(12)) + d.form(collector.FormJob)
}

func (d drawer) later() string {
	status := pick(d, []string{"408", "423", "425", "429", "429", "500", "502", "503", "503", "504"})
	return status + pick(d, []string{"", "", "", ":Retry-After=0", ":Retry-After=0", ":Retry-After=1", ":Retry-After=date+1s", ":Retry-After=date-9s;X-Reason=none"})
}

// form is a form of the body that the reply can have, or none.
func (d drawer) form(not ...collector.Form) string {
	if d.IntN(3) > 0 {
		return ""
	}
	forms := slices.DeleteFunc(collector.Forms(), func(f collector.Form) bool { return slices.Contains(not, f) })
	return "/" + string(pick(d, forms))
}

func pick[T any](d drawer, from []T) T { return from[d.IntN(len(from))] }

func parseScript(t testing.TB, text string) collector.Script {
	t.Helper()
	script, err := collector.ParseScript(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return script
}

// TestScriptsAreDrawnFromAllWords holds the drawer to the language as the collector describes it.
func TestScriptsAreDrawnFromAllWords(t *testing.T) {
	d := drawer{rand.New(rand.NewPCG(1, 2))}
	var all []string
	for range 500 {
		script := d.draw(20)
		parseScript(t, script)
		all = append(all, script)
	}
	checkWords(t, all)
}

// checkWords demands that each word of the script language is somewhere in some scripts, if with other numbers.
func checkWords(t *testing.T, scripts []string) {
	t.Helper()
	all := strings.Join(scripts, "\n")
	numbers := regexp.MustCompile(`[0-9]+`)
	for _, word := range collector.Words() {
		for _, form := range collector.Forms() {
			example := strings.ReplaceAll(word.Word, "FORM", string(form))
			pattern := numbers.ReplaceAllLiteralString(regexp.QuoteMeta(example), `[0-9.]+`)
			if !regexp.MustCompile(pattern).MatchString(all) {
				t.Errorf("there is nothing like %s", example)
			}
		}
	}
}
