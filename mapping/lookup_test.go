package mapping

import "testing"

func TestLookupOrderAndTrust(t *testing.T) {
	x := indexOf(t,
		Record{PlatformID: id(1), UserUUID: account(1), UserID: "_1_1", ExternalID: "s1", Email: "one@school.test"},
		Record{PlatformID: id(2), UserID: "_2_1", ExternalID: "s2"},
		Record{PlatformID: id(3), ExternalID: "S2"},
		Record{PlatformID: id(4), Email: "Vier.Straße@School.test"},
		Record{PlatformID: id(5), UserUUID: account(5)},
	)
	tests := []struct {
		name   string
		id     Identity
		trust  []Alias
		number uint32 // 0: no match
		by     Alias
		learns bool
	}{
		{"user uuid first", Identity{UserUUID: account(1), UserID: "_2_1", ExternalID: "s2"}, DefaultTrust(), 1, UserUUID, false},
		{"user uuid without trust", Identity{UserUUID: account(1)}, nil, 1, UserUUID, false},
		{"external id", Identity{UserUUID: account(9), ExternalID: "s2"}, DefaultTrust(), 2, ExternalID, true},
		{"user id", Identity{UserUUID: account(9), UserID: "_2_1"}, DefaultTrust(), 2, UserID, true},
		{"white space around", Identity{UserID: " _2_1 ", ExternalID: "s2 "}, DefaultTrust(), 2, ExternalID, false},
		{"nothing to learn", Identity{ExternalID: "s2"}, DefaultTrust(), 2, ExternalID, false},
		{"already known", Identity{ExternalID: "s1"}, DefaultTrust(), 1, ExternalID, false},
		{"trust in its order", Identity{UserID: "_2_1", ExternalID: "S2"}, []Alias{UserID, ExternalID}, 2, UserID, false},
		{"the other order", Identity{UserID: "_9_1", ExternalID: "S2"}, []Alias{ExternalID, UserID}, 3, ExternalID, false},
		{"external ids exactly", Identity{ExternalID: "S1"}, DefaultTrust(), 0, NoAlias, false},
		{"untrusted e-mail", Identity{Email: "one@school.test"}, DefaultTrust(), 0, NoAlias, false},
		{"trusted e-mail in any case", Identity{Email: "VIER.STRAßE@sChool.test"}, []Alias{Email}, 4, Email, false},
		{"untrusted external id", Identity{ExternalID: "s1"}, []Alias{UserID}, 0, NoAlias, false},
		{"an external id is no user id", Identity{UserID: "s1"}, DefaultTrust(), 0, NoAlias, false},
		{"empty identity", Identity{}, []Alias{ExternalID, UserID, Email, UserUUID, NoAlias, 200}, 0, NoAlias, false},
		{"unknown", Identity{UserUUID: account(9), UserID: "_9_1", ExternalID: "s9"}, DefaultTrust(), 0, NoAlias, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			match, ok := x.Lookup(tt.id, tt.trust)
			if ok != (tt.number != 0) || match.Number != tt.number || match.By != tt.by || match.LearnsUUID != tt.learns {
				t.Fatalf("got %+v, %t", match, ok)
			}
			if ok && match.PlatformID != id(int(tt.number)) {
				t.Errorf("platform id %s", match.PlatformID)
			}
		})
	}
}

// An institution gives the external id of a student who left to a new one. The
// new one's events must not leave as the old one's.
func TestReusedAliasDoesNotLeak(t *testing.T) {
	x := indexOf(t,
		Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "s1"},
		Record{PlatformID: id(2), UserID: "_2_1", ExternalID: "s2"},
		Record{PlatformID: id(3), UserID: "_3_1", ExternalID: "s3"},
	)
	tests := []struct {
		name   string
		id     Identity
		trust  []Alias
		number uint32
	}{
		{"another user uuid", Identity{UserUUID: account(9), ExternalID: "s1"}, DefaultTrust(), 0},
		{"another user id", Identity{UserUUID: account(9), UserID: "_9_1", ExternalID: "s2"}, DefaultTrust(), 0},
		{"another user id that nobody trusts", Identity{UserUUID: account(9), UserID: "_9_1", ExternalID: "s2"}, []Alias{ExternalID}, 2},
		{"its own user id goes on counting", Identity{UserUUID: account(9), UserID: "_3_1", ExternalID: "s1"}, DefaultTrust(), 3},
		{"no user uuid to compare", Identity{ExternalID: "s1"}, DefaultTrust(), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			match, ok := x.Lookup(tt.id, tt.trust)
			if match.Number != tt.number || ok != (tt.number != 0) {
				t.Fatalf("got %+v, %t, want record %d", match, ok, tt.number)
			}
		})
	}
}

func TestLookupDoesNotAllocate(t *testing.T) {
	x := indexOf(t,
		Record{PlatformID: id(1), UserUUID: account(1), UserID: "_1_1", ExternalID: "s1"},
		Record{PlatformID: id(2), Email: "a.rather.long.name.that.fits.no.small.buffer@school.test"},
	)
	trust := []Alias{ExternalID, UserID, Email}
	for _, identity := range []Identity{
		{UserUUID: account(1), UserID: "_1_1", ExternalID: "s1"},
		{UserUUID: account(2), UserID: "_1_1"},
		{UserUUID: account(2), Email: "A.Rather.Long.Name.That.Fits.No.Small.Buffer@School.test"},
		{UserUUID: account(3), UserID: "_9_1", ExternalID: "s9", Email: "öäü@school.test"},
	} {
		if n := testing.AllocsPerRun(100, func() { x.Lookup(identity, trust) }); n != 0 {
			t.Errorf("%+v: %v allocations", identity, n)
		}
	}
}

func TestFind(t *testing.T) {
	x := indexOf(t,
		Record{PlatformID: id(1), UserUUID: account(1), ExternalID: "_3_1"},
		Record{PlatformID: id(1), UserUUID: account(2), Email: "two@school.test"},
		Record{PlatformID: id(3), UserID: "_3_1"},
		Record{PlatformID: account(1), ExternalID: "confusing"},
		Record{PlatformID: id(5), ExternalID: "#4"},
	)
	tests := []struct {
		person string
		want   []uint32
	}{
		{id(1).String(), []uint32{1, 2}},
		{"  " + id(1).String() + "\n", []uint32{1, 2}},
		{FormatUserUUID(account(2)), []uint32{2}},
		{"https://any.host/v1/sites/x/users/" + FormatUserUUID(account(2)), []uint32{2}},
		{account(1).String(), []uint32{1, 4}},
		{"_3_1", []uint32{1, 3}},
		{"TWO@school.test", []uint32{2}},
		{"", nil},
		{"00000000-0000-0000-0000-000000000000", nil},
		{"nobody", nil},
		{"#2", []uint32{2}},
		{" #4\n", []uint32{4, 5}},
		{"4", nil},
		{"#6", nil},
		{"#0", nil},
		{"#-1", nil},
		{"#4294967298", nil}, // 2, were it cut to 32 bits
	}
	for _, tt := range tests {
		var got []uint32
		for _, r := range x.Find(tt.person) {
			got = append(got, r.Number)
		}
		if len(got) != len(tt.want) || (len(got) > 0 && (got[0] != tt.want[0] || got[len(got)-1] != tt.want[len(got)-1])) {
			t.Errorf("Find(%q) = %v, want %v", tt.person, got, tt.want)
		}
	}
}
