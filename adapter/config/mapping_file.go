package config

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// What a watched file has when the file does not say.
const (
	DefaultEvery           = 10 * time.Second
	DefaultRemovalsPercent = 10
)

// MapFile is a file of records that is imported into the ID map whenever its content is another.
type MapFile struct {
	// Path of the file, CSV or JSON lines.
	Path string `mapstructure:"path"`
	// Source of the rows that name none. Default: the only one there is; "" with several, every row names its own.
	Source string `mapstructure:"source"`
	// Columns gives columns another header than their own name.
	Columns Columns `mapstructure:"columns"`
	// Sync makes the map of the source equal to the file: whom it does not name is removed.
	Sync bool `mapstructure:"sync"`
	// AllowRepoint lets rows give a record another platform id.
	AllowRepoint bool `mapstructure:"allow_repoint"`
	// Partial imports the good rows of a file that has bad ones. Not together with Sync.
	Partial bool `mapstructure:"partial"`
	// MaxRemovals is how many people of a source one import may remove, with Sync. Default 10%.
	MaxRemovals Removals `mapstructure:"max_removals"`
	// Every is how often the file is looked at. Default 10s.
	Every time.Duration `mapstructure:"every"`
}

// Columns are the headers, or keys, of the columns of a file; "": the column's own name.
type Columns struct {
	PlatformID string `mapstructure:"platform_id"`
	UserUUID   string `mapstructure:"user_uuid"`
	UserID     string `mapstructure:"user_id"`
	ExternalID string `mapstructure:"external_id"`
	Email      string `mapstructure:"email"`
	Source     string `mapstructure:"source"`
	Note       string `mapstructure:"note"`
}

// Renamed returns the headers that are given, by the names of their columns.
func (c Columns) Renamed() map[string]string {
	renamed := map[string]string{}
	fields := reflect.ValueOf(c)
	for i := range fields.NumField() {
		if header := fields.Field(i).String(); header != "" {
			renamed[fields.Type().Field(i).Tag.Get(tag)] = header
		}
	}
	return renamed
}

// Removals is how many people one import may remove: a number of them, or a percentage of those in the map.
type Removals struct {
	number  int
	percent float64
	isShare bool
}

// fewRemovals may be removed whatever the percentage, unless they are more than half of the people: one of eight is more
// than 10 %, and no sign of a file that was cut off.
const fewRemovals = 10

// Of returns how many of so many people may be removed.
func (r Removals) Of(people int) int {
	if !r.isShare {
		return r.number
	}
	return max(min(fewRemovals, (people+1)/2), int(float64(people)*r.percent/100))
}

// String writes it as the configuration does: 500 or 10%.
func (r Removals) String() string {
	if !r.isShare {
		return strconv.Itoa(r.number)
	}
	return strconv.FormatFloat(r.percent, 'f', -1, 64) + "%"
}

func removalsOf(from reflect.Value) (any, error) {
	switch from.Kind() {
	case reflect.Int:
		if n := from.Int(); n >= 0 {
			return Removals{number: int(n)}, nil
		}
	case reflect.String:
		text, ok := strings.CutSuffix(from.String(), "%")
		percent, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if ok && err == nil && percent >= 0 && percent <= 100 {
			return Removals{percent: percent, isShare: true}, nil
		}
	}
	return nil, errors.New("must be a number of people such as 500, or a percentage of those in the map such as 10%")
}

func (f *MapFile) setDefaults(d *document, path string, sources []Source) {
	orElse(d, path+".every", &f.Every, DefaultEvery)
	if f.Sync {
		orElse(d, path+".max_removals", &f.MaxRemovals, Removals{percent: DefaultRemovalsPercent, isShare: true})
	}
	if len(sources) == 1 {
		orElse(d, path+".source", &f.Source, sources[0].Name)
	}
}

func (c *Config) setMapFileDefaults(d *document) {
	for i := range c.Mapping.Files {
		c.Mapping.Files[i].setDefaults(d, mapFilePath(i), c.Sources)
	}
}

func mapFilePath(i int) string { return fmt.Sprintf("mapping.files[%d]", i) }
