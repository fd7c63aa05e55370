package export

import (
	"context"
	"errors"
	"sync"
	"time"

	"hakbeon/s3store"
)

const (
	// aheadOf is how many objects are fetched before their turn, and maxAhead how large
	// one of them is at most: a larger one is fetched when its turn comes, and is alone
	// then. So an export holds 16 MB and one page.
	aheadOf  = 4
	maxAhead = 4 << 20
	// maxPage is the size of a page, as for reading.
	maxPage = 64 << 20
	// tries is how often an object is asked for.
	tries    = 3
	tryAgain = 200 * time.Millisecond
)

// stream gives objects in order. It must be closed.
type stream struct {
	ctx    context.Context
	cancel context.CancelFunc
	store  Store
	turns  chan *turn
	all    sync.WaitGroup
}

// turn is an object that was asked for.
type turn struct {
	key  string
	done chan struct{}
	body []byte
	err  error
}

// fetch begins to get the objects.
func fetch(ctx context.Context, store Store, keys []string) *stream {
	ctx, cancel := context.WithCancel(ctx)
	// One is in the hands of the reader and one waits for the channel.
	s := &stream{ctx: ctx, cancel: cancel, store: store, turns: make(chan *turn, aheadOf-2)}
	s.all.Go(func() {
		defer close(s.turns)
		for _, key := range keys {
			t := &turn{key: key, done: make(chan struct{})}
			s.all.Go(func() {
				defer close(t.done)
				t.body, t.err = s.get(key, maxAhead)
			})
			select {
			case s.turns <- t:
			case <-ctx.Done():
				return
			}
		}
	})
	return s
}

// next is the next object's body. Errors are s3store's, or that the context has ended.
func (s *stream) next() ([]byte, error) {
	t, more := <-s.turns
	if !more {
		return nil, s.ctx.Err()
	}
	<-t.done
	if errors.Is(t.err, s3store.ErrTooLarge) {
		return s.get(t.key, maxPage)
	}
	return t.body, t.err
}

// close ends what is under way, and waits for it.
func (s *stream) close() {
	s.cancel()
	s.all.Wait()
}

// get asks again after what may pass: an answer that breaks off, too, which the SDK does
// not ask again for.
func (s *stream) get(key string, limit int64) ([]byte, error) {
	for try := 1; ; try++ {
		obj, err := s.store.Get(s.ctx, key, limit)
		again := errors.Is(err, s3store.ErrUnavailable) || errors.Is(err, s3store.ErrThrottled)
		if !again || try == tries {
			return obj.Body, err
		}
		if err := pause(s.ctx, time.Duration(try)*tryAgain); err != nil {
			return nil, err
		}
	}
}
