package config

import (
	"fmt"
	"time"
)

// What a key has when the file does not say.
const (
	DefaultListen      = ":8443"
	DefaultAdminListen = "127.0.0.1:8081"
	DefaultDataDir     = "data"
	DefaultReplicas    = 3
	DefaultKeep        = 168 * time.Hour
	DefaultMaxBytes    = 20 << 30
	DefaultDedupWindow = 24 * time.Hour
	DefaultMaxBody     = 32 << 20
	DefaultMaxEvents   = 5000
	DefaultPreset      = "caliper"
	DefaultInFlight    = 8
	DefaultHoldFor     = 720 * time.Hour
	DefaultDeadKeep    = 2160 * time.Hour
	DefaultLogLevel    = "info"
	DefaultLogFormat   = "text"
)

// DefaultTrust returns the aliases that are trusted by default.
func DefaultTrust() []string { return []string{AliasExternalID, AliasUserID} }

// DefaultSuggest returns the aliases that suggest who somebody is by default.
func DefaultSuggest() []string { return []string{AliasExternalID} }

// DefaultLaunchParameters returns the launch parameters that are passed on by default: none of them tells of a person.
func DefaultLaunchParameters() []string {
	return []string{
		"context_id", "context_label", "context_title", "resource_link_id", "resource_link_title",
		"lti_version", "lti_message_type",
	}
}

// setDefaults fills in what the file does not hold. What it does hold is left alone, be it zero, for validation. What a
// preset decides stays empty.
func (c *Config) setDefaults(d *document) {
	orElse(d, "listen", &c.Listen, DefaultListen)
	orElse(d, "admin.listen", &c.Admin.Listen, DefaultAdminListen)
	if !d.has("engine") {
		orElse(d, "data_dir", &c.DataDir, DefaultDataDir)
	} else {
		orElse(d, "engine.replicas", &c.Engine.Replicas, DefaultReplicas)
	}
	orElse(d, "journal.keep", &c.Journal.Keep, DefaultKeep)
	orElse(d, "journal.max_bytes", &c.Journal.MaxBytes, DefaultMaxBytes)
	orElse(d, "journal.dedup_window", &c.Journal.DedupWindow, DefaultDedupWindow)
	orElse(d, "limits.max_body", &c.Limits.MaxBody, DefaultMaxBody)
	orElse(d, "limits.max_events", &c.Limits.MaxEvents, DefaultMaxEvents)
	orElse(d, "mapping.unmapped", &c.Mapping.Unmapped, UnmappedHold)
	orElse(d, "mapping.hold_for", &c.Mapping.HoldFor, DefaultHoldFor)
	orElse(d, "dead.keep", &c.Dead.Keep, DefaultDeadKeep)
	orElse(d, "mapping.trust", &c.Mapping.Trust, DefaultTrust())
	orElse(d, "mapping.suggest", &c.Mapping.Suggest, DefaultSuggest())
	orElse(d, "privacy.launch_parameters", &c.Privacy.LaunchParameters, DefaultLaunchParameters())
	orElse(d, "log.level", &c.Log.Level, DefaultLogLevel)
	orElse(d, "log.format", &c.Log.Format, DefaultLogFormat)
	for i := range c.Destinations {
		c.Destinations[i].setDefaults(d, fmt.Sprintf("destinations[%d]", i), c.Sources)
	}
	for i := range c.Mapping.Resolvers {
		c.Mapping.Resolvers[i].setDefaults(d, fmt.Sprintf("mapping.resolvers[%d]", i))
	}
	c.setMapFileDefaults(d)
}

func (dst *Destination) setDefaults(d *document, path string, sources []Source) {
	orElse(d, path+".preset", &dst.Preset, DefaultPreset)
	orElse(d, path+".in_flight", &dst.InFlight, DefaultInFlight)
	orElse(d, path+".on_full", &dst.OnFull, OnFullRefuse)
	if !d.has(path + ".auth") {
		dst.Auth.Type = AuthNone
	}
	if len(sources) == 1 {
		orElse(d, path+".sources", &dst.Sources, []string{sources[0].Name})
	}
}

// orElse sets a field to its default if the file does not hold its key.
func orElse[T any](d *document, path string, field *T, value T) {
	if !d.has(path) {
		*field = value
	}
}
