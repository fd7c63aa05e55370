package sqslocal

import (
	"maps"
	"slices"
	"strings"
)

type listQueuesInput struct{ QueueNamePrefix string }

type listQueuesOutput struct {
	QueueUrls []string `json:",omitempty"`
}

// opListQueues lists all queues at once: nobody has so many here that they need pages.
func opListQueues(s *Server, c *call, in *listQueuesInput) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out listQueuesOutput
	for _, name := range slices.Sorted(maps.Keys(s.queues)) {
		if strings.HasPrefix(name, in.QueueNamePrefix) {
			out.QueueUrls = append(out.QueueUrls, c.url(name))
		}
	}
	return out, nil
}
