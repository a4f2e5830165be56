package translate

import (
	"encoding/hex"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/blackboard"
)

// Facts are what an event says that later events may not repeat: whose session it is and when its login happened, which
// tool a launch opened, and when an attempt began.
func Facts(ev *blackboard.Event) []journal.Fact {
	var facts []journal.Fact
	if f := sessionFact(ev); f.Session != "" {
		facts = append(facts, f)
	}
	if launch, ok := ev.Object.(*blackboard.LTILaunch); ok && launch.LaunchID() != "" {
		if tool, ok := safeURL(launch.LaunchURL); ok {
			facts = append(facts, journal.Fact{Launch: launch.LaunchID(), Tool: tool})
		}
	}
	if attempt := attemptOf(ev.Generated); startsAttempt(ev) && attempt != nil && !blackboard.NamesNothing(attempt.ID) {
		facts = append(facts, journal.Fact{Attempt: attempt.ID, Started: ev.Time})
	}
	return facts
}

// startsAttempt tells whether an event says that somebody begins an attempt.
func startsAttempt(ev *blackboard.Event) bool { return ev.Action == blackboard.ActionStarted }

func sessionFact(ev *blackboard.Event) journal.Fact {
	ref := SessionRef(ev)
	person, known := ev.Person()
	if ref == "" || !known {
		return journal.Fact{}
	}
	f := journal.Fact{Session: ref, Person: Whom(&person)}
	if ev.Type == blackboard.TypeSession && ev.Action == blackboard.ActionLoggedIn {
		f.Started = ev.Time
	}
	return f
}

// Whom is a person as the journal keeps them.
func Whom(p *blackboard.Person) journal.Whom {
	return journal.Whom{UserUUID: p.UUID, UserID: p.UserID, ExternalID: p.ExternalID, Email: p.Email, IRI: p.IRI}
}

// Person is whom the journal remembered.
func Person(w journal.Whom) blackboard.Person {
	return blackboard.Person{UUID: w.UserUUID, UserID: w.UserID, ExternalID: w.ExternalID, Email: w.Email, IRI: w.IRI}
}

func hex32(id uuid.UUID) string { return hex.EncodeToString(id[:]) }
