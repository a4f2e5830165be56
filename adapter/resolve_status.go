package adapter

import (
	"github.com/sirupsen/logrus"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// statuses is how each resolver does, in the order of the configuration.
func (r *resolving) statuses() []admin.ResolverStatus {
	them := r.now()
	if them == nil {
		return nil
	}
	var all []admin.ResolverStatus
	for _, s := range them.Stats() {
		all = append(all, resolverStatus(&s, them.keeper.outcomes(s.Name)))
	}
	return all
}

func resolverStatus(s *resolver.Stats, findings map[string]uint64) admin.ResolverStatus {
	out := admin.ResolverStatus{
		Name: s.Name, Type: string(s.Kind), URL: s.Endpoint, State: string(s.State), Since: s.Since, RetryAt: s.Until,
		Waiting: s.Waiting, Questions: outcomesOfQuestions(s), Findings: findings,
		LastError: s.LastError, LastErrorAt: s.LastAt,
	}
	if s.State != resolver.Closed {
		out.Reason = s.LastError
	}
	return out
}

// outcomesOfQuestions gives the names that the ends of questions have in metrics: those that were asked, those that
// were answered from memory, those that passed by, and, by reason, those that could not be asked.
func outcomesOfQuestions(s *resolver.Stats) map[string]uint64 {
	return map[string]uint64{
		"found": s.Hits, "unknown": s.Misses, "error": s.Errors,
		"found_cached": s.CachedHits, "unknown_cached": s.CachedMisses,
		"skipped_open": s.SkippedOpen, "skipped_limited": s.SkippedLimited,
		"no_alias": s.Reasons[resolver.NoAlias], "unsafe_value": s.Reasons[resolver.Unsafe], "held_back": s.Reasons[resolver.HeldBack],
	}
}

// logTurn logs that a resolver has ceased to work, or works again.
func logTurn(log logrus.FieldLogger, s *resolver.Stats) {
	log = log.WithField("resolver", s.Name)
	if s.State == resolver.Closed {
		log.Info("resolver works again")
		return
	}
	log.WithFields(logrus.Fields{"state": s.State, "reason": s.LastError}).
		Warn("resolver gives no answers: it is left alone, and tried again by itself")
}
