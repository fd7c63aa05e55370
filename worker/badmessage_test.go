package worker_test

import (
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// What can never succeed is put aside at once, with the reason, and stops
// nobody.
func TestBadMessages(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.sheets(kim, lee)
	good := r.submit(jobs.Recognize{Keys: keys, BatchID: "taken"})
	r.start()
	r.end(good, 1)
	manifest := func(name, body string) string { return r.upload(name, []byte(body)) }
	tests := map[string]struct{ body, reason string }{
		"bad JSON":            {`{"exam_code": "X", `, "JSON"},
		"not an object":       {`[]`, "one JSON object"},
		"unknown type":        {`{"type":"cook","exam_code":"X"}`, "cook"},
		"bad exam code":       {`{"exam_code":"../x","keys":["a"]}`, "exam_code"},
		"no keys":             {`{"exam_code":"X"}`, "keys"},
		"unknown field":       {`{"exam_code":"X","keys":["a"],"rooster_key":"a.xlsx"}`, "rooster_key"},
		"our own sheet":       {`{"type":"sheet","exam_code":"X","batch_id":"b","key":"a","page":1}`, "type"},
		"our own delivery":    {`{"type":"delivery","exam_code":"X","batch_id":"b","version":1}`, "type"},
		"callback elsewhere":  {`{"exam_code":"X","keys":["a"],"callback_url":"https://evil.example/x"}`, "allowed"},
		"other keys":          {`{"exam_code":"` + r.exam + `","batch_id":"taken","keys":["a"]}`, "other keys"},
		"other pages a sheet": {`{"exam_code":"` + r.exam + `","batch_id":"taken","keys":["` + strings.Join(keys, `","`) + `"],"pages_per_sheet":2}`, "pages_per_sheet"},
		"other roster":        {`{"exam_code":"` + r.exam + `","batch_id":"taken","keys":["` + strings.Join(keys, `","`) + `"],"roster_key":"r.xlsx"}`, "roster_key"},
		"other total":         {`{"exam_code":"` + r.exam + `","batch_id":"taken","batch_total":9,"keys":["a"]}`, "other"},
		"no manifest":         {`{"exam_code":"X","manifest_key":"uploads/no-such-manifest.json"}`, "manifest_key"},
		"manifest no JSON":    {`{"exam_code":"X","manifest_key":"` + manifest("m1.json", "keys") + `"}`, "manifest_key"},
		"manifest no keys":    {`{"exam_code":"X","manifest_key":"` + manifest("m2.json", `{"keys":[]}`) + `"}`, "manifest_key"},
		"manifest bad key":    {`{"exam_code":"X","manifest_key":"` + manifest("m3.json", `{"keys":["a/../b"]}`) + `"}`, "manifest_key"},
		"rematch of nothing":  {`{"type":"rematch","exam_code":"` + r.exam + `","batch_id":"none"}`, "batch_id"},
		"resolve of nothing":  {`{"type":"resolve","exam_code":"` + r.exam + `","batch_id":"taken","sheet":"0123456789abcdef","student_id":"1"}`, "sheet"},
	}
	for _, test := range tests {
		r.putText(r.options.Queues.Jobs, test.body)
	}
	neighbour := r.submit(jobs.Recognize{Keys: keys, BatchID: "neighbour"})
	reasons := map[string]string{}
	for range tests {
		dead := r.deadLetter()
		reasons[*dead.Body] = reasonOf(dead)
	}
	for name, test := range tests {
		if got, ok := reasons[test.body]; !ok || !strings.Contains(got, test.reason) {
			t.Errorf("%s: got dead letter %v with reason %q, want one with %q", name, ok, got, test.reason)
		}
	}
	r.end(neighbour, 1)
	r.wants(neighbour, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
}

// Backends' messages, and ones of batches that are gone, are refused on our own
// queues.
func TestBadTasks(t *testing.T) {
	r := newRig(t)
	b := layout.Batch{ExamCode: r.exam, BatchID: "gone"}
	part := jobs.PartID([]string{"a"})
	must(t, r.store.CreateRecord(t.Context(), b.Part(part), exam.Part{Keys: []string{"a"}}))
	tests := []struct{ queue, body, reason string }{
		{r.options.Queues.Work, `{"exam_code":"X","keys":["a"]}`, "type"},
		{r.options.Queues.Work, `{"type":"finish","exam_code":"X","batch_id":"gone"}`, "gone"},
		{r.options.Queues.Work, `{"type":"fanout","exam_code":"` + r.exam + `","batch_id":"gone","part":"` + part + `","from":0,"to":2}`, "only 1"},
		{r.options.Queues.Callbacks, `{"type":"finish","exam_code":"X","batch_id":"gone"}`, "type"},
		{r.options.Queues.Callbacks, `{"type":"delivery","exam_code":"X","batch_id":"gone","version":1}`, "gone"},
	}
	r.start()
	for _, test := range tests {
		r.putText(test.queue, test.body)
		dead := r.deadLetter()
		if *dead.Body != test.body || !strings.Contains(reasonOf(dead), test.reason) {
			t.Errorf("%s: got dead letter %s with reason %q, want %q", test.body, *dead.Body, reasonOf(dead), test.reason)
		}
	}
	if got := *r.peekSource(`{`); got != "jobs" {
		t.Errorf("got source %q", got)
	}
}

// peekSource puts a message on the jobs queue and returns what its dead letter
// says of where it came from.
func (r *rig) peekSource(body string) *string {
	r.putText(r.options.Queues.Jobs, body)
	return r.deadLetter().MessageAttributes["hakbeon-source"].StringValue
}
