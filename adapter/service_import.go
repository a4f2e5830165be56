package adapter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// Import implements admin.Service.
func (s service) Import(ctx context.Context, request admin.ImportRequest) (admin.ImportResult, error) {
	if request.Source != "" {
		if _, err := s.known(request.Source); err != nil {
			return admin.ImportResult{}, err
		}
	}
	sources, err := s.some("")
	if err != nil {
		return admin.ImportResult{}, err
	}
	plan, result, err := readImport(ctx, sources, &request)
	if err != nil {
		return admin.ImportResult{}, err
	}
	switch {
	case request.Approved != "" && request.Approved != result.Plan:
		return admin.ImportResult{}, fmt.Errorf("the file or %w: look at it again", mapping.ErrStale)
	case request.DryRun:
		result.Releases, err = s.releases(ctx, plan)
	default:
		err = s.apply(ctx, plan, request.Edit(result.SHA256), &result)
	}
	result.LeftOut = result.Counts.LeftOut(request.AllowRepoint)
	request.Tell(rejected(plan, err))
	return result, err
}

// rejected is what is not imported, of a plan or of what has become of it.
func rejected(plan *mapping.Plan, err error) *mapping.PlanError {
	if refused := (*mapping.PlanError)(nil); errors.As(err, &refused) {
		return refused
	}
	return plan.Rejected()
}

// readImport reads the whole file of a request, and says what importing it would do.
func readImport(ctx context.Context, sources []*source, request *admin.ImportRequest) (*mapping.Plan, admin.ImportResult, error) {
	revisions := map[string]uint64{}
	for _, src := range sources {
		revisions[src.config.Name] = src.people.Revision()
	}
	digest := sha256.New()
	body := io.TeeReader(request.Body, digest)
	plan, ignored, err := planImport(ctx, body, sources, request)
	if err != nil {
		return nil, admin.ImportResult{}, err
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return nil, admin.ImportResult{}, fmt.Errorf("import: %w", err)
	}
	result := admin.NewImportResult(plan, ignored)
	result.Revisions, result.SHA256 = revisions, hex.EncodeToString(digest.Sum(nil))
	result.Plan = request.PlanID(result.SHA256, plan)
	return plan, result, nil
}

// planImport reads the rows of a file, and returns the headers without a meaning, too.
func planImport(ctx context.Context, body io.Reader, sources []*source, request *admin.ImportRequest) (*mapping.Plan, []string, error) {
	file, err := mapping.ReadFile(body, mapping.FileOptions{Columns: request.Columns})
	if err != nil {
		return nil, nil, admin.Invalid("%w", err)
	}
	var indexes []*mapping.Index
	for _, src := range sources {
		indexes = append(indexes, src.people.Index())
	}
	plan, err := mapping.NewPlan(ctx, file.Rows(), indexes, request.Options())
	if ctx.Err() != nil {
		return nil, nil, fmt.Errorf("import: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, nil, admin.Invalid("%w", err)
	}
	return plan, file.Ignored(), nil
}

// apply writes the plan's rows, source by source, and puts into the result what has become of them.
func (s service) apply(ctx context.Context, plan *mapping.Plan, edit mapping.Edit, result *admin.ImportResult) error {
	if err := plan.Err(); err != nil {
		return err
	}
	sources := plan.Sources()
	if len(sources) > 1 { // what has come between is found before the first map has changed
		if err := plan.Ready(); err != nil {
			return err
		}
	}
	var applied mapping.Counts
	changes := map[string]uint64{}
	for i, name := range sources {
		done, err := s.applyTo(ctx, name, plan, edit)
		if err != nil {
			return partly(sources[:i], sources[i:], err)
		}
		if done.Written > 0 {
			changes[name] = done.Revision
		}
		applied.Add(done.Counts)
	}
	applied.Invalid = result.Counts.Invalid
	result.Counts, result.Changes, result.Applied = applied, changes, true
	return nil
}

func (s service) applyTo(ctx context.Context, name string, plan *mapping.Plan, edit mapping.Edit) (mapping.Result, error) {
	src, err := s.known(name)
	if err != nil {
		return mapping.Result{}, err
	}
	return src.people.Import(ctx, plan, edit)
}

// partly says that the maps of a file's first sources have changed when that of the next could not be: each map has a
// log of its own.
func partly(done, left []string, err error) error {
	if len(done) == 0 {
		return err
	}
	return fmt.Errorf("the file was imported for %v, but not for %v; importing it once more does the rest: %w", done, left, err)
}
