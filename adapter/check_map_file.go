package adapter

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// checkMapFile reads a watched file to its end. It is compared with nothing but itself: the map may be that of a running
// bbcaliper.
func checkMapFile(ctx context.Context, c *config.Config, f *config.MapFile) Finding {
	finding := Finding{What: "map file " + f.Path}
	plan, ignored, err := planAlone(ctx, c, f)
	if err != nil {
		finding.Text = err.Error()
		return finding
	}
	n := plan.Counts()
	switch {
	case plan.Err() != nil:
		finding.Text = badLines(plan, &n) + "; " + mapFileCommand(f, "--dry-run") + " names them"
		return finding
	case n.New == 0:
		finding.Text = "it names nobody"
		return finding
	}
	finding.OK, finding.Text = true, countedLines(n.New)+" can be imported"
	if len(ignored) > 0 {
		finding.Text += "; columns without a meaning: " + strings.Join(ignored, ", ")
	}
	return finding
}

// planAlone plans a file for maps in which nobody is.
func planAlone(ctx context.Context, c *config.Config, f *config.MapFile) (*mapping.Plan, []string, error) {
	info, err := os.Stat(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, errors.New("there is no such file yet; it is imported when it comes")
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, nil, errNoFile
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	read, err := mapping.ReadFile(file, mapping.FileOptions{Columns: f.Columns.Renamed()})
	if err != nil {
		return nil, nil, err
	}
	indexes := make([]*mapping.Index, len(c.Sources))
	for i := range c.Sources {
		indexes[i] = mapping.NewIndex(c.Sources[i].Name)
	}
	plan, err := mapping.NewPlan(ctx, read.Rows(), indexes, mapping.PlanOptions{Source: f.Source, Partial: f.Partial})
	if err != nil {
		return nil, nil, err
	}
	return plan, read.Ignored(), nil
}
