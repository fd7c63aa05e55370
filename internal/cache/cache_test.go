package cache_test

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hakbeon/internal/cache"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept counts how many of the keys 0 to n-1 a cache still has, once it has settled.
func kept[V any](t *testing.T, c cache.Cache[int, V], n, most int) (there int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) { // it drops values in the background
		there = 0
		for i := range n {
			if _, ok := c.Get(i); ok {
				there++
			}
		}
		if there <= most || time.Now().After(end) {
			return there
		}
	}
}

func TestBySize(t *testing.T) {
	c := cache.BySize[int, string](10)
	for i := range 100 {
		c.Set(i, fmt.Sprint(i))
	}
	if n := kept(t, c, 100, 10); n > 10 || n == 0 {
		t.Errorf("%d of 100 values are kept, want some, 10 at most", n)
	}
}

func TestByWeight(t *testing.T) {
	c := cache.ByWeight[int](1000, func(v []byte) int { return len(v) })
	for i := range 100 {
		c.Set(i, make([]byte, 100))
	}
	if n := kept(t, c, 100, 10); n > 10 || n == 0 {
		t.Errorf("%d of 100 values of 100 bytes are kept, want some, 10 at most", n)
	}
	c.Set(200, nil)
	if v, ok := c.Get(200); v != nil || !ok {
		t.Errorf("a value without bytes: got %v, %t", v, ok)
	}
}

func Example() {
	c := cache.BySize[string, int](100)
	c.Set("two", 2)
	fmt.Println(c.Get("two"))
	c.Drop("two")
	fmt.Println(c.Get("two"))
	// Output:
	// 2 true
	// 0 false
}
