package worker

import (
	"time"

	"hakbeon/s3store"
)

// ReceiverLabels gives the labels of webhooks to these addresses.
func ReceiverLabels(addresses ...string) []string {
	var r receivers
	var out []string
	for _, a := range addresses {
		out = append(out, r.label(a))
	}
	return out
}

// OpenBatches is openBatches.
type OpenBatches struct{ o *openBatches }

// NewOpenBatches is newOpenBatches.
func NewOpenBatches() OpenBatches { return OpenBatches{newOpenBatches()} }

// Saw is saw.
func (o OpenBatches) Saw(b s3store.Batch, created time.Time) { o.o.saw(b, time.Since(created)) }

// Close is close.
func (o OpenBatches) Close(b s3store.Batch) { o.o.close(b) }

// Oldest is oldest.
func (o OpenBatches) Oldest() time.Duration { return o.o.oldest(time.Now()) }
