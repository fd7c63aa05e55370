package worker_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	dto "github.com/prometheus/client_model/go"

	"hakbeon/exam"
	"hakbeon/jobs"
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
	r.options.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{CanExpire: true, Expires: time.Unix(2e9, 0)}, nil
	})
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.until("a look at the queues", func() bool {
		families, err := r.registry.Gather()
		must(t, err)
		return slices.ContainsFunc(families, func(f *dto.MetricFamily) bool {
			return f.GetName() == "hakbeon_queue_messages" && len(f.GetMetric()) == 12
		})
	})
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
		{"hakbeon_webhook_attempts_total", map[string]string{"type": exam.EventCompleted, "receiver": "127.0.0.1", "result": "delivered"}, 1},
		{"hakbeon_webhook_seconds", map[string]string{"receiver": "127.0.0.1"}, 1},
		{"hakbeon_queue_wait_seconds", map[string]string{"queue": "jobs"}, 1},
		{"hakbeon_queue_wait_seconds", map[string]string{"queue": "work"}, 2},
		{"hakbeon_queue_wait_seconds", map[string]string{"queue": "callbacks"}, 2},
		{"hakbeon_confidence", map[string]string{"status": "matched"}, 1},
		{"hakbeon_batch_seconds", nil, 1},
		{"hakbeon_credentials_expire_timestamp_seconds", nil, 2e9},
	} {
		if got := r.metric(want.name, want.labels); got < want.least {
			t.Errorf("%s%v: got %v, want %v at least", want.name, want.labels, got, want.least)
		}
	}
	r.until("nothing to be paused, held or open", func() bool {
		return r.metric("hakbeon_paused", nil)+r.metric("hakbeon_messages_held", nil)+r.metric("hakbeon_oldest_batch_age_seconds", nil) == 0
	})
}
