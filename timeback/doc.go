// Package timeback sends Caliper 1.2 envelopes to a collector and says what
// came of them.
//
//	Preset    what a kind of collector wants, as data
//	Auth      one credential: none, bearer, header, basic, query, OAuth2
//	Client    one destination: Send posts one envelope and classifies the reply
//	Classify  the pure function behind it: status, header, error → Class
//	Worklist  what to send next when a batch was refused, and what is settled
//	Backoff   how long a failing destination waits
//
// The client retries blips only (a reset connection, a 503 that wants a short
// moment). Everything longer is the caller's schedule, because the caller's
// queue survives a crash and an in-process loop does not.
//
// Nothing that this package returns, logs or prints holds a secret: URLs lose
// userinfo and query, and the credential is taken out of errors and of the
// kept part of a reply.
package timeback
