package sqslocal

import "slices"

// line is a queue in the plain sense: push at the end, take from the front,
// both cheap.
type line[T any] struct {
	items []T
	head  int
}

func (l *line[T]) len() int { return len(l.items) - l.head }

func (l *line[T]) push(item T) { l.items = append(l.items, item) }

func (l *line[T]) at(i int) T { return l.items[l.head+i] }

func (l *line[T]) insert(i int, item T) { l.items = slices.Insert(l.items, l.head+i, item) }

// swap exchanges the i-th item with the first.
func (l *line[T]) swap(i int) {
	l.items[l.head], l.items[l.head+i] = l.items[l.head+i], l.items[l.head]
}

// pop takes the first item off; the line must not be empty.
func (l *line[T]) pop() T {
	var none T
	item := l.items[l.head]
	l.items[l.head] = none
	l.head++
	if l.head == len(l.items) {
		l.items, l.head = l.items[:0], 0
	} else if l.head > 64 && l.head > len(l.items)/2 {
		l.items, l.head = slices.Delete(l.items, 0, l.head), 0
	}
	return item
}
