package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/bbcaliper/bbcaliper/adapter/config"
)

// The paths. Client and server share them.
const (
	PathHealth  = "/healthz"
	PathReady   = "/readyz"
	PathMetrics = "/metrics"

	PathOpenAPIYAML = "/api/v1/openapi.yaml"
	PathOpenAPIJSON = "/api/v1/openapi.json"

	PathStatus         = "/api/v1/status"
	PathUnmapped       = "/api/v1/map/unmapped"
	PathUnmappedExport = "/api/v1/map/unmapped/export"
	PathAccept         = "/api/v1/map/unmapped/accept"
	PathRecords        = "/api/v1/map/records"
	PathMerge          = "/api/v1/map/merge"
	PathImport         = "/api/v1/map/import"
	PathExport         = "/api/v1/map/export"
	PathHistory        = "/api/v1/map/history"
	PathChanges        = "/api/v1/map/changes"
	PathHeld           = "/api/v1/held"

	PathDead        = "/api/v1/dead"
	PathDeadCounts  = "/api/v1/dead/counts"
	PathDeadExport  = "/api/v1/dead/export"
	PathDeadRetry   = "/api/v1/dead/retry"
	PathDeadDiscard = "/api/v1/dead/discard"

	PathReplay     = "/api/v1/replay"
	PathReplayPlan = "/api/v1/replay/plan"
	PathReplayStop = "/api/v1/replay/stop"

	pathSite   = "/api/v1/sources/{name}/site"
	pathLetter = "/api/v1/dead/letters/{name}"
	pathEvent  = "/api/v1/events/{name}"
	pathUndo   = "/api/v1/map/changes/{name}/undo"
	pathPause  = "/api/v1/destinations/{name}/pause"
	pathResume = "/api/v1/destinations/{name}/resume"
)

// PathSite is where the site of a source is set.
func PathSite(source string) string { return named(pathSite, source) }

// PathLetter is where a dead letter is, or those of an event.
func PathLetter(id string) string { return named(pathLetter, id) }

// PathEvent is where an event is explained.
func PathEvent(id string) string { return named(pathEvent, id) }

// PathUndo is where a change of the map is undone.
func PathUndo(change uint64) string { return named(pathUndo, strconv.FormatUint(change, 10)) }

// PathPause is where a destination is paused.
func PathPause(destination string) string { return named(pathPause, destination) }

// PathResume is where a destination is resumed.
func PathResume(destination string) string { return named(pathResume, destination) }

// named puts a name into a path.
func named(path, name string) string { return strings.ReplaceAll(path, "{name}", url.PathEscape(name)) }

// open is the role of those routes that need no token.
const open config.Role = ""

// route is one thing that can be asked.
type route struct {
	name   string // unique; in logs
	method string
	path   string
	role   config.Role // the least that may ask; open: everybody
	query  []string    // the parameters that it takes; others are refused
	serve  func(*Handler, http.ResponseWriter, *request) error
}

// routes is the whole API. Whatever tells of a person wants the role mapper, which is also what changes the map; what
// changes anything else wants an admin.
func routes() []route {
	const viewer, mapper, admin = config.RoleViewer, config.RoleMapper, config.RoleAdmin
	const get, put, post, del = http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete
	return []route{
		{"health", get, PathHealth, open, nil, (*Handler).health},
		{"ready", get, PathReady, open, nil, (*Handler).ready},
		{"metrics", get, PathMetrics, open, []string{queryMetric}, (*Handler).metrics},

		{"openapi yaml", get, PathOpenAPIYAML, viewer, nil, (*Handler).openAPIAsYAML},
		{"openapi json", get, PathOpenAPIJSON, viewer, nil, (*Handler).openAPIAsJSON},
		{"status", get, PathStatus, viewer, nil, (*Handler).status},
		{"held", get, PathHeld, viewer, heldQuery(), (*Handler).held},

		{"dead", get, PathDead, viewer, deadListQuery(), (*Handler).dead},
		{"dead counts", get, PathDeadCounts, viewer, deadQuery(), (*Handler).countDead},
		{"dead letter", get, pathLetter, mapper, []string{queryDestination}, (*Handler).deadLetter},
		{"dead export", get, PathDeadExport, mapper, deadQuery(), (*Handler).exportDead},
		{"dead retry", post, PathDeadRetry, admin, deadQuery(), (*Handler).retryDead},
		{"dead discard", post, PathDeadDiscard, admin, deadQuery(), (*Handler).discardDead},

		{"destination pause", post, pathPause, admin, nil, (*Handler).pauseDestination},
		{"destination resume", post, pathResume, admin, nil, (*Handler).resumeDestination},

		{"replay plan", post, PathReplayPlan, mapper, nil, (*Handler).planReplay},
		{"replay start", post, PathReplay, admin, nil, (*Handler).startReplay},
		{"replay stop", post, PathReplayStop, admin, []string{queryDestination}, (*Handler).stopReplay},
		{"explain", get, pathEvent, mapper, nil, (*Handler).explain},

		{"map unmapped", get, PathUnmapped, mapper, unmappedQuery(), (*Handler).unmapped},
		{"map unmapped export", get, PathUnmappedExport, mapper, unmappedExportQuery(), (*Handler).exportUnmapped},
		{"map accept", post, PathAccept, mapper, []string{queryDryRun}, (*Handler).acceptSuggestions},
		{"map show", get, PathRecords, mapper, []string{queryPerson, querySource}, (*Handler).findRecords},
		{"map set", put, PathRecords, mapper, nil, (*Handler).setRecord},
		{"map remove", del, PathRecords, mapper, []string{queryPerson, querySource}, (*Handler).removeRecord},
		{"map merge", post, PathMerge, mapper, nil, (*Handler).mergeRecords},
		{"map import", post, PathImport, mapper, importQuery(), (*Handler).importRecords},
		{"map export", get, PathExport, mapper, []string{querySource}, (*Handler).exportRecords},
		{"map history", get, PathHistory, mapper, []string{queryPerson, querySource}, (*Handler).mapHistory},
		{"map log", get, PathChanges, mapper, changesQuery(), (*Handler).mapChanges},
		{"map undo", post, pathUndo, mapper, []string{querySource, queryPartial, queryDryRun}, (*Handler).mapUndo},

		{"source pin", put, pathSite, admin, nil, (*Handler).pinSite},
		{"source unpin", del, pathSite, admin, nil, (*Handler).unpinSite},
	}
}
