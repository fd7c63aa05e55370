package worker_test

import (
	"strings"
	"testing"

	"hakbeon/jobs"
)

// Whatever a backend calls its files, nothing is written outside the exam's own
// folders, one level under a student.
func TestNothingLeavesItsPrefix(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	page := pngPage(t, kim)
	var keys []string
	for _, name := range []string{
		"..hidden.png", "...png", "%2e%2e%2fup.png", "．．／full width.png", "gnp.\u202efdp.png", "답안지 1.PNG", "ответ.png",
		"e\u0301te\u0301.png", "a?b&c=d#e+f.png", `back\slash.png`, "~", "con.aux.tar.gz", strings.Repeat("긴", 60) + ".png", "original", "results.json",
	} {
		keys = append(keys, r.upload(name, page))
	}
	before := r.list("")
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	if sum.Total != len(keys) || sum.Matched+sum.NeedsReview != len(keys) {
		t.Errorf("got %d of %d sheets, %d failed", sum.Total, len(keys), sum.Failed)
	}
	known := map[string]bool{}
	for _, key := range before {
		known[key] = true
	}
	written := 0
	for _, key := range r.list("") {
		if known[key] || !strings.Contains(key, r.exam) {
			continue // other tests share the bucket
		}
		written++
		under := strings.HasPrefix(key, b.Prefix()) || strings.HasPrefix(key, "results/"+r.exam+"/_deliveries/"+b.BatchID+"/")
		for _, folder := range []string{"original/", "header/"} {
			rest, ok := strings.CutPrefix(key, folder+r.exam+"/")
			student, name, _ := strings.Cut(rest, "/")
			under = under || ok && (student == kim || student == "unknown_id") && name != "" && !strings.ContainsAny(name, "/\\%?#&+\u202e ") && name[0] != '.'
		}
		if !under || len(key) > 1024 {
			t.Errorf("wrote %q", key)
		}
	}
	if written < 4*len(keys) {
		t.Errorf("saw %d objects written, want four a sheet", written)
	}
}

// What a worker holds is told, for who scales workers by it: a queue's length
// alone forgets what is in flight.
func TestHeldIsTold(t *testing.T) {
	r := newRig(t)
	r.options.Concurrency = 1
	r.roster(kim)
	keys := r.sheets("~", kim, kim)
	r.start()
	r.submit(jobs.Recognize{Keys: keys})
	r.until("the messages that are held", func() bool {
		return r.metric("hakbeon_messages_held", map[string]string{"queue": "work"}) == float64(len(keys))
	})
}
