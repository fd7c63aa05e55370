package worker

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"hakbeon/s3store"
)

// cache keeps what was used last, bounded by its bytes. It is safe for
// concurrent use. What lies in it is shared and must not be changed.
type cache[V any] struct {
	mu    sync.Mutex
	limit int
	bytes int
	items *simplelru.LRU[string, weighed[V]]
}

type weighed[V any] struct {
	value V
	bytes int
}

// mostItems bounds the number too; their bytes bound it long before.
const mostItems = 1 << 20

func newCache[V any](limit int) (*cache[V], error) {
	c := &cache[V]{limit: limit}
	var err error
	c.items, err = simplelru.NewLRU(mostItems, func(_ string, w weighed[V]) { c.bytes -= w.bytes })
	if err != nil {
		return nil, fmt.Errorf("make a cache: %w", err)
	}
	return c, nil
}

func (c *cache[V]) get(key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w, ok := c.items.Get(key)
	return w.value, ok
}

// put keeps the value, unless it alone is beyond the bound.
func (c *cache[V]) put(key string, value V, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items.Remove(key)
	if bytes > c.limit {
		return
	}
	c.items.Add(key, weighed[V]{value, bytes})
	c.bytes += bytes
	for c.bytes > c.limit {
		c.items.RemoveOldest()
	}
}

func (c *cache[V]) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items.Remove(key)
}

// written is a sheet's record as this process wrote it.
type written struct {
	body []byte
	etag string
	at   time.Time
}

// record decodes the record anew, so that nobody changes the cached one.
func (w written) record() (*s3store.Sheet, error) {
	var rec s3store.Sheet
	if err := json.Unmarshal(w.body, &rec); err != nil {
		return nil, fmt.Errorf("decode a record of ours: %w", err)
	}
	return &rec, nil
}
