package reading

import (
	"context"
	"fmt"

	"golang.org/x/sync/semaphore"
)

// Memory bounds the bytes of files that are held. It is safe for concurrent use.
type Memory struct {
	budget int64
	all    *semaphore.Weighted
	// uploads are the bytes that may be kept by uploads: slow senders must not keep the
	// queues' sheets from being downloaded.
	uploads *semaphore.Weighted
}

// NewMemory is room for so many bytes, half of them for uploads; a larger file is taken
// alone.
func NewMemory(budget int64) *Memory {
	return &Memory{budget: budget, all: semaphore.NewWeighted(budget), uploads: semaphore.NewWeighted(max(budget/2, 1))}
}

// Take takes room for a file; release gives it back. The error is that ctx has ended.
func (m *Memory) Take(ctx context.Context, bytes int64) (release func(), err error) {
	bytes = min(bytes, m.budget)
	if err := m.all.Acquire(ctx, bytes); err != nil {
		return nil, fmt.Errorf("wait for memory: %w", err)
	}
	return func() { m.all.Release(bytes) }, nil
}

// TakeUpload takes room for an upload, beside the files that are downloaded; release
// gives it back. The error is that ctx has ended.
func (m *Memory) TakeUpload(ctx context.Context, bytes int64) (release func(), err error) {
	bytes = min(bytes, max(m.budget/2, 1))
	if err := m.uploads.Acquire(ctx, bytes); err != nil {
		return nil, fmt.Errorf("wait for memory: %w", err)
	}
	free, err := m.Take(ctx, bytes)
	if err != nil {
		m.uploads.Release(bytes)
		return nil, err
	}
	return func() { free(); m.uploads.Release(bytes) }, nil
}
