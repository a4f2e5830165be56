package config

import "reflect"

// NeedsRestart lists the keys that differ from next and that a reload (SIGHUP) cannot put into effect. Sources,
// destinations, the keys of both, admin tokens, the mapping policy and privacy can be; they are not listed.
func (c *Config) NeedsRestart(next *Config) []string {
	pairs := []struct {
		key    string
		before any
		after  any
	}{
		{"listen", c.Listen, next.Listen},
		{"admin.listen", c.Admin.Listen, next.Admin.Listen},
		{"tls", c.TLS, next.TLS},
		{"data_dir", c.DataDir, next.DataDir},
		{"engine", c.Engine, next.Engine},
		{"journal", c.Journal, next.Journal},
		{"limits", c.Limits, next.Limits},
		{"log", c.Log, next.Log},
	}
	var changed []string
	for _, p := range pairs {
		if !reflect.DeepEqual(p.before, p.after) {
			changed = append(changed, p.key)
		}
	}
	return changed
}
