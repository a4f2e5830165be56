package main

import "testing"

func TestTableInParts(t *testing.T) {
	table := newTable("A", "B", "C")
	table.row("long cell", "", "x ")
	if got, want := table.flush(), "A          B  C\nlong cell  -  x\n"; got != want {
		t.Errorf("first part is %q, want %q", got, want)
	}
	table.row("é", "wide", "")
	if got, want := table.flush(), "é          wide  -\n"; got != want {
		t.Errorf("second part is %q, want %q", got, want)
	}
	if got := table.String(); got != "" {
		t.Errorf("nothing is %q", got)
	}
}

func TestTableThatFits(t *testing.T) {
	table := newTable("A", "DETAIL")
	table.fit(20)
	table.row("12345", "äöüäöüäöüäöüä")
	table.row("12345", "äöüäöüäöüäöüäö")
	if got, want := table.String(), "A      DETAIL\n12345  äöüäöüäöüäöüä\n12345  äöüäöüäöüäöü…\n"; got != want {
		t.Errorf("table is %q, want %q", got, want)
	}
	table.fit(3)
	table.row("12345", "thirteen char")
	if got, want := table.String(), "12345  thirteen ch…\n"; got != want {
		t.Errorf("on a narrow terminal it is %q, want %q", got, want)
	}
}
