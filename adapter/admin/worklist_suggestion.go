package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// Suggestion is who somebody may be whose events wait.
type Suggestion struct {
	PlatformID uuid.UUID `json:"platform_id"`
	// Unambiguous says that nothing suggests somebody else, that nobody else who waits has all of the evidence too, and that
	// no alias belongs to another account, unless that is the same person's. Only such a suggestion can be accepted.
	Unambiguous bool `json:"unambiguous"`
	// Evidence is what it is based on, the strongest first.
	Evidence []Evidence `json:"evidence"`
	// Mark stands for platform id and evidence as they are: any change of a record makes it another. Whoever accepts the
	// suggestion gives the mark that they saw.
	Mark string `json:"mark"`
}

// NewSuggestion returns a suggestion with its mark.
func NewSuggestion(platform uuid.UUID, evidence []Evidence, unambiguous bool) Suggestion {
	return Suggestion{PlatformID: platform, Unambiguous: unambiguous, Evidence: evidence, Mark: mark(platform, evidence)}
}

// markBytes of a SHA-256 are enough: nobody gains by finding two suggestions with the same mark.
const markBytes = 8

func mark(platform uuid.UUID, evidence []Evidence) string {
	text := platform[:]
	for _, e := range evidence {
		text = fmt.Appendf(text, "\x00%d\x00%s\x00%d\x00%d", e.Kind, e.Source, e.Record, e.Revision)
	}
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:markBytes])
}

// Has says whether there is evidence of a kind; of mapping.NoAlias there always is.
func (s *Suggestion) Has(kind mapping.Alias) bool {
	for _, e := range s.Evidence {
		if e.Kind == kind {
			return true
		}
	}
	return kind == mapping.NoAlias
}

// EvidenceText is what the suggestion is based on, in a line.
func (s *Suggestion) EvidenceText() string {
	parts := make([]string, len(s.Evidence))
	for i, e := range s.Evidence {
		parts[i] = e.String()
	}
	return strings.Join(parts, ", ")
}

// Evidence is a record with an alias that the person has, too.
type Evidence struct {
	// Kind is the alias that is the same.
	Kind mapping.Alias `json:"kind"`
	// Source, Record and Revision name the record, as it was when it was looked at.
	Source   string `json:"source"`
	Record   uint32 `json:"record"`
	Revision uint64 `json:"revision"`
}

// String says what was found, without anybody's alias: `same external id as record 12 of source lawschool`.
func (e Evidence) String() string {
	return fmt.Sprintf("same %s as record %d of source %s", AliasWords(e.Kind), e.Record, e.Source)
}

// The kinds of doubts.
const (
	DoubtOtherAccount = "other_account" // it belongs to another account of the same source
	DoubtShared       = "shared"        // several people of the source who wait have it
)

// Doubt says why an alias of a person proves nothing.
type Doubt struct {
	Kind  string        `json:"kind"`
	Alias mapping.Alias `json:"alias"`
	// Of DoubtOtherAccount: the record that has the alias, whose it is, and what shows that it is another account.
	Record     uint32        `json:"record,omitzero"`
	Revision   uint64        `json:"revision,omitzero"`
	PlatformID uuid.UUID     `json:"platform_id,omitzero"`
	Differs    mapping.Alias `json:"differs,omitzero"`
	// Of DoubtShared: how many people wait who have the alias.
	People int `json:"people,omitzero"`
}

// text says what is in doubt, of an alias with that value; "" does not name it.
func (d *Doubt) text(value string) string {
	what := strings.TrimSpace(AliasWords(d.Alias) + " " + value)
	if d.Kind == DoubtShared {
		return fmt.Sprintf("%s is that of %d people who wait", what, d.People)
	}
	return fmt.Sprintf("%s belongs to record %d, another account (%s differs)", what, d.Record, AliasWords(d.Differs))
}

// AliasWords is an alias as people say it.
func AliasWords(a mapping.Alias) string {
	switch a {
	case mapping.UserUUID:
		return "user uuid"
	case mapping.UserID:
		return "user id"
	case mapping.ExternalID:
		return "external id"
	case mapping.Email:
		return "e-mail address"
	default:
		return a.String()
	}
}
