package adapter

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// setback is why a watched file is not imported. Its texts hold no value of anybody in it.
type setback struct {
	state          string // one of the admin.MapFile constants
	reason, remedy string
	digest         string            // of what was refused; "": it was not read
	revisions      map[string]uint64 // of the maps, by source, before it was
}

func (s *setback) Error() string { return s.reason }

// because says of which content, and of which maps, a setback is. An error of the file's own form becomes one.
func (f *mapFile) because(err error, digest string, revisions map[string]uint64) error {
	var no *setback
	var invalid *admin.Error
	switch {
	case errors.As(err, &no):
	case errors.As(err, new(*fs.PathError)):
		return unreadable(err)
	case errors.As(err, &invalid) && invalid.Class == admin.ClassInvalid:
		no = &setback{state: admin.MapFileRefused, reason: invalid.Error(), remedy: "mend the file, or the columns in the configuration"}
	default:
		return err
	}
	no.digest, no.revisions = digest, revisions
	return no
}

// failure says in fixed words why a file could not be read or written: an error of the map may name people.
func failure(err error) *setback {
	var no *setback
	if errors.As(err, &no) {
		return no
	}
	why := "the store takes no writes"
	switch {
	case errors.As(err, new(*mapping.PlanError)):
		why = "the map was changed while the file was compared with it"
	case errors.Is(err, mapping.ErrBusy):
		why = mapping.ErrBusy.Error()
	}
	return &setback{state: admin.MapFileFailed, reason: why, remedy: "it is tried again by itself"}
}

// refuses looks for what keeps a plan from being applied; nil: nothing does.
func (f *mapFile) refuses(plan *mapping.Plan) *setback {
	n := plan.Counts()
	usable, bad := n.New+n.Changed+n.Same+n.Repointed, n.Invalid+n.Conflicting
	switch {
	case usable+bad == 0:
		return f.refuse("it names nobody", "")
	case usable > 0 && plan.Err() == nil:
		return f.removesTooMany(plan)
	case bad > 0:
		return f.refuse(badLines(plan, &n), f.mending(usable))
	default:
		return f.refuse(countedLines(n.Repointed)+" would give a person another platform id", f.command("--dry-run")+
			" names them; if that is right, --allow-repoint in place of --dry-run does it once, `allow_repoint: true` always")
	}
}

// badLines counts the lines of a plan that cannot be imported, and says where to look first.
func badLines(plan *mapping.Plan, n *mapping.Counts) string {
	text := fmt.Sprintf("%s cannot be imported: %d invalid, %d in conflict", countedLines(n.Invalid+n.Conflicting), n.Invalid, n.Conflicting)
	if lines := plan.Rejected().Lines(); len(lines) > 0 {
		text += fmt.Sprintf("; the first is line %d", lines[0])
	}
	return text
}

// mending says what to do about bad lines, if so many are not.
func (f *mapFile) mending(usable int) string {
	remedy := f.command("--dry-run") + " names them; mend the file"
	if usable > 0 && !f.config.Sync {
		remedy += ", or import the others with `partial: true`"
	}
	return remedy
}

// removesTooMany compares what sync removes of each map with what it may.
func (f *mapFile) removesTooMany(plan *mapping.Plan) *setback {
	removed := map[string]int{}
	for r := range plan.Removals() {
		removed[r.Source]++
	}
	for _, name := range slices.Sorted(maps.Keys(removed)) {
		people := f.adapter.source(name).people.Index().Len()
		if removed[name] <= f.config.MaxRemovals.Of(people) {
			continue
		}
		return f.refuse(fmt.Sprintf("it would remove %d of %d people of %s, and max_removals is %s",
			removed[name], people, name, f.config.MaxRemovals),
			f.command("--dry-run")+" shows it; if that is right, the same without --dry-run does it once, a higher max_removals always")
	}
	return nil
}

func (f *mapFile) refuse(reason, remedy string) *setback {
	return &setback{state: admin.MapFileRefused, reason: reason, remedy: remedy}
}

// leftOut says that a part was not imported, and how to see which.
func (f *mapFile) leftOut(lines int) (reason, remedy string) {
	if lines == 0 {
		return "", ""
	}
	return countedLines(lines) + " of it could not be imported", f.command("--dry-run") + " names them"
}

func countedLines(n int) string { return counted(n, "line", "lines") }

// command is how the file is imported by hand, as it can be typed into a shell.
func (f *mapFile) command(flags ...string) string { return mapFileCommand(&f.config, flags...) }

func mapFileCommand(c *config.MapFile, flags ...string) string {
	words := append([]string{"bbcaliper", "map", "import"}, flags...)
	if c.Sync {
		words = append(words, "--sync")
	}
	if c.AllowRepoint {
		words = append(words, "--allow-repoint")
	}
	if c.Source != "" {
		words = append(words, "--source", c.Source)
	}
	renamed := c.Columns.Renamed()
	for _, column := range slices.Sorted(maps.Keys(renamed)) {
		words = append(words, "--column", shellWord(column+"="+renamed[column]))
	}
	return "`" + strings.Join(append(words, shellWord(c.Path)), " ") + "`"
}

// shellWord quotes a word for a shell, if it has to be.
func shellWord(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./=:,+@%", r)
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// broughtByHand says whether somebody has imported, since it was refused, just what was. Then it is compared once more,
// and found to be in the map.
func (f *mapFile) broughtByHand(ctx context.Context) bool {
	if f.setback == nil {
		return false
	}
	for name, before := range f.setback.revisions {
		people := f.adapter.source(name).people
		now := people.Revision()
		if now == before {
			continue
		}
		brought, err := importedSince(ctx, people, before, f.setback.digest)
		if err != nil {
			continue // the store is away: it is asked again at the next look
		}
		f.setback.revisions[name] = now
		if brought {
			return true
		}
	}
	return false
}

// importedSince looks for a file among the changes that are newer than a revision.
func importedSince(ctx context.Context, people *mapping.Map, revision uint64, digest string) (bool, error) {
	page := mapping.Page{}
	for {
		changes, next, err := people.Log(ctx, mapping.LogFilter{}, page)
		if err != nil {
			return false, err
		}
		for i := range changes {
			if changes[i].Number <= revision {
				return false, nil
			}
			if changes[i].How.SHA256 == digest {
				return true, nil
			}
		}
		if next == 0 {
			return false, nil
		}
		page.Before = next
	}
}
