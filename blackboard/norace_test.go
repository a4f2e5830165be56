//go:build !race

package blackboard

import "testing"

func unlessRaced(*testing.T) {}
