package collector

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The words that stand before a reply.
const (
	wordSlow = "slow"
	wordDrip = "drip"
)

// Bounds of a script's numbers and text.
const (
	maxTimes  = 1_000_000
	maxIndex  = 1_000_000
	maxWait   = time.Hour
	maxScript = 64 << 10 // bytes
	maxQuoted = 40       // bytes of an entry in an error
)

// ParseScript reads a script. Blanks around entries do not count; the empty
// text is the empty script. An error says where, and what could stand there.
func ParseScript(text string) (Script, error) {
	if strings.TrimSpace(text) == "" {
		return Script{}, nil
	}
	if len(text) > maxScript {
		return Script{}, fmt.Errorf("a script has at most %d bytes", maxScript)
	}
	p := parser{text: text}
	items, err := p.items(0, len(text), true)
	return Script{items: items}, err
}

// parser reads one script. Places are byte offsets into text.
type parser struct{ text string }

// items reads entries separated by commas.
func (p parser) items(from, to int, groups bool) ([]item, error) {
	var items []item
	for {
		end := p.entryEnd(from, to, groups)
		if len(items) > 0 && items[len(items)-1].times == 0 {
			return nil, p.wrong(from, end, errors.New("nothing comes after what is repeated for ever"))
		}
		it, err := p.item(from, end, groups)
		if err != nil {
			return nil, err
		}
		if items = append(items, it); end == to {
			return items, nil
		}
		from = end + 1
	}
}

// entryEnd is where the entry at from ends: at the next comma, but not at one
// within a group.
func (p parser) entryEnd(from, to int, groups bool) int {
	at := from
	if groups && strings.HasPrefix(strings.TrimLeft(p.text[from:to], " \t\r\n"), "(") {
		if end := strings.IndexByte(p.text[from:to], ')'); end >= 0 {
			at = from + end
		}
	}
	if comma := strings.IndexByte(p.text[at:to], ','); comma >= 0 {
		return at + comma
	}
	return to
}

func (p parser) item(from, to int, groups bool) (item, error) {
	from, to = p.trim(from, to)
	entry := p.text[from:to]
	rest, times, err := cutTimes(entry)
	if err != nil {
		return item{}, p.wrong(from, to, err)
	}
	if strings.HasPrefix(rest, "(") {
		group, err := p.group(from, from+len(rest), groups)
		return item{group: group, times: times}, err
	}
	s, err := parseStep(rest)
	if err != nil {
		return item{}, p.wrong(from, to, err)
	}
	return item{step: s, times: times}, nil
}

func (p parser) group(from, to int, groups bool) ([]item, error) {
	switch {
	case !groups:
		return nil, p.wrong(from, to, errors.New("a group holds no groups"))
	case p.text[to-1] != ')':
		return nil, p.wrong(from, to, errors.New("want (REPLIES), (REPLIES)xN or (REPLIES)*"))
	}
	return p.items(from+1, to-1, false)
}

func (p parser) trim(from, to int) (int, int) {
	const blanks = " \t\r\n"
	to = from + len(strings.TrimRight(p.text[from:to], blanks))
	return to - len(strings.TrimLeft(p.text[from:to], blanks)), to
}

// wrong says where an entry stands, counted in bytes from 1.
func (p parser) wrong(from, to int, err error) error {
	from, to = p.trim(from, to)
	entry := p.text[from:to]
	if len(entry) > maxQuoted {
		entry = strings.ToValidUTF8(entry[:maxQuoted], "") + "…"
	}
	return fmt.Errorf("%q at character %d: %w", entry, from+1, err)
}

// cutTimes takes a final xN or * off an entry; 0 times is for ever.
func cutTimes(entry string) (rest string, times int, err error) {
	if rest, ok := strings.CutSuffix(entry, "*"); ok && rest != "" {
		return rest, 0, nil
	}
	at := strings.LastIndexByte(entry, 'x')
	if at <= 0 || at == len(entry)-1 || strings.Trim(entry[at+1:], "0123456789") != "" {
		return entry, 1, nil
	}
	times, err = strconv.Atoi(entry[at+1:])
	if err != nil || times < 1 || times > maxTimes {
		return "", 0, fmt.Errorf("want x1 to x%d, or * for ever", maxTimes)
	}
	return entry[:at], times, nil
}

// parseStep reads MODIFIER+…+REPLY. A plus within a header's value is none of
// these: only what begins with a modifier is cut.
func parseStep(entry string) (step, error) {
	s := deserved()
	for rest := entry; ; {
		name, _, _ := strings.Cut(rest, ":")
		if name != wordSlow && name != wordDrip {
			return s.parseReply(rest)
		}
		head, tail, more := strings.Cut(rest, "+")
		if err := s.parseModifier(name, strings.TrimPrefix(head, name)); err != nil || !more {
			return s, err
		}
		rest = tail
	}
}

func (s *step) parseModifier(name, argument string) error {
	d, err := time.ParseDuration(strings.TrimPrefix(argument, ":"))
	if err != nil || d < 0 || d > maxWait {
		return fmt.Errorf("want %s:DURATION up to %s, such as %s:5s", name, maxWait, name)
	}
	if name == wordSlow {
		s.wait = d
	} else {
		s.drip = d
	}
	return nil
}

func (s step) parseReply(entry string) (step, error) {
	name, headers, _ := strings.Cut(entry, ":")
	switch {
	case slices.Contains([]act{actHangup, actClose, actLost}, act(entry)):
		s.act = act(entry)
		return s, nil
	case Form(entry).isWord():
		s.act, s.status, s.form = actStatus, 200, Form(entry)
		return s, nil
	}
	return s.parseStatus(name, headers)
}

// errNoReply lists what a reply can be.
func errNoReply() error {
	return errors.New("want a status from 200 to 599, " + strings.Join(words(), ", "))
}

// words are the replies that are no status, and the modifiers.
func words() []string {
	return []string{
		string(FormGarbage), string(FormEndless), string(FormCut),
		string(actHangup), string(actClose), string(actLost),
		wordSlow + ":DURATION or " + wordDrip + ":DURATION",
	}
}

func (s step) parseStatus(name, headers string) (step, error) {
	name, form, hasForm := strings.Cut(name, "/")
	digits, at, named := strings.Cut(name, "@")
	status, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 3 || status < 200 || status > 599 {
		return s, errNoReply()
	}
	s.act, s.status = actStatus, status
	if named {
		s.index, err = strconv.Atoi(at)
		if err != nil || s.index < 0 || s.index > maxIndex || status/100 != 4 {
			return s, errors.New("want 4xx@INDEX, such as 400@3")
		}
	}
	if hasForm {
		if s.form, err = s.parseForm(form); err != nil {
			return s, err
		}
	}
	s.header, err = parseHeaders(headers)
	return s, err
}

// parseForm holds a form to the statuses that it can have.
func (s step) parseForm(text string) (Form, error) {
	form := Form(text)
	switch {
	case !slices.Contains(Forms(), form):
		return "", fmt.Errorf("there is no form %q of a body; there are %s", text, listForms())
	case form == FormJob && s.status/100 != 2:
		return "", errors.New("only a 2xx has a job")
	case (form == FormPaths || form == FormKeys) && s.index < 0:
		return "", fmt.Errorf("/%s names an event: want 4xx@INDEX/%s", form, form)
	}
	return form, nil
}

func parseHeaders(text string) ([][2]string, error) {
	if text == "" {
		return nil, nil
	}
	var headers [][2]string
	for pair := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || !isToken(name) || strings.ContainsAny(value, "\r\n\x00") {
			return nil, errors.New("want STATUS:Name=Value, such as 429:Retry-After=2")
		}
		if _, isDate, err := dateValue(value, time.Time{}); isDate && err != nil {
			return nil, errors.New("want date+DURATION or date-DURATION, such as 429:Retry-After=date+30s")
		}
		headers = append(headers, [2]string{name, value})
	}
	return headers, nil
}

// dateValue reads a header's value of the form date+30s or date-1h.
func dateValue(value string, now time.Time) (date string, isDate bool, err error) {
	offset, isDate := strings.CutPrefix(value, "date")
	if !isDate || (!strings.HasPrefix(offset, "+") && !strings.HasPrefix(offset, "-")) {
		return "", false, nil
	}
	d, err := time.ParseDuration(offset)
	return now.Add(d).UTC().Format(http.TimeFormat), true, err
}

// isToken reports whether s may be a header name (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return s != "" && strings.Trim(s, alphanumeric+"!#$%&'*+-.^_`|~") == ""
}
