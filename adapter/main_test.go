package adapter_test

import (
	"os"
	"testing"
)

// TestMain lets the test binary be the adapter of a child process as well: see startChild. Nothing goes through a proxy
// that the environment may name.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	if given := os.Getenv(childEnv); given != "" {
		os.Exit(runChild(given))
	}
	os.Exit(m.Run())
}
