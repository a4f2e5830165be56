package resolver_test

import (
	"context"
	"fmt"

	"github.com/bbcaliper/bbcaliper/mapping"
	"github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// An institution whose external ids are the platform's ids needs nobody to ask.
func ExampleChain() {
	rule, err := resolver.NewStatic(resolver.StaticOptions{Rule: resolver.RuleUUID})
	if err != nil {
		fmt.Println(err)
		return
	}
	found := make(chan resolver.Finding, 1)
	chain, err := resolver.New(resolver.Options{
		Found: func(_ context.Context, findings []resolver.Finding) {
			for _, f := range findings {
				found <- f
			}
		},
	}, resolver.Entry{Name: "same-id", Resolver: rule})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer chain.Close()
	fmt.Println(chain.Ask(resolver.Person{
		Source:   "myschool",
		Identity: mapping.Identity{UserID: "_17_1", ExternalID: "7A3C5B1E-0000-4000-8000-000000000001"},
	}))
	f := <-found
	fmt.Println(f.PlatformID, "by", f.Evidence)
	// Output:
	// answered
	// 7a3c5b1e-0000-4000-8000-000000000001 by static same-id, by external_id
}
