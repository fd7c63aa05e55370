package sqslocal

import (
	"maps"
	"time"
)

type tagQueueInput struct {
	QueueURL string `json:"QueueUrl"`
	Tags     map[string]string
}

func opTagQueue(s *Server, _ *call, in *tagQueueInput) (any, error) {
	return nil, s.on(in.QueueURL, func(q *queue, _ time.Time) error {
		maps.Copy(q.tags, in.Tags)
		return nil
	})
}

type untagQueueInput struct {
	QueueURL string `json:"QueueUrl"`
	TagKeys  []string
}

func opUntagQueue(s *Server, _ *call, in *untagQueueInput) (any, error) {
	return nil, s.on(in.QueueURL, func(q *queue, _ time.Time) error {
		for _, key := range in.TagKeys {
			delete(q.tags, key)
		}
		return nil
	})
}

type tagsOutput struct {
	Tags map[string]string `json:",omitempty"`
}

func opListQueueTags(s *Server, _ *call, in *queueInput) (any, error) {
	var out tagsOutput
	return &out, s.on(in.QueueURL, func(q *queue, _ time.Time) error {
		out.Tags = maps.Clone(q.tags)
		return nil
	})
}
