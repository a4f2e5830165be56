package admin

import "time"

// What a watched file is: the values of MapFileStatus.State.
const (
	// MapFilePending has new content, or is being written, and is looked at once more before it is imported.
	MapFilePending = "pending"
	// MapFileCurrent is imported as it is.
	MapFileCurrent = "current"
	// MapFileRefused must not be imported as it is; nothing of it was.
	MapFileRefused = "refused"
	// MapFileMissing is not there.
	MapFileMissing = "missing"
	// MapFileUnreadable is there and cannot be read.
	MapFileUnreadable = "unreadable"
	// MapFileFailed could not be written into the map, and is tried again.
	MapFileFailed = "failed"
)

// MapFileStates returns the states, those that are as they should be first.
func MapFileStates() []string {
	return []string{MapFileCurrent, MapFilePending, MapFileRefused, MapFileMissing, MapFileUnreadable, MapFileFailed}
}

// MapFileStatus is how it goes with a file that is imported into the ID map when it is replaced. It says nothing of
// anybody in it.
type MapFileStatus struct {
	Path string `json:"path"`
	// Source of the rows that name none; "": there are several, and every row names its own.
	Source string `json:"source,omitempty"`
	Sync   bool   `json:"sync"`
	// State is one of the MapFile constants. Reason says why it is not current, or what of it was left out; Remedy what
	// to do about that.
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// Since is when it came to be so, Looked when the file was last looked at.
	Since  time.Time `json:"since,omitzero"`
	Looked time.Time `json:"looked,omitzero"`
	// Modified is the time that the file itself has; zero: it is not there.
	Modified time.Time `json:"modified,omitzero"`
	// Imported is what was imported last, restarts or not; nil: nothing ever was.
	Imported *ImportedFile `json:"imported,omitempty"`
}

// ImportedFile is what a watched file did to the map.
type ImportedFile struct {
	At     time.Time `json:"at"`
	SHA256 string    `json:"sha256"`
	// People is how many it named; of the rest it says what became of them.
	People    int `json:"people"`
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Repointed int `json:"repointed"`
	Removed   int `json:"removed"`
	// LeftOut is how many lines could not be imported; the others were.
	LeftOut int `json:"left_out"`
}
