// Package admin is the HTTP API by which people and their tools look after a running adapter: what it has received and
// sent, who waits for a mapping, the ID map, held and dead events.
//
//	/healthz /readyz /metrics ─────────────────────────▶ no token
//	/api/v1/… ──▶ token? ──▶ role? ──▶ endpoint ──▶ Service
//	               │ 401      │ 403      │ error: one table from class to status
//
// What may be done to an adapter stands in [Service], which package adapter implements; what is asked of it over HTTP,
// in the table of routes. Bodies are JSON, but for the CSV files that are imported and exported. Every answer that is
// not 2xx is a [Failure].
package admin
