//go:build !race

package translate_test

import "testing"

func unlessRaced(*testing.T) {}
