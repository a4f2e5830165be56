package config

import _ "embed"

// Example is a commented configuration with every key. It is what the documentation shows, and it is valid once the
// environment variables that it names are set.
//
//go:embed example.yaml
var Example string
