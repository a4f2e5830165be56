package adapter

import (
	"context"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Find implements admin.Service.
func (s service) Find(_ context.Context, source, person string) ([]mapping.Record, error) {
	sources, err := s.some(source)
	if err != nil {
		return nil, err
	}
	var records []mapping.Record
	for _, src := range sources {
		records = append(records, src.people.Index().Find(person)...)
	}
	return records, nil
}

// Set implements admin.Service.
func (s service) Set(ctx context.Context, stated mapping.Record, edit mapping.Edit) (mapping.Record, error) {
	src, err := s.one(stated.Source)
	if err != nil {
		return mapping.Record{}, err
	}
	stated.Source = src.config.Name
	return src.people.Set(ctx, stated, edit)
}

// Remove implements admin.Service.
func (s service) Remove(ctx context.Context, source, person string, edit mapping.Edit) ([]mapping.Record, error) {
	record, err := s.record(ctx, source, person)
	if err != nil {
		return nil, err
	}
	src, err := s.known(record.Source)
	if err != nil {
		return nil, err
	}
	return []mapping.Record{record}, src.people.Remove(ctx, record.Number, edit)
}

// Merge implements admin.Service.
func (s service) Merge(ctx context.Context, request admin.MergeRequest, edit mapping.Edit) (admin.Merged, error) {
	into, err := s.record(ctx, request.Source, request.Into)
	if err != nil {
		return admin.Merged{}, admin.About("into", err)
	}
	from, err := s.record(ctx, request.Source, request.From)
	if err != nil {
		return admin.Merged{}, admin.About("from", err)
	}
	switch {
	case into.Source != from.Source:
		return admin.Merged{}, admin.Invalid("records of two sources cannot be merged: an account belongs to one of them")
	case into.Number == from.Number:
		return admin.Merged{}, admin.Invalid("both names are those of record %d: name two records", into.Number)
	}
	src, err := s.known(into.Source)
	if err != nil {
		return admin.Merged{}, err
	}
	merged, removed, err := src.people.Merge(ctx, into.Number, from.Number, edit)
	return admin.Merged{Record: merged, Removed: removed}, err
}

// record returns the one record that a text names.
func (s service) record(ctx context.Context, source, person string) (mapping.Record, error) {
	records, err := s.Find(ctx, source, person)
	switch {
	case err != nil:
		return mapping.Record{}, err
	case len(records) == 0:
		return mapping.Record{}, admin.NotFound("nobody in the map is called that")
	case len(records) > 1:
		return mapping.Record{}, admin.Ambiguous(records)
	}
	return records[0], nil
}
