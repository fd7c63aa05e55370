// Package cache keeps what was used last within bounds. It is otter with types of its
// own: a generic cache is compiled anew in every package that it reaches, which took a
// quarter of the build. Here otter is compiled once.
package cache

import "github.com/maypok86/otter/v2"

// Cache keeps values by their keys. It is safe for concurrent use.
type Cache[K comparable, V any] struct{ of untyped }

// untyped hides the library's type from who imports this package.
type untyped interface {
	GetIfPresent(key any) (any, bool)
	Set(key, value any) (any, bool)
	Invalidate(key any) (any, bool)
}

// BySize returns a cache of at most so many values.
func BySize[K comparable, V any](most int) Cache[K, V] {
	return Cache[K, V]{counting(most)}
}

// ByWeight returns a cache of values that take at most so many bytes together.
func ByWeight[K comparable, V any](most uint64, bytes func(V) int) Cache[K, V] {
	return Cache[K, V]{weighing(most, func(_, value any) uint32 {
		of, _ := value.(V) // nothing else is set
		return uint32(max(bytes(of), 1))
	})}
}

// What makes the library's caches isn't inlined, or its types would be known elsewhere.
//
//go:noinline
func counting(most int) untyped { return otter.Must(&otter.Options[any, any]{MaximumSize: most}) }

//go:noinline
func weighing(most uint64, weigh func(_, value any) uint32) untyped {
	return otter.Must(&otter.Options[any, any]{MaximumWeight: most, Weigher: weigh})
}

// Get returns a key's value; false if it isn't kept.
func (c Cache[K, V]) Get(key K) (value V, ok bool) {
	kept, ok := c.of.GetIfPresent(key)
	value, _ = kept.(V) // nothing else is set
	return value, ok
}

// Set keeps a key's value.
func (c Cache[K, V]) Set(key K, value V) { c.of.Set(key, value) }

// Drop forgets a key.
func (c Cache[K, V]) Drop(key K) { c.of.Invalidate(key) }
