// Package collector is a Caliper 1.2 collector for trying things and for
// tests: it is as strict as the specification's endpoint rules, checks every
// event, keeps what it was sent, and fails on request.
//
//	c, err := collector.New(collector.Options{})
//	server := httptest.NewServer(c)
//
// It answers on every path, so that a destination's URL can be tried as it
// stands in a configuration. Only these are something else than the events
// endpoint:
//
//	POST OAuth2.Path         the token endpoint, if one is configured
//	POST …/validate          checks an envelope and stores nothing
//	GET  JobsPath{id}/status the state of a job that FormJob has named
//
// The events endpoint:
//
//	POST  an envelope: 200 with an empty body; 400 no or malformed envelope,
//	      401, 413, 415 not application/json, 422 another dataVersion
//	GET   the endpoint configuration; anything else is 405 with Allow
//
// A Script makes it fail, one reply a request; Options.Refuse and
// Options.Strict make it refuse particular events. The package page shows
// what it got.
package collector
