package resolver

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// BlackboardOptions are the settings of a Learn site's REST API.
type BlackboardOptions struct {
	URL        string // of the site, as in https://learn.school.edu
	Key        string // of the application that is registered at the site
	Secret     string
	Connection Connection
}

// String names the site only.
func (o BlackboardOptions) String() string { return string(KindBlackboard) + " " + o.URL }

// GoString is String: %#v shows no secret either.
func (o BlackboardOptions) GoString() string { return o.String() }

// Paths of Learn's REST API.
const (
	tokenPath = "/learn/api/public/v1/oauth2/token" //nolint:gosec // a path, no credential
	usersPath = "/learn/api/public/v1/users/"
)

// userFields are all that is asked for: a user has names, addresses and a date
// of birth, which are none of our business.
const userFields = "?fields=id,uuid,externalId,userName,contact.email"

// learn asks Learn's REST API about an account. It maps nobody: it tells the
// resolvers after it the external id, the user name and the e-mail address.
type learn struct {
	users   string
	service *service
}

// NewBlackboard returns a resolver, or an error that names the option that makes
// no sense.
func NewBlackboard(o BlackboardOptions) (Resolver, error) {
	base, err := parseBase(o.URL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("url: %w", err)
	case o.Key == "":
		return nil, fmt.Errorf("key: must not be empty")
	case o.Secret == "":
		return nil, fmt.Errorf("secret: must not be empty")
	}
	auth := Auth{Type: AuthOAuth2, TokenURL: joined(base, tokenPath), ClientID: o.Key, ClientSecret: o.Secret}
	users := joined(base, usersPath)
	s, err := newService(users, o.Connection, auth)
	if err != nil {
		return nil, err
	}
	return &learn{users: users, service: s}, nil
}

func (l *learn) Kind() Kind       { return KindBlackboard }
func (l *learn) Endpoint() string { return l.service.display }
func (l *learn) closeIdle()       { l.service.closeIdle() }

// What a question goes by; nobody changes them.
var (
	byUserUUID   = []Field{UserUUID}
	byExternalID = []Field{ExternalID}
)

// Plan asks by the user uuid, which never changes, else by the external id.
func (l *learn) Plan(p *Person) ([]Field, Reason) {
	if p.Identity.UserUUID != uuid.Nil {
		return byUserUUID, ""
	}
	return plan(p, byExternalID, segment)
}

// segment says whether a value can be part of a path at Learn, whose server
// refuses escaped slashes.
func segment(value string) bool { return !strings.ContainsAny(value, `/\`) }

func (l *learn) Resolve(ctx context.Context, p *Person) (Answer, error) {
	which := "externalId:" + url.PathEscape(p.value(ExternalID))
	if p.Identity.UserUUID != uuid.Nil {
		which = "uuid:" + p.value(UserUUID)
	}
	reply, err := l.service.get(ctx, l.users+which+userFields)
	if err != nil {
		return Answer{}, withLearnHint(err, reply, p)
	}
	if reply.status != http.StatusOK {
		return l.unknown(reply)
	}
	learned, err := parseLearnUser(reply)
	if err != nil {
		return Answer{}, badReply(l.service.who(), err.Error())
	}
	if !same(learned, p) {
		return no(Unconfirmed), nil
	}
	return Answer{Reason: Enriched, Learned: learned}, nil
}

// unknown is Learn's own 404. That of another server, or of another path, would
// make everybody unknown.
func (l *learn) unknown(r reply) (Answer, error) {
	if r.status == http.StatusNotFound && parseLearnError(r).Status == http.StatusNotFound {
		return no(NotFound), nil
	}
	return Answer{}, &Fault{
		Class: Misconfigured, Status: r.status, Settings: []string{"url"},
		what: l.service.who() + " answered " + statusText(r.status) + ", and not as Learn does",
	}
}

// learnError is the form of Learn's errors. The message is not read: it may
// name the account.
type learnError struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
}

func parseLearnError(r reply) learnError {
	var e learnError
	if json.Unmarshal(r.body, &e) != nil {
		return learnError{}
	}
	return e
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// withLearnHint names the settings as they are called here, and Learn's code.
func withLearnHint(err error, r reply, p *Person) error {
	f := faultOf(err)
	if code := parseLearnError(r).Code; codeForm.MatchString(code) && !p.isIn(code) {
		f.what += " (" + code + ")"
	}
	if f.Settings = learnSettings(f.Settings); r.status == http.StatusForbidden {
		f.Settings = []string{"key (the user of the application at Learn may not read users)"}
	}
	return f
}

// learnSettings names settings as they are called here: what a OneRoster service
// calls auth is key and secret, and the token endpoint is below url.
func learnSettings(settings []string) []string {
	isCredential := func(s string) bool { return s != tokenURL && strings.HasPrefix(s, "auth") }
	switch {
	case slices.ContainsFunc(settings, isCredential):
		return []string{"key", "secret"}
	case slices.Contains(settings, tokenURL):
		return []string{"url"}
	default:
		return settings
	}
}

// learnUser is what is read of a user.
type learnUser struct {
	ID         string `json:"id"`
	UUID       string `json:"uuid"`
	ExternalID string `json:"externalId"`
	UserName   string `json:"userName"`
	Contact    struct {
		Email string `json:"email"`
	} `json:"contact"`
}

func parseLearnUser(r reply) (Learned, error) {
	var u learnUser
	if err := json.Unmarshal(r.body, &u); err != nil {
		return Learned{}, errNot(r, "a user of Learn")
	}
	if u.ID == "" && u.UUID == "" && u.ExternalID == "" && u.UserName == "" {
		return Learned{}, errUser
	}
	learned := Learned{UserName: u.UserName, Identity: mapping.Identity{UserID: u.ID, ExternalID: u.ExternalID, Email: u.Contact.Email}}
	if account, err := mapping.ParseUserUUID(u.UUID); err == nil {
		learned.Identity.UserUUID = account
	}
	return learned, nil
}

// same says whether the account that Learn told of is the one that was asked
// for. Learn compares external ids without regard to case.
func same(l Learned, p *Person) bool {
	if asked := p.Identity.UserUUID; asked != uuid.Nil {
		return l.Identity.UserUUID == uuid.Nil || l.Identity.UserUUID == asked
	}
	return strings.EqualFold(l.Identity.ExternalID, p.value(ExternalID))
}
