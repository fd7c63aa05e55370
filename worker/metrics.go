package worker

import (
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hakbeon/recognizer/imagefile/sandbox"
	"hakbeon/s3store"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
)

// The queues' names in metrics, whatever they are called at SQS.
const (
	queueJobs      = "jobs"
	queueWork      = "work"
	queueCallbacks = "callbacks"
	queueDead      = "dead_letters"
)

// metrics are the worker's figures. Every label has a bounded set of values.
type metrics struct {
	messages   *prometheus.CounterVec
	waits      *prometheus.HistogramVec
	depth      *prometheus.GaugeVec
	sheets     *prometheus.CounterVec
	stages     *prometheus.HistogramVec
	confidence *prometheus.HistogramVec
	batches    prometheus.Histogram
	webhooks   *prometheus.CounterVec
	deferred   *prometheus.CounterVec
	posts      *prometheus.HistogramVec
	expiry     prometheus.Gauge
	stops      *prometheus.CounterVec
	receivers  receivers
}

func newMetrics(into prometheus.Registerer, w *Worker) *metrics {
	m := &metrics{
		messages: counters("hakbeon_messages_total", "Settled messages by queue and outcome.", "queue", "outcome"),
		waits: histograms("hakbeon_queue_wait_seconds", "How long a message lay on its queue before it was begun, deliberate delays left out.",
			prometheus.ExponentialBuckets(0.05, 3, 12), "queue"),
		depth: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "hakbeon_queue_messages", Help: "Messages on a queue as SQS counts them, about: visible, in_flight or delayed.",
		}, []string{"queue", "state"}),
		sheets: counters("hakbeon_sheet_versions_total", "Written versions of sheets by stage, status and reason.", "stage", "status", "reason"),
		stages: histograms("hakbeon_stage_seconds", "Time of a sheet in each stage.", prometheus.ExponentialBuckets(0.001, 2, 16), "stage"),
		confidence: histograms("hakbeon_confidence", "Probability of the best student of final versions by status.",
			[]float64{0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1}, "status"),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hakbeon_batch_seconds", Help: "Time from a batch's first message to its first end.", Buckets: prometheus.ExponentialBuckets(1, 2, 16),
		}),
		webhooks: counters("hakbeon_webhook_attempts_total", "Attempts to deliver a webhook by event type, receiver and result.", "type", "receiver", "result"),
		deferred: counters("hakbeon_webhook_deferred_total", "Deliveries put off to spare their receiver, by cause: circuit or rate.", "cause"),
		posts: histograms("hakbeon_webhook_seconds", "Time of an attempt to deliver a webhook by receiver.",
			prometheus.ExponentialBuckets(0.005, 2, 14), "receiver"),
		expiry: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hakbeon_credentials_expire_timestamp_seconds", Help: "When the AWS credentials run out, in Unix time; 0 for those that don't.",
		}),
	}
	m.stops = counters("hakbeon_decoder_stops_total", "Pages that ended the decoder's process, by cause: time, memory or crash.", "cause")
	into.MustRegister(m.stops, m.messages, m.waits, m.depth, m.sheets, m.stages, m.confidence, m.batches, m.webhooks, m.deferred, m.posts, m.expiry, circuits{w.receivers})
	registerLive(into, w)
	// So that a first failure is seen as an increase.
	for _, name := range []string{queueJobs, queueWork, queueCallbacks} {
		for _, outcome := range []string{"done", "dead", "retry", "pause", "lost"} {
			m.messages.WithLabelValues(name, outcome)
		}
	}
	for _, cause := range []sandbox.Cause{sandbox.Timeout, sandbox.Memory, sandbox.Crash} {
		m.stops.WithLabelValues(string(cause))
	}
	return m
}

// registerLive registers what is looked up when it is asked for.
func registerLive(into prometheus.Registerer, w *Worker) {
	for i, name := range []string{queueJobs, queueWork, queueCallbacks} {
		into.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_messages_held", Help: "Messages held now.", ConstLabels: prometheus.Labels{"queue": name},
		}, func() float64 { return float64(w.consumers[i].Held()) }))
	}
	into.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_paused", Help: "How many outside things are out of order, so that receiving pauses.",
		}, func() float64 { return float64(len(w.gate.Paused())) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_oldest_batch_age_seconds", Help: "Age of the oldest batch without an end that this process has lately seen; 0 for none.",
		}, func() float64 { return w.open.oldest(time.Now()).Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_clock_ahead_seconds", Help: "How far this machine's clock is ahead of the queue's, which is used; negative if it is behind.",
		}, func() float64 { return w.opts.Clock.Ahead().Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_readers_hung", Help: "Readings that do not end and were abandoned; each holds a slot.",
		}, func() float64 { return float64(w.hung.Load()) }),
	)
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

func (m *metrics) settled(name string, s queue.Settled) {
	m.messages.WithLabelValues(name, s.Outcome).Inc()
}

func (m *metrics) waited(name string, d time.Duration) {
	m.waits.WithLabelValues(name).Observe(max(0, d.Seconds()))
}

func (m *metrics) sheet(r *s3store.Result) {
	m.sheets.WithLabelValues(r.Meta.Stage, r.Status, r.Meta.Reason).Inc()
}

func (m *metrics) confident(r *s3store.Result) {
	m.confidence.WithLabelValues(r.Status).Observe(r.Confidence)
}

func (m *metrics) stage(name string, since time.Time) {
	m.stages.WithLabelValues(name).Observe(time.Since(since).Seconds())
}

func (m *metrics) timings(ms map[string]float64) {
	for stage, t := range ms {
		m.stages.WithLabelValues(stage).Observe(t / 1000)
	}
}

func (m *metrics) webhook(kind, to string, err error, since time.Time) {
	result := "delivered"
	if err != nil {
		result = "other"
		if failure, ok := errors.AsType[*webhook.Error](err); ok {
			result = string(failure.Reason)
		}
	}
	receiver := m.receivers.label(to)
	m.webhooks.WithLabelValues(kind, receiver, result).Inc()
	m.posts.WithLabelValues(receiver).Observe(time.Since(since).Seconds())
}

// maxReceivers bounds the hosts that are told apart.
const maxReceivers = 20

// receivers names where webhooks go: by host, and those beyond the bound
// together.
type receivers struct {
	mu    sync.Mutex
	known map[string]bool
}

func (r *receivers) label(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return "other"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	host := u.Hostname()
	if !r.known[host] && len(r.known) >= maxReceivers {
		return "other"
	}
	if r.known == nil {
		r.known = map[string]bool{}
	}
	r.known[host] = true
	return host
}
