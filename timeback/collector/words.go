package collector

// Word is a word of the script language, and what it does.
type Word struct{ Word, Meaning string }

// Words lists the script language for people. Script has the whole of it.
func Words() []Word {
	return []Word{
		{"202", "as the request deserves; if it is accepted, with this 2xx"},
		{"503", "this status, whatever is sent"},
		{"429:Retry-After=2", "with a header; several separated by semicolons"},
		{"429:Retry-After=date+30s", "with an HTTP date, 30 s from now"},
		{"400@3", "refuses the event at index 3 of data and names it in errors[].path"},
		{"202/FORM", "with a body of this form: " + listForms()},
		{"slow:5s", "waits before the reply; also before another: slow:5s+503"},
		{"drip:5s", "sends the reply's body bit by bit over this time"},
		{"garbage", "accepts, with a body that is no JSON"},
		{"endless", "accepts, with a body that does not end"},
		{"cut", "accepts, but the reply breaks off in the middle"},
		{"hangup", "drops the connection before the body is read"},
		{"close", "drops it after that; nothing is kept"},
		{"lost", "accepts, then drops the connection"},
		{"503x5", "the same five times"},
		{"503*", "the same for ever"},
		{"(503,202)x3", "a group of replies, three times; * for ever"},
	}
}
