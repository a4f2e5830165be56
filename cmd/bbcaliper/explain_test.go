package main

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

func TestExplain(t *testing.T) {
	user, platform := uuid.MustParse(testUser), uuid.MustParse(testPlatform)
	at := func(d time.Duration) time.Time { return testTime.Add(d) }
	person := &admin.Person{UserUUID: user, UserID: "_1_1", ExternalID: "x\x1b7"}
	s := &stub{explanation: admin.Explanation{
		Receipts: []admin.Receipt{
			{Source: "myschool", Type: "SessionEvent", Received: at(0), Frame: 12, Number: 3},
			{Source: "myschool", Type: "SessionEvent", Received: at(5 * time.Minute), Frame: 14, Number: 1},
		},
		Destinations: []admin.Fate{
			{
				Destination: "lrs", Place: admin.PlaceDelivered, At: at(9 * time.Second), Person: person,
				Record:      &mapping.Record{Number: 4, Source: "myschool", PlatformID: platform, Revision: 17},
				RecordThen:  &mapping.Record{Number: 4, Source: "myschool", PlatformID: user, Revision: 9},
				MapRevision: 12,
				Translated:  []byte(`{"type":"SessionEvent","action":"LoggedIn"}`),
				Attempts: []admin.AttemptReport{
					{At: at(1234 * time.Millisecond), RequestID: "7c1", Class: "retry", Error: "connection reset", TookMS: 20},
					{At: at(9 * time.Second), RequestID: "7c2", Status: 200, Class: "accepted", TookMS: 18},
					{At: at(time.Hour), RequestID: "7c9", Status: 202, Class: "accepted", TookMS: 5, Replay: true},
				},
			},
			{Destination: "timeback", Place: admin.PlaceHeld, Reason: "unmapped", At: at(0), Person: person},
			{Destination: "beyond", Place: admin.PlaceDead, Reason: "refused", Detail: "HTTP 422: no", At: at(time.Second), Letter: 41, MapRevision: 17,
				Attempts: []admin.AttemptReport{{At: at(time.Second), RequestID: "7c3", Status: 422, Class: "permanent", Refused: true, TookMS: 4}}},
			{Destination: "other", Place: admin.PlaceDead, Reason: "malformed"},
			{Destination: "spare", Place: admin.PlaceSkipped, Reason: "policy"},
			{Destination: "late", Place: admin.PlaceWaiting},
			{Destination: "away", Place: admin.PlaceHeld, Reason: "mapped", Detail: "the person is in the map by now", Person: person},
			{Destination: "gone", Place: admin.PlaceUnknown, Detail: "the attempts are kept for 7 days"},
		},
		Note: "the journal no longer has the frame 9",
	}}
	sh := s.besides(t)
	const want = `event f8c984e2-de73-4c0b-8183-779ab4149422

2026-03-04T12:00:00.000Z  received from myschool: SessionEvent (frame 12, number 3)
2026-03-04T12:05:00.000Z  received again from myschool: SessionEvent (frame 14, number 1)

at lrs
  person      user uuid ffc08009f0884c059192bac549e117b2, user id _1_1, external id x�7
  in the map  platform id 9b6f4d0e-1c57-4a0e-b0a7-3f1d8c2e5a64 (record 4 of source myschool, revision 17)
  named by    platform id ffc08009-f088-4c05-9192-bac549e117b2 (record 4 of source myschool, revision 9), with the map at revision 12
  becomes     SessionEvent LoggedIn, 43 bytes
  2026-03-04T12:00:01.234Z  sent: no answer after 20 ms, retry (request 7c1): connection reset
  2026-03-04T12:00:09.000Z  sent: HTTP 200 after 18 ms, accepted (request 7c2)
  2026-03-04T13:00:00.000Z  sent as a replay: HTTP 202 after 5 ms, accepted (request 7c9)
  → delivered since 2026-03-04T12:00:09Z
    ` + "`bbcaliper replay --event f8c984e2-de73-4c0b-8183-779ab4149422 --destination lrs`" + ` sends it once more

at timeback
  person  user uuid ffc08009f0884c059192bac549e117b2, user id _1_1, external id x�7
  → held since 2026-03-04T12:00:00Z, unmapped
    ` + "`bbcaliper map set --platform-id UUID --user-uuid ffc08009f0884c059192bac549e117b2 --source myschool`" + ` releases it

at beyond
  named by  the map at revision 17
  2026-03-04T12:00:01.000Z  sent: HTTP 422 after 4 ms, permanent: this event is refused (request 7c3)
  → dead since 2026-03-04T12:00:01Z, refused: HTTP 422: no
    ` + "`bbcaliper dead show 41` shows it, `bbcaliper dead retry 41`" + ` sends it through again

at other
  → dead, malformed
    ` + "`bbcaliper dead show f8c984e2-de73-4c0b-8183-779ab4149422` shows it, `bbcaliper dead retry f8c984e2-de73-4c0b-8183-779ab4149422`" + ` sends it through again

at spare
  → skipped, policy

at late
  → waiting in the journal
    ` + "`bbcaliper destination list`" + ` says whether its turn comes

at away
  person  user uuid ffc08009f0884c059192bac549e117b2, user id _1_1, external id x�7
  → held, mapped: the person is in the map by now
    ` + "`bbcaliper destination list`" + ` says whether its turn comes

at gone
  → not known: the attempts are kept for 7 days

the journal no longer has the frame 9
`
	if got := sh.run("explain", "urn:uuid:"+testEvent).is(exitDone); got.out != want || got.err != "" {
		t.Errorf("story is\n%s\nwant\n%s%s", got.out, want, got.err)
	}
	var told admin.Explanation
	sh.run("explain", "--json", testEvent).is(exitDone).into(&told)
	if told.EventID != testEvent || len(told.Destinations) != 8 || told.Destinations[0].Attempts[1].RequestID != "7c2" {
		t.Errorf("told %+v", told)
	}
	s.err = admin.NotFound("not in the journal: it keeps events back to 2026-02-25T12:00:00Z")
	sh.run("explain", testEvent).is(exitFailed).says("not in the journal: it keeps events back to 2026-02-25T12:00:00Z")
}
