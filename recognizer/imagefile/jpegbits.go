package imagefile

import (
	"bytes"
	"errors"
)

// codeBits are bits to be copied.
type codeBits struct {
	bits uint32
	n    int
}

// bitReader reads the bits of a scan. The first error stays.
type bitReader struct {
	data []byte
	held uint32
	n    int
	err  error
}

func (r *bitReader) bit() int {
	if r.n == 0 {
		if len(r.data) == 0 || r.data[0] == 0xff && (len(r.data) < 2 || r.data[1] != 0) {
			r.err = errors.New("the picture's data end too early")
			return 0
		}
		r.held, r.n = uint32(r.data[0]), 8
		skip := 1
		if r.data[0] == 0xff {
			skip = 2
		}
		r.data = r.data[skip:]
	}
	r.n--
	return int(r.held >> r.n & 1)
}

func (r *bitReader) bits(n int) int {
	v := 0
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

// symbol reads a code: its meaning, and its bits.
func (r *bitReader) symbol(table huffman) (byte, codeBits) {
	code := 0
	for length := 1; length <= 16 && r.err == nil; length++ {
		code = code<<1 | r.bit()
		if v, ok := table[[2]int{length, code}]; ok {
			return v, codeBits{uint32(code), length}
		}
	}
	if r.err == nil {
		r.err = errors.New("no code of the picture's table")
	}
	return 0, codeBits{}
}

// block reads a block, and keeps its bits if it is wanted.
func (r *bitReader) block(dc, ac huffman, keep bool) lumaBlock {
	var out lumaBlock
	size, _ := r.symbol(dc)
	out.dc = extended(r.bits(int(size&15)), int(size&15))
	for k := 1; k < 64 && r.err == nil; k++ {
		v, code := r.symbol(ac)
		n := int(v & 15)
		value := codeBits{uint32(r.bits(n)), n}
		if keep {
			out.bits = append(out.bits, code, value)
		}
		if n == 0 && v>>4 != 15 {
			break // nothing but zeros
		}
		k += int(v >> 4)
	}
	return out
}

// extended is the number that n bits stand for (T.81, F.2.2.1).
func extended(v, n int) int {
	if n > 0 && v < 1<<(n-1) {
		return v - 1<<n + 1
	}
	return v
}

// restart passes over the mark of a restart.
func (r *bitReader) restart() {
	r.n = 0
	if i := bytes.IndexByte(r.data, 0xff); i >= 0 && i+1 < len(r.data) && r.data[i+1] >= 0xd0 && r.data[i+1] <= 0xd7 {
		r.data = r.data[i+2:]
		return
	}
	r.err = errors.New("a restart is missing")
}

// bitWriter writes the bits of a scan.
type bitWriter struct {
	bytes []byte
	held  uint64
	n     int
}

func (w *bitWriter) put(c codeBits) {
	w.held = w.held<<c.n | uint64(c.bits)
	w.n += c.n
	for w.n >= 8 {
		w.n -= 8
		b := byte(w.held >> w.n)
		if w.bytes = append(w.bytes, b); b == 0xff {
			w.bytes = append(w.bytes, 0)
		}
	}
}

// row writes a row of blocks and returns the mean of the last.
func (w *bitWriter) row(blocks []lumaBlock, before int, codes [12]codeBits) int {
	for _, b := range blocks {
		difference := b.dc - before
		n := 0
		for v := max(difference, -difference); v > 0; v >>= 1 {
			n++
		}
		if n >= len(codes) {
			n, difference = 0, 0 // no baseline picture has such a step
		}
		w.put(codes[n])
		if difference < 0 {
			difference += 1<<n - 1
		}
		w.put(codeBits{uint32(difference), n})
		for _, c := range b.bits {
			w.put(c)
		}
		before = b.dc
	}
	return before
}

// flush fills the last byte up with ones.
func (w *bitWriter) flush() {
	if w.n > 0 {
		w.put(codeBits{1<<(8-w.n) - 1, 8 - w.n})
	}
}

// differenceCodes are the codes of that table.
func differenceCodes() (out [12]codeBits) {
	code, at := uint32(0), 16
	for length := 1; length <= 16; length++ {
		for range differences[length-1] {
			out[differences[at]] = codeBits{code, length}
			code++
			at++
		}
		code <<= 1
	}
	return out
}
