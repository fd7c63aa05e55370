// Package telemetry is what the worker's parts tell of themselves: figures for
// Prometheus and spans for a trace.
package telemetry

import (
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hakbeon/exam"
	"hakbeon/recognizer/imagefile/sandbox"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
)

// The queues' names in metrics, whatever they are called at SQS.
const (
	QueueJobs      = "jobs"
	QueueWork      = "work"
	QueueCallbacks = "callbacks"
	QueueDead      = "dead_letters"
)

// Metrics are the worker's figures. Every label has a bounded set of values.
type Metrics struct {
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
	arrivals   *prometheus.CounterVec
	unlogged   prometheus.Counter
	receivers  receivers
}

// NewMetrics registers the figures.
func NewMetrics(into prometheus.Registerer) *Metrics {
	m := &Metrics{
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
		webhooks: counters("hakbeon_webhook_attempts_total", "Attempts to deliver an event by its type, receiver and result.", "type", "receiver", "result"),
		deferred: counters("hakbeon_webhook_deferred_total", "Deliveries put off to spare their receiver, by cause: circuit or rate.", "cause"),
		posts: histograms("hakbeon_webhook_seconds", "Time of an attempt to deliver an event by receiver.",
			prometheus.ExponentialBuckets(0.005, 2, 14), "receiver"),
		expiry: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hakbeon_credentials_expire_timestamp_seconds", Help: "When the AWS credentials run out, in Unix time; 0 for those that don't.",
		}),
	}
	m.stops = counters("hakbeon_decoder_stops_total", "Pages that ended the decoder's process, by cause: time, memory or crash.", "cause")
	m.arrivals = counters("hakbeon_upload_events_total", "Events of S3 on the jobs queue by what became of them: taken, not_a_sheet, other_event or test.", "result")
	m.unlogged = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "hakbeon_delivery_log_lost_total", Help: "Lines of the log of deliveries that could not be written to S3; the deliveries were made all the same.",
	})
	into.MustRegister(m.unlogged, m.arrivals, m.stops, m.messages, m.waits, m.depth, m.sheets, m.stages, m.confidence, m.batches, m.webhooks, m.deferred, m.posts, m.expiry)
	// So that a first failure is seen as an increase.
	for _, name := range []string{QueueJobs, QueueWork, QueueCallbacks} {
		for _, outcome := range []string{"done", "dead", "retry", "pause", "lost"} {
			m.messages.WithLabelValues(name, outcome)
		}
	}
	for _, cause := range []sandbox.Cause{sandbox.Timeout, sandbox.Memory, sandbox.Crash} {
		m.stops.WithLabelValues(string(cause))
	}
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// Settled counts a message that left its queue.
func (m *Metrics) Settled(name string, s queue.Settled) {
	m.messages.WithLabelValues(name, s.Outcome).Inc()
}

// Waited notes how long a message lay on its queue.
func (m *Metrics) Waited(name string, d time.Duration) {
	m.waits.WithLabelValues(name).Observe(max(0, d.Seconds()))
}

// Sheet counts a written version.
func (m *Metrics) Sheet(r *exam.Result) {
	m.sheets.WithLabelValues(r.Meta.Stage, r.Status, r.Meta.Reason).Inc()
}

// Confident notes the confidence of a final version.
func (m *Metrics) Confident(r *exam.Result) {
	m.confidence.WithLabelValues(r.Status).Observe(r.Confidence)
}

// Stage notes how long a stage has taken.
func (m *Metrics) Stage(name string, since time.Time) {
	m.stages.WithLabelValues(name).Observe(time.Since(since).Seconds())
}

// Timings notes the stages of a sheet, in milliseconds.
func (m *Metrics) Timings(ms map[string]float64) {
	for stage, t := range ms {
		m.stages.WithLabelValues(stage).Observe(t / 1000)
	}
}

// Webhook counts an attempt to deliver.
func (m *Metrics) Webhook(kind, to string, err error, since time.Time) {
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

// resultQueue stands for the result queue among receivers: no host is called so.
const resultQueue = "result_queue"

// Queued counts an attempt to put an event on the result queue.
func (m *Metrics) Queued(kind string, err error, since time.Time) {
	result := "delivered"
	if err != nil {
		result = "other"
	}
	m.webhooks.WithLabelValues(kind, resultQueue, result).Inc()
	m.posts.WithLabelValues(resultQueue).Observe(time.Since(since).Seconds())
}

// Deferred counts a delivery that was put off to spare its receiver.
func (m *Metrics) Deferred(cause string) { m.deferred.WithLabelValues(cause).Inc() }

// LinesLost counts lines of the log of deliveries that could not be written.
func (m *Metrics) LinesLost(n int) { m.unlogged.Add(float64(n)) }

// DecoderStopped counts a page that ended the decoder's process.
func (m *Metrics) DecoderStopped(cause string) { m.stops.WithLabelValues(cause).Inc() }

// Arrived counts events of S3 by what became of them.
func (m *Metrics) Arrived(result string, events int) {
	m.arrivals.WithLabelValues(result).Add(float64(events))
}

// BatchEnded notes how old a batch was at its first end.
func (m *Metrics) BatchEnded(age time.Duration) { m.batches.Observe(age.Seconds()) }

// Expires notes when the credentials run out; the zero time is never.
func (m *Metrics) Expires(at time.Time) {
	if at.IsZero() {
		m.expiry.Set(0)
		return
	}
	m.expiry.Set(float64(at.Unix()))
}

// Depth notes how much lies on a queue in one state. What can't be told, below 0, is
// taken away: an old figure would look like a quiet queue.
func (m *Metrics) Depth(name, state string, messages int) {
	if messages < 0 {
		m.depth.DeleteLabelValues(name, state)
		return
	}
	m.depth.WithLabelValues(name, state).Set(float64(messages))
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
