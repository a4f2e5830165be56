package mapping_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// A dry run needs no log: the plan is applied to an index in memory.
func ExampleNewPlan() {
	const users = `sourcedId,username,givenName
5eed0000-0000-4000-8000-000000000001,jdoe,Jane
5eed0000-0000-4000-8000-000000000002,jroe,Jim
`
	file, err := mapping.ReadFile(strings.NewReader(users), mapping.FileOptions{
		Columns: map[string]string{"platform_id": "sourcedId", "external_id": "username"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	school := mapping.NewIndex("school")
	plan, err := mapping.NewPlan(context.Background(), file.Rows(), []*mapping.Index{school}, mapping.PlanOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d new, ignored columns %q\n", plan.Counts().New, file.Ignored())
	if err := plan.Apply(mapping.Edit{}); err != nil {
		fmt.Println(err)
		return
	}
	match, ok := school.Lookup(mapping.Identity{
		UserUUID:   uuid.MustParse("0f1e2d3c4b5a49688776655443322110"),
		ExternalID: "jdoe",
	}, mapping.DefaultTrust())
	fmt.Println(ok, match.PlatformID, match.By, match.LearnsUUID)
	// Output:
	// 2 new, ignored columns ["givenName"]
	// true 5eed0000-0000-4000-8000-000000000001 external_id true
}

func ExamplePlan_Err() {
	const users = `platform_id,external_id,email
5eed0000-0000-4000-8000-000000000001,jdoe,jane@school.test
5eed0000-0000-4000-8000-000000000002,jroe,Jane@School.test
not a uuid,jpoe,
`
	file, err := mapping.ReadFile(strings.NewReader(users), mapping.FileOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	school := mapping.NewIndex("school")
	plan, err := mapping.NewPlan(context.Background(), file.Rows(), []*mapping.Index{school}, mapping.PlanOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Err())
	for _, conflict := range plan.Conflicts {
		fmt.Println(conflict)
	}
	for _, invalid := range plan.Invalid {
		fmt.Println(invalid)
	}
	// Output:
	// 3 lines cannot be imported (invalid: 1, conflicts: 1, re-pointings not allowed: 0): 2-4
	// email is claimed by line 2 (platform id 5eed0000-0000-4000-8000-000000000001) and by line 3 (platform id 5eed0000-0000-4000-8000-000000000002)
	// line 4: platform_id is not a UUID
}

func ExampleWriteCSV() {
	school := mapping.NewIndex("school")
	record := mapping.Record{
		PlatformID: uuid.MustParse("5eed0000-0000-4000-8000-000000000001"),
		UserUUID:   uuid.MustParse("0f1e2d3c4b5a49688776655443322110"),
		UserID:     "_17_1",
		Note:       `moved here, "really"`,
	}
	changes := []mapping.Change{{Op: mapping.Put, Record: record}}
	if err := school.Apply(1, mapping.ChangeSet{Kind: mapping.Single, Changes: changes}); err != nil {
		fmt.Println(err)
		return
	}
	if err := mapping.WriteCSV(os.Stdout, school.All()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// platform_id,user_uuid,user_id,external_id,email,source,note
	// 5eed0000-0000-4000-8000-000000000001,0f1e2d3c4b5a49688776655443322110,_17_1,,,school,"moved here, ""really"""
}
