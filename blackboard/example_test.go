package blackboard_test

import (
	"fmt"
	"os"

	"github.com/bbcaliper/bbcaliper/blackboard"
)

func Example() {
	body, err := os.ReadFile("../testdata/v1p1/timeout.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	env, err := blackboard.Split(body, 5000)
	if err != nil {
		fmt.Println(err) // not JSON
		return
	}
	for _, it := range env.Items {
		e, err := blackboard.Decode(body[it.Start:it.End])
		if err != nil {
			fmt.Println(err) // a dead letter, with its reason
			continue
		}
		who, named := e.Person()
		fmt.Println(e.Type, e.Action, e.Time.Format("15:04:05.000"), who.ExternalID, named)
	}
	// Output:
	// SessionEvent TimedOut 18:40:11.930 m.lindqvist true
	// SessionEvent TimedOut 18:40:12.406  false
}

// A grade of v1p0 reads as one of v1p1: the application is the actor, the
// student the assignee.
func ExampleEvent_Person() {
	body, err := os.ReadFile("../testdata/v1p0/outcome-graded.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	env, err := blackboard.Split(body, 5000)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, it := range env.Items {
		e, err := blackboard.Decode(body[it.Start:it.End])
		if err != nil {
			fmt.Println(err)
			continue
		}
		student, _ := e.Person()
		if score, ok := e.Generated.(*blackboard.Score); ok && score.Given != nil {
			fmt.Println(e.Type, e.Actor.Term(), student.ExternalID, *score.Given)
		}
	}
	// Output:
	// GradeEvent SoftwareApplication m.lindqvist 8.5
	// GradeEvent SoftwareApplication m.lindqvist 0
}

func ExampleParseIRI() {
	iri, ok := blackboard.ParseIRI("https://any.host/v1/sites/north/courses/c1/members/7B1F4C9AD2E84F06A3C5D8E9017F2B64")
	user, _ := iri.UUID()
	fmt.Println(ok, iri.Kind == blackboard.KindMember, iri.Site, iri.Course, user)
	// Output: true true north c1 7b1f4c9a-d2e8-4f06-a3c5-d8e9017f2b64
}
