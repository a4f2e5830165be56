// Package page shows a collector what it got: a page for a browser and the
// same as JSON for programs, at the same addresses.
//
//	GET  /                    the overview, if the client asks for text/html
//	GET  /inspect             the overview: counts, scripts, the latest
//	GET  /inspect/requests    ?before=N: older ones · /inspect/requests/N: one
//	GET  /inspect/events      ?before=N&actor=IRI&type=T&only=FAULT · /inspect/events/N
//	GET  /inspect/actors      who did how much, and whether in order
//	POST /inspect/script      script=…&token_script=…: what the next requests get
//	POST /inspect/clear       forgets what was kept
//	POST /inspect/revoke      makes all tokens worthless
//
// Everything else goes to the collector. Nothing here shows a credential, a
// query string or a body that was not JSON.
package page
