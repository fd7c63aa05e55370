package deliver

import (
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hakbeon/webhook"
)

// NewReceivers has the log told of each circuit that opens or closes.
func NewReceivers(o webhook.ReceiversOptions, log *zap.Logger) (*webhook.Receivers, error) {
	o.OnChange = func(receiver, state string) {
		log.Warn("webhook receiver's circuit has changed", zap.String("receiver", receiver), zap.String("state", state))
	}
	return webhook.NewReceivers(o)
}

// Circuits collects the state of each receiver's circuit. There are as many
// labels as receivers are tracked.
type Circuits struct{ Of *webhook.Receivers }

func circuitDesc() *prometheus.Desc {
	return prometheus.NewDesc("hakbeon_webhook_circuit", "State of a webhook receiver's circuit: 0 closed, 1 half-open, 2 open.", []string{"receiver"}, nil)
}

// Describe implements prometheus.Collector.
func (c Circuits) Describe(out chan<- *prometheus.Desc) { out <- circuitDesc() }

// Collect implements prometheus.Collector.
func (c Circuits) Collect(out chan<- prometheus.Metric) {
	value := map[string]float64{"closed": 0, "half-open": 1, "open": 2}
	for receiver, state := range c.Of.States() {
		out <- prometheus.MustNewConstMetric(circuitDesc(), prometheus.GaugeValue, value[state], receiver)
	}
}
