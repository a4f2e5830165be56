package resolver

import (
	"context"
	"fmt"
	"net/http"
)

// HTTPOptions are the settings of a directory of the institution's own.
type HTTPOptions struct {
	// URL has fields of the person in its path or query, as in
	// https://directory.school.edu/people/{external_id}. Each value is escaped
	// for the place where it stands.
	URL string
	// Pointer is where the platform id stands in a JSON reply (RFC 6901); "":
	// the reply is the id, in plain text.
	Pointer    string
	Auth       Auth
	Connection Connection
}

// directory asks a URL for the platform id. 404 and 204 are its no.
type directory struct {
	location location
	fields   []Field
	pointer  pointer
	service  *service
}

// NewHTTP returns a resolver, or an error that names the option that makes no
// sense.
func NewHTTP(o HTTPOptions) (Resolver, error) {
	l, err := parseLocation(o.URL)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	at, err := parsePointer(o.Pointer)
	if err != nil {
		return nil, fmt.Errorf("pointer: %w", err)
	}
	s, err := newService(l.display(), o.Connection, o.Auth)
	if err != nil {
		return nil, err
	}
	return &directory{location: l, fields: l.fields(), pointer: at, service: s}, nil
}

func (d *directory) Kind() Kind       { return KindHTTP }
func (d *directory) Endpoint() string { return d.service.display }
func (d *directory) closeIdle()       { d.service.closeIdle() }

func (d *directory) Plan(p *Person) ([]Field, Reason) {
	return plan(p, d.fields, func(value string) bool { return !climbs(value) })
}

func (d *directory) Resolve(ctx context.Context, p *Person) (Answer, error) {
	reply, err := d.service.get(ctx, d.location.fill(p))
	if err != nil {
		return Answer{}, err
	}
	if reply.status != http.StatusOK {
		return no(NotFound), nil
	}
	answer, err := parseReply(reply, d.pointer)
	if err != nil {
		return Answer{}, badReply(d.service.who(), err.Error())
	}
	return answer, nil
}
