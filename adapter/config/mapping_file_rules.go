package config

import (
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func (r rules) mapFiles(c *Config) {
	known := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		known[i] = s.Name
	}
	paths := map[string]string{}
	for i := range c.Mapping.Files {
		f, path := &c.Mapping.Files[i], mapFilePath(i)
		r.uniqueFile(path+".path", f.Path, paths)
		if r.has(path+".source") && !slices.Contains(known, f.Source) {
			r.bad(path+".source", "is not a source of this file; there are: %s", strings.Join(known, ", "))
		}
		r.longEnough(path+".every", f.Every, time.Second)
		r.syncing(path, f)
		r.alone(c.Mapping.Files, i)
	}
}

// uniqueFile checks that a file is named, and once: its path is what it is known by.
func (r rules) uniqueFile(path, file string, seen map[string]string) {
	if file == "" {
		r.bad(path, "is missing: name the file to import, CSV or JSON lines")
		return
	}
	file = filepath.Clean(file)
	if first, twice := seen[file]; twice {
		r.bad(path, "is the file of %s too: name each file once", parentPath(first))
		return
	}
	seen[file] = path
}

func (r rules) syncing(path string, f *MapFile) {
	if f.Sync && f.Partial {
		r.bad(path+".partial", "contradicts sync: a part of a file cannot say who is to be removed; remove one of the two")
	}
	if !f.Sync && r.has(path+".max_removals") {
		r.bad(path+".max_removals", "is of no use without sync: true, for nobody is removed; remove one of the two")
	}
}

// alone refuses a file that removes what another one brings.
func (r rules) alone(files []MapFile, i int) {
	for j := range files[:i] {
		one, other := &files[j], &files[i]
		about := one.Source == other.Source || one.Source == "" || other.Source == ""
		if about && (one.Sync || other.Sync) {
			r.bad(mapFilePath(i), "is about the same source as %s, and sync removes whom one of them does not name: "+
				"join the two files, or remove sync", mapFilePath(j))
			return
		}
	}
}
