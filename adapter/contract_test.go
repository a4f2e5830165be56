package adapter_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/internal/contract"
)

// described is what openapi.yaml says of the admin API.
var described = sync.OnceValues(func() (*contract.Contract, error) {
	return contract.New(context.Background(), admin.OpenAPI())
})

// heldToContract carries requests to the admin API of a real adapter, and holds them and what they are answered against
// openapi.yaml.
func heldToContract(t testing.TB) http.RoundTripper {
	t.Helper()
	document, err := described()
	if err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	return document.Transport(http.DefaultTransport, func(breach error) { t.Errorf("openapi.yaml: %v", breach) })
}
