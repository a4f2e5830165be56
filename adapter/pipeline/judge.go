package pipeline

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/adapter/translate"
	"github.com/bbcaliper/bbcaliper/blackboard"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Reasons of dead letters and skips that this package gives. Others come from decoding and translation.
const (
	ReasonTooLarge  = "too_large"  // larger than a frame
	ReasonOtherSite = "other_site" // of another site than the source is pinned to
	ReasonRefused   = "refused"    // by the collector
	ReasonExpired   = "expired"    // waited for a mapping longer than hold_for
	ReasonUnmapped  = "unmapped"   // skip: the policy for unmapped people is drop
	ReasonBacklog   = "backlog"    // skip: the journal was full and the destination may skip
)

// verdict is what is to become of an event, decided from its content, the map and the memory.
type verdict struct {
	how    verdictKind
	reason string // of a dead or skipped event
	detail string // of a dead one: the rule and its place
	json   []byte // of one to deliver
	key    string // the lane person's, "" if there is none
	whom   journal.Whom
	facts  []journal.Fact
	// revision of the source's map, which decided, and what it said of the lane person; zero if there is none
	revision uint64
	match    mapping.Match
}

// tooLarge is the detail of an event that was too large to be kept.
const tooLarge = "larger than 512 KiB: its first 64 KiB are kept"

type verdictKind uint8

const (
	deliver verdictKind = iota
	hold
	bury
	skip
)

func buried(reason, detail string) verdict { return verdict{how: bury, reason: reason, detail: detail} }

// judge decides about an event. mustHold says for a person's key whether their events have to be held, mapped or not.
// It changes nothing but the memory.
func (l *loop) judge(e *journal.Event, source *Source, mustHold func(key string) bool) verdict {
	if e.Oversize != nil {
		return buried(ReasonTooLarge, tooLarge)
	}
	ev, err := blackboard.Decode(e.Raw)
	if err != nil {
		return undecodable(err)
	}
	site, err := l.site(source, ev, e)
	if err != nil {
		return buried(ReasonOtherSite, err.Error())
	}
	facts := remember(source, ev, e.Received)
	revision := source.Map.Revision()
	v := l.opts.judge(ev, site, source, mustHold)
	v.facts, v.revision = facts, revision
	return v
}

// holdNobody is mustHold where nothing is held.
func holdNobody(string) bool { return false }

func undecodable(err error) verdict {
	var d *blackboard.DecodeError
	if errors.As(err, &d) {
		return buried(d.Reason, d.Error())
	}
	return buried(blackboard.ReasonMalformed, err.Error())
}

// judge decides about a decoded event of a site.
func (o *Policy) judge(ev *blackboard.Event, site string, source *Source, mustHold func(string) bool) verdict {
	if o.Translator.Skips(ev) { // before anybody is held for it
		return verdict{how: skip, reason: translate.SkipPolicy}
	}
	person, known := lanePerson(source, ev)
	c := translate.Context{Site: site, Memory: source.Memory}
	var v verdict
	if known {
		v.whom = translate.Whom(&person)
		v.key = mapping.PersonKey(source.Name, identityOf(&person), person.IRI)
		match, mapped := o.match(source, &person)
		switch {
		case mapped && mustHold(v.key), !mapped && o.Unmapped == mapping.Hold:
			v.how = hold
			return v
		case !mapped:
			v.how, v.reason = skip, ReasonUnmapped
			return v
		}
		c.Person, c.PersonID = &person, match.PlatformID
		v.match = match
	}
	c.Lookup = func(p *blackboard.Person) (uuid.UUID, bool) { return o.lookup(source, p) }
	json, err := o.Translator.Translate(ev, c)
	var skipped *translate.Skip
	var failed *translate.Error
	switch {
	case err == nil:
		v.how, v.json = deliver, json
	case errors.As(err, &skipped):
		v.how, v.reason = skip, skipped.Reason
	case errors.As(err, &failed):
		v.how, v.reason, v.detail = bury, failed.Reason, failed.Error()
	default:
		v.how, v.reason, v.detail = bury, translate.ReasonUntranslatable, err.Error()
	}
	return v
}

// lanePerson is the person whose order the event keeps: the one that its type says, or who is remembered for the
// session that timed out.
func lanePerson(source *Source, ev *blackboard.Event) (blackboard.Person, bool) {
	if p, ok := ev.Person(); ok {
		return p, true
	}
	session := translate.SessionRef(ev)
	if session == "" {
		return blackboard.Person{}, false
	}
	if _, whom, known := source.Memory.Session(session); known && whom != (journal.Whom{}) {
		return translate.Person(whom), true
	}
	return blackboard.Person{}, false
}

// lookup names a person, by the map or by the policy that derives names.
func (o *Policy) lookup(source *Source, p *blackboard.Person) (uuid.UUID, bool) {
	match, ok := o.match(source, p)
	return match.PlatformID, ok
}

// match is what the map says of a person. A name that the policy derives is of no record.
func (o *Policy) match(source *Source, p *blackboard.Person) (mapping.Match, bool) {
	id := identityOf(p)
	match, ok := source.Map.Lookup(id, o.Trust)
	switch {
	case ok && match.LearnsUUID:
		source.Map.Learn(id, o.Trust)
	case !ok && o.Unmapped == mapping.DeriveID:
		return mapping.Match{PlatformID: mapping.Derive(id, p.IRI)}, true
	}
	return match, ok
}

// remember notes what an event says of its session or launch, and returns what was news.
func remember(source *Source, ev *blackboard.Event, at time.Time) (news []journal.Fact) {
	for _, f := range translate.Facts(ev) {
		if source.Memory.Note(f, at) {
			news = append(news, f)
		}
	}
	return news
}
