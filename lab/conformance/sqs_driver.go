package conformance

import (
	"testing"

	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
	"hakbeon/worker/queue/drivertest"
)

// sqsDriverCases holds the worker's driver to its own suite, over this service.
func sqsDriverCases() []sqsCase {
	return []sqsCase{{"the worker's driver", func(t *testing.T, k *sqsKit) {
		drivertest.Run(t, drivertest.Options{Patience: k.options.Patience, Open: func(t *testing.T, ordered bool) queue.Driver {
			if ordered {
				return awssqs.Open(k.client, *k.fifo(t, nil).url)
			}
			return awssqs.Open(k.client, *k.standard(t, nil).url)
		}})
	}}}
}
