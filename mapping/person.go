package mapping

import (
	"errors"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// person is a text that names somebody: a platform id or any alias, a user uuid
// also as an IRI, or the number of a record, as in #12.
type person struct {
	text     string
	platform uuid.UUID // nil: the text is none
	user     uuid.UUID // nil: the text is none
	number   uint32    // 0: the text is none
}

func parsePerson(text string) person {
	p := person{text: strings.TrimSpace(text)}
	p.platform, _ = ParsePlatformID(p.text) // what is none names nobody
	p.user, _ = ParseUserUUID(p.text)
	if strings.HasPrefix(p.text, numberMark) {
		p.number, _ = ParseNumber(p.text)
	}
	return p
}

// numberMark makes the number of a record out of digits, which alone may be an
// external id.
const numberMark = "#"

var errNumber = errors.New("the number of a record is one such as #12")

// ParseNumber reads the number of a record, with or without the mark: #12 or 12.
// The error does not hold the text.
func ParseNumber(text string) (uint32, error) {
	digits := strings.TrimPrefix(strings.TrimSpace(text), numberMark)
	number, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || number == 0 {
		return 0, errNumber
	}
	return uint32(number), nil
}

// FormatNumber writes the number of a record as [Index.Find] takes it: #12.
func FormatNumber(number uint32) string {
	return numberMark + strconv.FormatUint(uint64(number), 10)
}

// identity returns the person with every alias that the text may be.
func (p *person) identity() Identity {
	return Identity{UserUUID: p.user, UserID: p.text, ExternalID: p.text, Email: p.text}
}

// names says whether the text names the record.
func (p *person) names(r *Record) bool {
	switch {
	case p.text == "":
		return false
	case p.number != 0 && p.number == r.Number, p.platform != uuid.Nil && p.platform == r.PlatformID, p.user != uuid.Nil && p.user == r.UserUUID:
		return true
	default:
		return p.text == r.UserID || p.text == r.ExternalID || strings.EqualFold(p.text, r.Email)
	}
}
