package sqslocal

import (
	"container/heap"
	"time"
)

// schedule is the heap of hidden messages, the one that is due first on top.
type schedule struct{ items dueHeap }

func (s *schedule) len() int { return len(s.items) }

// next is the time at which the first message is due; the schedule must not
// be empty.
func (s *schedule) next() time.Time { return s.items[0].due }

func (s *schedule) add(m *message) { heap.Push(&s.items, m) }

func (s *schedule) remove(m *message) { heap.Remove(&s.items, m.slot) }

// dueHeap implements heap.Interface; every message knows its slot.
type dueHeap []*message

func (h *dueHeap) Len() int { return len(*h) }

func (h *dueHeap) Less(i, j int) bool { return (*h)[i].due.Before((*h)[j].due) }

func (h *dueHeap) Swap(i, j int) {
	items := *h
	items[i], items[j] = items[j], items[i]
	items[i].slot, items[j].slot = i, j
}

// Push is for package heap.
func (h *dueHeap) Push(x any) {
	if m, ok := x.(*message); ok {
		m.slot = len(*h)
		*h = append(*h, m)
	}
}

// Pop is for package heap.
func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	m := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return m
}
