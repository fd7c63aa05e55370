package worker

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hakbeon/s3store"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
)

// metrics are the worker's figures. Every label has a bounded set of values.
type metrics struct {
	messages *prometheus.CounterVec
	sheets   *prometheus.CounterVec
	stages   *prometheus.HistogramVec
	webhooks *prometheus.CounterVec
	deferred *prometheus.CounterVec
	posts    prometheus.Histogram
}

func newMetrics(into prometheus.Registerer, w *Worker) *metrics {
	m := &metrics{
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hakbeon_messages_total", Help: "Settled messages by queue and outcome.",
		}, []string{"queue", "outcome"}),
		sheets: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hakbeon_sheet_versions_total", Help: "Written versions of sheets by stage, status and reason.",
		}, []string{"stage", "status", "reason"}),
		stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hakbeon_stage_seconds", Help: "Time of a sheet in each stage.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 16),
		}, []string{"stage"}),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hakbeon_webhook_attempts_total", Help: "Attempts to deliver a webhook by event type and result.",
		}, []string{"type", "result"}),
		deferred: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hakbeon_webhook_deferred_total", Help: "Deliveries put off to spare their receiver, by cause: circuit or rate.",
		}, []string{"cause"}),
		posts: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hakbeon_webhook_seconds", Help: "Time of an attempt to deliver a webhook.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 14),
		}),
	}
	into.MustRegister(m.messages, m.sheets, m.stages, m.webhooks, m.deferred, m.posts, circuits{w.receivers})
	for i, name := range []string{"jobs", "work", "callbacks"} {
		into.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_messages_held", Help: "Messages held now.", ConstLabels: prometheus.Labels{"queue": name},
		}, func() float64 { return float64(w.consumers[i].Held()) }))
	}
	into.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "hakbeon_paused", Help: "How many outside things are out of order, so that receiving pauses.",
	}, func() float64 { return float64(len(w.gate.Paused())) }))
	return m
}

func (m *metrics) settled(s queue.Settled) { m.messages.WithLabelValues(s.Queue, s.Outcome).Inc() }

func (m *metrics) sheet(r *s3store.Result) {
	m.sheets.WithLabelValues(r.Meta.Stage, r.Status, r.Meta.Reason).Inc()
}

func (m *metrics) stage(name string, since time.Time) {
	m.stages.WithLabelValues(name).Observe(time.Since(since).Seconds())
}

func (m *metrics) timings(ms map[string]float64) {
	for stage, t := range ms {
		m.stages.WithLabelValues(stage).Observe(t / 1000)
	}
}

func (m *metrics) webhook(kind string, err error, since time.Time) {
	result := "delivered"
	if err != nil {
		result = "other"
		if failure, ok := errors.AsType[*webhook.Error](err); ok {
			result = string(failure.Reason)
		}
	}
	m.webhooks.WithLabelValues(kind, result).Inc()
	m.posts.Observe(time.Since(since).Seconds())
}
