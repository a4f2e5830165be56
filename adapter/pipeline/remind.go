package pipeline

import "time"

// RemindEvery is how often Options.Held is told of everybody who still waits.
const RemindEvery = 5 * time.Minute

// remindAtOnce bounds how many people Held is told of between two commits, so that a reminder of very many of them
// keeps nobody waiting who is mapped.
const remindAtOnce = 1000

// tell tells Held of somebody whom the map does not know.
func (l *loop) tell(p *person) {
	if l.opts.Held != nil && p.waits() && p.fetch == fetchNone {
		l.opts.Held(p.source.Name, p.key, p.whom)
	}
}

// remind tells Held of some of those of whom it is to be told once more.
func (l *loop) remind() {
	if l.isReminderDue() {
		l.startReminder()
	}
	n := min(len(l.reminders), remindAtOnce)
	for _, p := range l.reminders[:n] {
		l.tell(p)
	}
	if l.reminders = l.reminders[n:]; len(l.reminders) == 0 {
		l.reminders = nil // and with it whom it named
	}
}

// isReminderDue says whether somebody wants a reminder, or the last one is long ago.
func (l *loop) isReminderDue() bool {
	select {
	case <-l.reminds:
		return true
	default:
		return !l.opts.Clock.Now().Before(l.remindAt)
	}
}

// startReminder begins with everybody who waits now, in place of what is left of the reminder before.
func (l *loop) startReminder() {
	l.remindAt = l.opts.Clock.Now().Add(RemindEvery)
	if l.opts.Held == nil {
		return
	}
	l.reminders = make([]*person, 0, len(l.people))
	for _, p := range l.people {
		if p.waits() {
			l.reminders = append(l.reminders, p)
		}
	}
}
