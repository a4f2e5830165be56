package collector

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Script is a list of replies, one for each request, in their order. Once it
// is through, requests are answered as they deserve. The zero Script is empty.
//
//	202,429:Retry-After=2,400@3,503x5,slow:5s,(503,202/job)*
//
// A reply is one of
//
//	202            the request as it deserves; if it is accepted, with this status
//	429            this status; an envelope is not looked at
//	429:Name=Value with a header, several separated by semicolons; the value
//	               date+30s is the HTTP date 30 s from now, date-1h one past
//	400@3          a reply that names the event at index 3 of data, if the
//	               envelope has that many events; else as it deserves
//	…/FORM         with a body of this form (see Form): 202/job, 400@3/keys
//	garbage        as it deserves; if it is accepted, with a body that is no JSON
//	endless        the same with a body that does not end
//	cut            the same with a reply that breaks off in the middle
//	hangup         the connection is dropped before the body is read
//	close          the connection is dropped after that, and nothing is kept
//	lost           the envelope is kept, then the connection is dropped
//
// with any of these before it, or alone:
//
//	slow:5s+…      waits first; ends with the request's context
//	drip:5s+…      sends the reply's body bit by bit over this time
//
// and any of these behind it:
//
//	…x5            the same five times
//	…*             the same for ever
//	(…,…)x5        a group of replies five times; groups hold no groups
//	(…,…)*         a group for ever
type Script struct {
	items []item
}

// item is a step or a group of them, to be played a number of times.
type item struct {
	step  step
	group []item // nil: the step counts
	times int    // 0: for ever
}

// step is what happens to one request.
type step struct {
	act    act
	status int           // of actStatus
	header [][2]string   // of actStatus
	index  int           // of actStatus: the event to name; -1: none
	form   Form          // of actStatus: of the reply's body; "": the usual one
	wait   time.Duration // before anything is answered
	drip   time.Duration // that the body takes
}

type act string

const (
	actDeserved act = "" // only waits or drips
	actStatus   act = "status"
	actHangup   act = "hangup"
	actClose    act = "close"
	actLost     act = "lost"
)

// deserved is the step of a request that no script speaks of.
func deserved() step { return step{index: -1} }

// isDeserved reports whether the step changes nothing.
func (s step) isDeserved() bool {
	return s.act == actDeserved && s.wait == 0 && s.drip == 0
}

// isFault reports whether the step replies without looking at the request.
func (s step) isFault() bool {
	switch s.act {
	case actHangup, actClose:
		return true
	case actStatus:
		return s.status/100 != 2 && s.index < 0
	default:
		return false
	}
}

// names reports whether the step refuses an envelope of n events by naming one.
func (s step) names(n int) bool {
	return s.index >= 0 && s.index < n
}

// next takes the script's next step. Scripts share what they consist of, so
// nothing of it is changed in place.
func (s *Script) next() step {
	for len(s.items) > 0 {
		head, rest := s.items[0], s.items[1:]
		if again, ok := head.again(); ok {
			rest = append([]item{again}, rest...)
		}
		if head.group == nil {
			s.items = rest
			return head.step
		}
		s.items = append(append([]item{}, head.group...), rest...)
	}
	return deserved()
}

// again is what is left of an item after it has been played once.
func (i item) again() (item, bool) {
	switch i.times {
	case 0:
		return i, true
	case 1:
		return item{}, false
	}
	i.times--
	return i, true
}

// String returns the script as ParseScript reads it.
func (s Script) String() string { return joinItems(s.items) }

func joinItems(items []item) string {
	entries := make([]string, len(items))
	for i, it := range items {
		entries[i] = it.String()
	}
	return strings.Join(entries, ",")
}

func (i item) String() string {
	text := i.step.String()
	if i.group != nil {
		text = "(" + joinItems(i.group) + ")"
	}
	switch i.times {
	case 0:
		return text + "*"
	case 1:
		if rest, _, err := cutTimes(text); err != nil || rest != text {
			return text + "x1" // a header's value that ends like a repetition
		}
		return text
	default:
		return text + "x" + strconv.Itoa(i.times)
	}
}

func (s step) String() string {
	var parts []string
	if s.wait > 0 {
		parts = append(parts, wordSlow+":"+s.wait.String())
	}
	if s.drip > 0 {
		parts = append(parts, wordDrip+":"+s.drip.String())
	}
	switch s.act {
	case actStatus:
		parts = append(parts, s.statusString())
	case actHangup, actClose, actLost:
		parts = append(parts, string(s.act))
	}
	if len(parts) == 0 {
		return wordSlow + ":0s"
	}
	return strings.Join(parts, "+")
}

func (s step) statusString() string {
	if s.status == http.StatusOK && s.index < 0 && s.form.isWord() && len(s.header) == 0 {
		return string(s.form)
	}
	text := strconv.Itoa(s.status)
	if s.index >= 0 {
		text += "@" + strconv.Itoa(s.index)
	}
	if s.form != "" {
		text += "/" + string(s.form)
	}
	separator := ":"
	for _, h := range s.header {
		text += separator + h[0] + "=" + h[1]
		separator = ";"
	}
	return text
}
