package lines

import "sync"

// memory is what a page's pictures and bitmaps are put into, for one search after the
// other: fresh memory would be mapped and zeroed for each page.
type memory struct {
	bytes []uint8
	used  int // may be more than there are
}

var memories = sync.Pool{New: func() any { return new(memory) }}

// mostKept is from how many bytes on a memory isn't kept: pages are reduced to less.
const mostKept = 8 << 20

// take gives bytes of any content.
func (m *memory) take(n int) []uint8 {
	m.used += n
	if m.used > len(m.bytes) {
		return make([]uint8, n)
	}
	return m.bytes[m.used-n : m.used : m.used]
}

// release ends the use of all that was taken.
func (m *memory) release() {
	if m.used > mostKept {
		return
	}
	if m.used > len(m.bytes) {
		m.bytes = make([]uint8, m.used) // there may be more pages of this size
	}
	m.used = 0
	memories.Put(m)
}
