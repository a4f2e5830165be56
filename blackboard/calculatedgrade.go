package blackboard

// CalculatedGrade is a student's grade in a column that Learn computes, as it
// stands when a night's computation is done.
type CalculatedGrade struct {
	Resource // …/gradableItems/{pk}/calculatedGrade/{n}

	ItemID string // primary key of the column

	// Possible is nil where Learn says 0. Score is documented but stands in no
	// published payload; a 0 may be a real one.
	Possible, Score *float64

	IsCourseGrade *bool // whether it is the grade of the whole course

	// SyncVersion is a running number, in digits; v1p0 spells it synVersion.
	SyncVersion string

	User   *Person // the student
	Course *Organization
}

func (g *CalculatedGrade) mention(add func(*Person)) {
	g.Resource.mention(add)
	add(g.User)
	g.Course.mention(add)
}

type wireCalculatedGrade struct {
	wireBasics
	ItemID        scalar            `json:"itemId"`
	ScorePossible scalar            `json:"scorePossible"`
	Score         scalar            `json:"score"`
	IsCourseGrade scalar            `json:"isCourseGrade"`
	SyncVersion   scalar            `json:"syncVersion"`
	SynVersion    scalar            `json:"synVersion"`
	User          *wirePerson       `json:"user"`
	Course        *wireOrganization `json:"course"`
}

func (w *wireCalculatedGrade) entity() Entity {
	g := &CalculatedGrade{
		Resource:      w.resource(termCalculatedGrade),
		ItemID:        string(w.ItemID),
		Possible:      w.ScorePossible.positive(),
		Score:         w.Score.number(),
		IsCourseGrade: w.IsCourseGrade.truth(),
		SyncVersion:   string(w.SyncVersion),
		User:          w.User.person(),
		Course:        w.Course.organization(),
	}
	fill(&g.SyncVersion, string(w.SynVersion))
	if w.isEmpty() && g.ItemID == "" && g.User == nil {
		return nil
	}
	return g
}
