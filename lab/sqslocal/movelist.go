package sqslocal

import "slices"

type listMovesInput struct {
	SourceArn  string
	MaxResults *int
}

// moveView is a move task as listed; only a running task shows its handle.
type moveView struct {
	TaskHandle                        string `json:",omitempty"`
	Status                            string
	SourceArn                         string
	DestinationArn                    string `json:",omitempty"`
	MaxNumberOfMessagesPerSecond      int    `json:",omitempty"`
	ApproximateNumberOfMessagesMoved  int
	ApproximateNumberOfMessagesToMove int
	FailureReason                     string `json:",omitempty"`
	StartedTimestamp                  int64  // milliseconds since 1970
}

type listMovesOutput struct{ Results []moveView }

// opListMoves lists a queue's tasks, the latest first.
func opListMoves(s *Server, _ *call, in *listMovesInput) (any, error) {
	limit := 1
	if in.MaxResults != nil {
		limit = *in.MaxResults
	}
	if limit < 1 || limit > 10 {
		return nil, outOfRange(limit, "MaxResults", "Must be between 1 and 10, if provided")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	source := s.queueByARN(in.SourceArn)
	if source == nil {
		return nil, taskNotFound("The resource that you specified for the SourceArn parameter doesn't exist.")
	}
	out := listMovesOutput{Results: []moveView{}}
	for _, m := range slices.Backward(s.moves) {
		if m.source == source && len(out.Results) < limit {
			out.Results = append(out.Results, m.view())
		}
	}
	return out, nil
}

func (m *move) view() moveView {
	v := moveView{
		Status: m.status, SourceArn: m.source.arn, DestinationArn: m.target, MaxNumberOfMessagesPerSecond: m.rate,
		ApproximateNumberOfMessagesMoved: m.moved, ApproximateNumberOfMessagesToMove: m.total,
		FailureReason: m.failure, StartedTimestamp: m.started.UnixMilli(),
	}
	if m.status == moveRunning {
		v.TaskHandle = m.handle()
	}
	return v
}
