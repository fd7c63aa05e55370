package vlm

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	calls  *prometheus.CounterVec
	tokens *prometheus.CounterVec
	cost   prometheus.Counter
	time   prometheus.Histogram
}

func newMetrics(into prometheus.Registerer) *metrics {
	m := &metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hakbeon_vlm_questions_total", Help: "Questions to the second reader, by result.",
		}, []string{"result"}),
		tokens: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hakbeon_vlm_tokens_total", Help: "Tokens of the second reader, by direction.",
		}, []string{"direction"}),
		cost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hakbeon_vlm_cost_dollars_total", Help: "What the second reader's tokens cost, by the configured prices.",
		}),
		time: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hakbeon_vlm_seconds", Help: "Time of a question to the second reader.", Buckets: prometheus.ExponentialBuckets(0.05, 2, 11),
		}),
	}
	into.MustRegister(m.calls, m.tokens, m.cost, m.time)
	return m
}

func (m *metrics) note(err error, took time.Duration, a answer, o Options) {
	m.calls.WithLabelValues(result(err, a)).Inc()
	m.tokens.WithLabelValues("in").Add(float64(a.in))
	m.tokens.WithLabelValues("out").Add(float64(a.out))
	m.cost.Add((float64(a.in)*o.PriceIn + float64(a.out)*o.PriceOut) / 1e6)
	m.time.Observe(took.Seconds())
}

func result(err error, a answer) string {
	switch {
	case err == nil && a.text == "":
		return "nothing"
	case err == nil:
		return "answered"
	case errors.Is(err, ErrResting):
		return "resting"
	case errors.Is(err, ErrBusy):
		return "busy"
	case errors.Is(err, ErrAnswer):
		return "unusable"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "failed"
}
