package sqslocal

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
)

type listQueuesInput struct {
	QueueNamePrefix string
	NextToken       string
	MaxResults      *int
}

type listQueuesOutput struct {
	QueueUrls []string `json:",omitempty"`
	NextToken string   `json:",omitempty"`
}

func opListQueues(s *Server, c *call, in *listQueuesInput) (any, error) {
	s.mu.Lock()
	names := slices.Sorted(maps.Keys(s.queues))
	s.mu.Unlock()
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, in.QueueNamePrefix) })
	page, next, err := paginate(names, in.NextToken, in.MaxResults)
	return listQueuesOutput{c.urls(page), next}, err
}

func (c *call) urls(names []string) []string {
	urls := make([]string, len(names))
	for i, name := range names {
		urls[i] = c.url(name)
	}
	return urls
}

// paginate cuts one page out of sorted names. As in SQS there is a token for
// the next page only if the caller sets a maximum; without, a page has 1,000.
func paginate(names []string, token string, limit *int) (page []string, next string, err error) {
	if limit != nil && (*limit < 1 || *limit > 1000) {
		return nil, "", outOfRange(*limit, "MaxResults", "Must be between 1 and 1000, if provided")
	}
	after, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return nil, "", outOfRange(token, "NextToken", "Invalid or expired next token")
	}
	if token != "" {
		at, found := slices.BinarySearch(names, string(after))
		if found {
			at++
		}
		names = names[at:]
	}
	size := 1000
	if limit != nil {
		size = *limit
	}
	if len(names) <= size {
		return names, "", nil
	}
	if limit != nil {
		next = base64.StdEncoding.EncodeToString([]byte(names[size-1]))
	}
	return names[:size], next, nil
}
