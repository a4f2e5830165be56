package config

import "slices"

// Role is what a client of the admin API may do. Each role may do what the one before it may.
type Role string

// The roles, from the least to the most.
const (
	RoleViewer Role = "viewer" // look at state, counts, held and dead events
	RoleMapper Role = "mapper" // change the ID map
	RoleAdmin  Role = "admin"  // retry, discard, replay, pause, pin
)

func roles() []Role { return []Role{RoleViewer, RoleMapper, RoleAdmin} }

// Covers says whether a client with this role may do what needs another one. An unknown role covers nothing.
func (r Role) Covers(needed Role) bool {
	own, other := slices.Index(roles(), r), slices.Index(roles(), needed)
	return other >= 0 && own >= other
}
