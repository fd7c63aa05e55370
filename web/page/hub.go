package page

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"hakbeon/s3store/layout"
)

const (
	// maxWatches bounds the batches that are looked up at once, for whoever looks.
	maxWatches = 32
	// linger is how long a batch is kept after the last browser has gone: a page
	// that is loaded again finds it.
	linger = 15 * time.Second
)

// errBusy: too many batches are being looked at.
var errBusy = errors.New("too many batches are open: close some pages and try again")

// hub keeps one watch for each batch that somebody looks at.
type hub struct {
	life context.Context
	opts Options

	mu      sync.Mutex
	watches map[layout.Batch]*watch
}

func newHub(life context.Context, o Options) *hub {
	return &hub{life: life, opts: o, watches: map[layout.Batch]*watch{}}
}

// join returns the batch's watch, begun if there is none; leave must be called.
func (h *hub) join(b layout.Batch) (w *watch, leave func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.life.Err() != nil {
		return nil, nil, h.life.Err()
	}
	w = h.watches[b]
	if w == nil {
		if len(h.watches) >= maxWatches {
			return nil, nil, errBusy
		}
		w = newWatch(b, h.opts)
		h.watches[b] = w
		go h.run(w)
	}
	w.viewers++
	return w, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		w.viewers--
		w.left = time.Now()
	}, nil
}

// known returns the batch's watch if somebody looks at it.
func (h *hub) known(b layout.Batch) *watch {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.watches[b]
}

func (h *hub) run(w *watch) {
	tick := time.NewTicker(h.opts.Every)
	defer tick.Stop()
	for {
		if err := w.look(h.life); err != nil && h.life.Err() == nil {
			h.opts.Log.Warn("could not look at the batch", zap.String("exam_code", w.view.ExamCode),
				zap.String("batch_id", w.view.BatchID), zap.Error(err))
		}
		select {
		case <-h.life.Done():
			w.end()
			return
		case <-tick.C:
		}
		if h.unwatched(w) {
			return
		}
	}
}

// unwatched forgets a watch that nobody needs.
func (h *hub) unwatched(w *watch) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w.viewers > 0 || time.Since(w.left) < linger {
		return false
	}
	delete(h.watches, w.view.Batch)
	return true
}
