package sqslocal

import (
	"encoding/base64"
	"slices"
	"time"
)

// A move task is done in steps by a timer, so that it takes time as on SQS,
// can be listed while it runs, and can be cancelled.
const (
	moveTick    = 100 * time.Millisecond
	maxMoveRate = 500 // messages a second; also the rate if none is given
)

// move is a message move task. The server's mutex guards it.
type move struct {
	server  *Server
	id      string
	source  *queue
	target  string // ARN, or "" for the queue that each message came from
	rate    int    // as asked for, or 0
	tick    time.Duration
	chunk   int // messages a tick
	status  string
	failure string
	moved   int
	total   int
	started time.Time
	timer   *time.Timer
}

const (
	moveRunning   = "RUNNING"
	moveCompleted = "COMPLETED"
	moveCancelled = "CANCELLED"
	moveFailed    = "FAILED"
)

// handle names the task to callers.
func (m *move) handle() string {
	return base64.StdEncoding.EncodeToString([]byte(`{"taskId":"` + m.id + `","sourceArn":"` + m.source.arn + `"}`))
}

// setRate chooses ticks and chunks for a rate of messages a second.
func (m *move) setRate(rate int) {
	m.rate = rate
	if rate == 0 {
		rate = maxMoveRate
	}
	m.tick = max(moveTick, time.Second/time.Duration(rate))
	m.chunk = max(1, int(time.Duration(rate)*m.tick/time.Second))
}

// step moves a chunk and arranges the next.
func (m *move) step() {
	m.server.mu.Lock()
	defer m.server.mu.Unlock()
	now := time.Now()
	m.source.advance(now)
	for range m.chunk {
		if m.status != moveRunning {
			return
		}
		m.moveOne(now)
	}
	if m.status == moveRunning {
		m.timer.Reset(m.tick)
	}
}

// moveOne moves a ready message as a new message, and completes the task when
// there is none. Messages in flight stay.
func (m *move) moveOne(now time.Time) {
	message := m.source.takeReady()
	if message == nil {
		m.status = moveCompleted
		return
	}
	target, problem := m.targetOf(message)
	if target == nil {
		m.status, m.failure = moveFailed, problem
		m.source.show(message)
		return
	}
	moved := *message
	m.source.drop(message)
	moved.id, moved.sent, moved.order = newID(), now, m.server.nextNumber()
	moved.receives, moved.source, moved.firstReceived = 0, "", time.Time{}
	target.advance(now)
	target.add(&moved, now, target.settings.delay)
	target.notify(now)
	m.moved++
}

// targetOf is the queue that a message goes to, or the reason why there is none.
func (m *move) targetOf(message *message) (*queue, string) {
	arn := m.target
	if arn == "" {
		arn = message.source
	}
	if arn == "" {
		return nil, "CouldNotDetermineMessageSource"
	}
	return m.server.queueByARN(arn), "AWS.SimpleQueueService.NonExistentQueue"
}

// takeReady takes out any message that may be received, or is nil.
func (q *queue) takeReady() *message {
	for q.turns.len() > 0 {
		g := q.turns.pop()
		g.inTurn = false
		m := g.take(func(int) int { return 0 })
		q.giveTurn(g)
		if m != nil {
			return m
		}
	}
	return nil
}

type startMoveInput struct {
	SourceArn                    string
	DestinationArn               string
	MaxNumberOfMessagesPerSecond *int
}

type taskOutput struct{ TaskHandle string }

func opStartMove(s *Server, _ *call, in *startMoveInput) (any, error) {
	rate := 0
	if in.MaxNumberOfMessagesPerSecond != nil {
		rate = *in.MaxNumberOfMessagesPerSecond
		if rate < 1 || rate > maxMoveRate {
			return nil, outOfRange(rate, "MaxNumberOfMessagesPerSecond", "Must be between 1 and 500")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	source := s.queueByARN(in.SourceArn)
	if err := s.checkMove(source, in.DestinationArn); err != nil {
		return nil, err
	}
	now := time.Now()
	source.advance(now)
	m := &move{
		server: s, id: newID(), source: source, target: in.DestinationArn,
		status: moveRunning, total: source.visible(), started: now,
	}
	m.setRate(rate)
	m.timer = time.AfterFunc(m.tick, m.step)
	s.moves = append(s.moves, m)
	return taskOutput{m.handle()}, nil
}

// checkMove checks that messages of source can be moved.
func (s *Server) checkMove(source *queue, target string) error {
	switch {
	case source == nil:
		return taskNotFound("The resource that you specified for the SourceArn parameter doesn't exist.")
	case target != "" && s.queueByARN(target) == nil:
		return taskNotFound("The resource that you specified for the DestinationArn parameter doesn't exist.")
	case len(s.sourcesOf(source)) == 0:
		return invalidValue("Source queue must be configured as a Dead Letter Queue.")
	case target == source.arn:
		return invalidValue("Source queue arn and destination queue arn cannot be the same.")
	}
	for _, m := range s.moves {
		if m.source == source && m.status == moveRunning {
			return legacyError("UnsupportedOperation",
				"There is already a task running. Only one active task is allowed for a source queue arn at a given time.")
		}
	}
	return nil
}

type cancelMoveInput struct{ TaskHandle string }

type cancelMoveOutput struct{ ApproximateNumberOfMessagesMoved int }

func opCancelMove(s *Server, _ *call, in *cancelMoveInput) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.moves, func(m *move) bool { return m.handle() == in.TaskHandle })
	if at < 0 {
		return nil, taskNotFound("Task does not exist.")
	}
	m := s.moves[at]
	if m.status != moveRunning {
		return nil, legacyError("UnsupportedOperation", "Only active tasks can be cancelled.")
	}
	m.status = moveCancelled
	m.timer.Stop()
	return cancelMoveOutput{m.moved}, nil
}
