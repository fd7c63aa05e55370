package worker_test

import (
	"testing"

	"hakbeon/jobs"
	"hakbeon/worker"
)

// metric adds up the values of a metric with these labels.
func (r *rig) metric(name string, labels map[string]string) float64 {
	r.t.Helper()
	families, err := r.registry.Gather()
	must(r.t, err)
	sum := 0.0
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			found := 0
			for _, pair := range m.GetLabel() {
				if labels[pair.GetName()] == pair.GetValue() {
					found++
				}
			}
			if found == len(labels) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

func TestMetrics(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	keys := r.sheets(kim, "")
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	for _, want := range []struct {
		name   string
		labels map[string]string
		least  float64
	}{
		{"hakbeon_messages_total", map[string]string{"queue": "jobs", "outcome": "done"}, 1},
		{"hakbeon_sheet_versions_total", map[string]string{"stage": "match", "status": "matched", "reason": "success"}, 1},
		{"hakbeon_sheet_versions_total", map[string]string{"stage": "solve", "reason": "no_id_found"}, 1},
		{"hakbeon_stage_seconds", map[string]string{"stage": "download"}, 2},
		{"hakbeon_stage_seconds", map[string]string{"stage": "read"}, 2},
		{"hakbeon_webhook_attempts_total", map[string]string{"type": worker.EventCompleted, "result": "delivered"}, 1},
		{"hakbeon_webhook_seconds", nil, 1},
	} {
		if got := r.metric(want.name, want.labels); got < want.least {
			t.Errorf("%s%v: got %v, want %v at least", want.name, want.labels, got, want.least)
		}
	}
	if got := r.metric("hakbeon_paused", nil) + r.metric("hakbeon_messages_held", nil); got != 0 {
		t.Errorf("got %v paused or held, want nothing", got)
	}
}
