// Package testdata holds payloads as Learn sends them: the mission's two (v1p1/login.json, v1p1/lti-launch.json) and
// others written from the facts, and what they become. The demo posts some of them.
package testdata

import "embed"

// Payloads are the payloads of both wire generations, v1p1/*.json and v1p0/*.json.
//
//go:embed v1p0/*.json v1p1/*.json
var Payloads embed.FS
