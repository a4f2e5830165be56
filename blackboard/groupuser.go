package blackboard

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// GroupUser is a user in a group: one of bb:group.users, or the entity MiniUser
// that v1p0 generates when a group gets or loses somebody.
type GroupUser struct {
	// Person is nil where only the membership is named.
	Person *Person

	// MembershipID is the primary key of their membership in the course.
	MembershipID string
}

// Ref is the person's identifier.
func (u *GroupUser) Ref() string {
	if u.Person == nil {
		return ""
	}
	return u.Person.IRI
}

// Term is "MiniUser".
func (u *GroupUser) Term() string { return termMiniUser }

func (u *GroupUser) mention(add func(*Person)) { add(u.Person) }

// wireGroupUser has an IRI with the primary key in it as its id, or the key.
type wireGroupUser struct {
	ID           scalar `json:"id"`
	UUID         scalar `json:"uuid"`
	BatchUID     scalar `json:"batchUid"`
	MembershipID scalar `json:"courseMembershipId"`
}

func (w *wireGroupUser) entity() Entity { return orNone(w.user()) }

// newWireGroupUser makes one from what [readAny] read.
func newWireGroupUser(v any) wireGroupUser {
	m, _ := v.(map[string]any)
	field := func(name string) scalar { return scalar(text(m[name])) }
	return wireGroupUser{
		ID: field("id"), UUID: field("uuid"), BatchUID: field("batchUid"), MembershipID: field("courseMembershipId"),
	}
}

// user is nil if nobody is identified.
func (w *wireGroupUser) user() *GroupUser {
	u := &GroupUser{Person: &Person{ExternalID: string(w.BatchUID)}, MembershipID: string(w.MembershipID)}
	u.Person.UUID, _ = ParseUUID(string(w.UUID))
	if iri, ok := ParseIRI(string(w.ID)); ok {
		u.Person.IRI, u.Person.Site = string(w.ID), iri.Site
	}
	u.Person.UserID = primaryKey(string(w.ID))
	if *u.Person == (Person{Site: u.Person.Site}) {
		u.Person = nil
	}
	if u.Person == nil && u.MembershipID == "" {
		return nil
	}
	return u
}

// primaryKey finds the key in what Learn writes for a group's user: the key, or
// an IRI that ends in it. A Scala Option leaks into the IRI: Some(_201_1).
func primaryKey(id string) string {
	key := id[strings.LastIndexByte(id, '/')+1:]
	if inner, ok := strings.CutPrefix(key, "Some("); ok {
		key = strings.TrimSuffix(inner, ")")
	}
	if key == "None" {
		return ""
	}
	return key
}

// embedded is JSON in a string, as Learn writes bb:group.users; or JSON that is
// in no string.
type embedded string

// UnmarshalJSONFrom reads any value.
func (e *embedded) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if v.Kind() != '"' {
		*e = embedded(v)
		return nil
	}
	plain, err := jsontext.AppendUnquote(nil, v)
	*e = embedded(plain)
	return err
}

// newEmbedded makes one from what [readAny] read.
func newEmbedded(v any) embedded {
	if s, ok := v.(string); ok {
		return embedded(s)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return embedded(raw)
}

// groupUsers reads a list of users, at the given site where they do not say. A
// list that is broken is none.
func (e embedded) groupUsers(site string) []*GroupUser {
	var doc document
	if e == "" || json.Unmarshal([]byte(e), &doc) != nil {
		return nil
	}
	list, _ := doc.any.([]any)
	var users []*GroupUser
	for _, item := range list {
		w := newWireGroupUser(item)
		if u := w.user(); u != nil {
			if u.Person != nil {
				fill(&u.Person.Site, site)
			}
			users = append(users, u)
		}
	}
	return users
}
