package collector

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
)

// JobsPath is where the state of a job is asked for, as JobsPath{id}/status.
// The ids are those of the form job.
const JobsPath = "/jobs/"

const jobPrefix = "job-"

// jobID is the id of the job that a request became.
func jobID(request int) string { return jobPrefix + strconv.Itoa(request) }

// jobStatus is what the state of a job looks like. Jobs are done when they
// are accepted: what happens later is out of a sender's sight.
type jobStatus struct {
	ID     string    `json:"id"`
	State  string    `json:"state"`
	Return jobReturn `json:"returnValue"`
}

type jobReturn struct {
	Status  string      `json:"status"`
	Results []jobResult `json:"results"`
}

type jobResult struct {
	AllocatedID string `json:"allocatedId"`
	ExternalID  string `json:"externalId"`
}

// answerJob gives the state of a job whose events are still kept, else 404.
func (c *Collector) answerJob(x *exchange) reply {
	if !x.access.ok {
		return unauthorized(x.access)
	}
	id := mux.Vars(x.Request)["job"]
	digits, _ := strings.CutPrefix(id, jobPrefix)
	request, err := strconv.Atoi(digits)
	if err != nil || jobID(request) != id {
		return refuse(http.StatusNotFound, "there is no such job")
	}
	results := c.results(request)
	if results == nil {
		return refuse(http.StatusNotFound, "there is no such job, or its events are no longer kept")
	}
	return jsonReply(http.StatusOK, jobStatus{
		ID: id, State: "completed", Return: jobReturn{Status: "success", Results: results},
	})
}

func (c *Collector) results(request int) []jobResult {
	var results []jobResult
	for _, e := range c.Events() {
		if e.Request == request {
			results = append(results, jobResult{AllocatedID: strconv.Itoa(e.Number), ExternalID: e.ID})
		}
	}
	return results
}
