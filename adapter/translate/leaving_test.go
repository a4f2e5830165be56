package translate

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/journal"
	"github.com/bbcaliper/bbcaliper/blackboard"
)

// Whoever the event is about is known to the collector by another name: their uuid at Learn does not leave in the name
// of anything else, however it is written.
func TestNoUserIsNamed(t *testing.T) {
	tr := placed(&blackboard.Event{Membership: &blackboard.Membership{Member: &tutor}})
	const others = "ffffffff00004000800000000000000f"
	for _, id := range []string{user, strings.ToUpper(user), uuid.MustParse(user).String(), hex32(tutor.UUID)} {
		for _, iri := range []string{
			"https://tool.example/users/" + id + "/launch", "https://tool.example/u-" + id, "urn:uuid:" + uuid.MustParse(id).String(),
			site + "/courses/" + course + "/groups/" + id, site + "/gradableItems/_1_1/attempts/" + id,
		} {
			got, ok := tr.iri(iri)
			if clean, _ := safeIRI(iri); !ok || got != derived(clean) {
				t.Errorf("%s: got %q", iri, got)
			}
			if got, ok := tr.url(iri); ok {
				t.Errorf("%s: a web address: %q", iri, got)
			}
		}
		if got := tr.text("Portfolio of " + id); got != "" {
			t.Error(got)
		}
	}
	for _, iri := range []string{"https://tool.example/users/" + others, site + "/courses/" + course} {
		if got, ok := tr.iri(iri); !ok || got != iri {
			t.Errorf("%s: got %q", iri, got)
		}
	}
	if got := tr.text("Portfolio of " + others); got == "" {
		t.Error("a text that names nobody of the event is gone")
	}
}

// A tool by whose URL the person is named is the same tool when they come back from it.
func TestToolThatNamesTheUser(t *testing.T) {
	launch := &blackboard.LTILaunch{
		ID: site + "/ltiLaunches/9d2f", LaunchURL: "https://tool.example/users/" + user,
		Parameters: blackboard.LaunchParameters{ResourceLinkID: "_7_1"},
	}
	tr := placed(&blackboard.Event{Object: launch})
	launched, err := tr.launchedTool(launch)
	if err != nil || launched != derived(site+"/ltiLinks/_7_1") {
		t.Error(launched, err)
	}
	memory := journal.NewMemory()
	for _, fact := range Facts(tr.ev) {
		memory.Note(fact, tr.ev.Time)
	}
	tr.ctx.Memory = memory
	returned, err := tr.returnedFrom(&blackboard.LTIReturn{ID: launch.ID, LinkID: "_7_1"})
	if err != nil || returned != launched {
		t.Error(returned, err)
	}
}
