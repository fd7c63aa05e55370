package imagefile

import (
	"encoding/binary"
	"errors"
)

// lumaJPEG makes a grey JPEG of the brightness of one in colour, without decoding its
// pixels: for pictures whose colours are sampled in a way that Go's decoder does not
// know, such as one for three pixels. The recognizer reads the brightness only. False
// for what it does not know either: progressive ones.
func lumaJPEG(data []byte) ([]byte, bool) {
	f := frameOf(data)
	if f.sof == 0 || f.components() != 3 || data[f.sof+1] > markerSOF1 || data[f.sof+4] != 8 {
		return nil, false
	}
	l := &lumaCopy{frame: f, out: bitWriter{bytes: []byte{0xff, markerSOI}}}
	if !l.sampling() {
		return nil, false
	}
	for at, marker := range markersAt(data) {
		payload := payloadAt(data, at)
		switch marker {
		case markerDQT:
			l.out.bytes = append(l.out.bytes, data[at:at+4+len(payload)]...)
		case markerDHT:
			l.tables(payload)
		case markerDRI:
			if len(payload) == 2 {
				l.restart = int(binary.BigEndian.Uint16(payload))
			}
		case markerSOS:
			if len(payload) != 10 || l.scan(payload, data[at+4+len(payload):]) != nil {
				return nil, false
			}
			return append(l.out.bytes, 0xff, markerEOI), true
		}
	}
	return nil, false
}

// lumaCopy copies the blocks of the first component.
type lumaCopy struct {
	frame   jpegFrame
	across  [3]int // of each component: blocks in a unit, across and down
	down    [3]int
	restart int // units between restarts, 0 for none
	codes   [2][4]huffman
	raw     [4][]byte // the tables of class 1 as they are stored
	out     bitWriter
}

// sampling reads how the components are sampled, and whether the first has most.
func (l *lumaCopy) sampling() bool {
	for i := range 3 {
		hv := l.frame.data[l.frame.sof+11+3*i]
		l.across[i], l.down[i] = int(hv>>4), int(hv&15)
		if l.across[i] < 1 || l.down[i] < 1 || l.across[i] > 4 || l.down[i] > 4 || l.across[i] > l.across[0] || l.down[i] > l.down[0] {
			return false
		}
	}
	return true
}

// huffman gives the meaning of codes by their length and bits.
type huffman map[[2]int]byte

func (l *lumaCopy) tables(payload []byte) {
	for len(payload) >= 17 {
		class, id := payload[0]>>4&1, payload[0]&3
		n := 0
		for _, c := range payload[1:17] {
			n += int(c)
		}
		if len(payload) < 17+n {
			return
		}
		table, code, at := huffman{}, 0, 17
		for length := 1; length <= 16; length++ {
			for range payload[length] {
				table[[2]int{length, code}] = payload[at]
				code++
				at++
			}
			code <<= 1
		}
		l.codes[class][id] = table
		if class == 1 {
			l.raw[id] = payload[1 : 17+n]
		}
		payload = payload[17+n:]
	}
}

// differences is T.81's own table for the brightness of blocks (K.3): the differences
// are others than before, since the blocks come in another order.
var differences = []byte{0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}

// scan copies the blocks of the only scan.
func (l *lumaCopy) scan(head, data []byte) error {
	f := l.frame
	height, width := f.height(), int(binary.BigEndian.Uint16(f.data[f.sof+7:]))
	var dc, ac [3]huffman
	for i := range 3 {
		dc[i], ac[i] = l.codes[0][head[2+2*i]>>4&3], l.codes[1][head[2+2*i]&3]
		if dc[i] == nil || ac[i] == nil || head[1+2*i] != f.data[f.sof+10+3*i] {
			return errors.New("a scan without its tables")
		}
	}
	l.head(width, height, l.raw[head[2]&3])
	unitsX, unitsY := (width+8*l.across[0]-1)/(8*l.across[0]), (height+8*l.down[0]-1)/(8*l.down[0])
	in := &bitReader{data: data}
	var before [3]int
	written, codes := 0, differenceCodes()
	for y := range unitsY {
		rows := make([][]lumaBlock, l.down[0])
		for x := range unitsX {
			if n := y*unitsX + x; l.restart > 0 && n > 0 && n%l.restart == 0 {
				in.restart()
				before = [3]int{}
			}
			for c := range 3 {
				for b := range l.across[c] * l.down[c] {
					block := in.block(dc[c], ac[c], c == 0)
					before[c] += block.dc
					block.dc = before[c]
					if c == 0 {
						rows[b/l.across[0]] = append(rows[b/l.across[0]], block)
					}
				}
			}
			if in.err != nil {
				return in.err
			}
		}
		for i, row := range rows {
			if 8*(y*l.down[0]+i) < height {
				written = l.out.row(row[:(width+7)/8], written, codes)
			}
		}
	}
	l.out.flush()
	return nil
}

// head writes what comes before the data.
func (l *lumaCopy) head(width, height int, ac []byte) {
	f := l.frame
	out := l.out.bytes
	out = append(out, 0xff, markerSOF0, 0, 11, 8, byte(height>>8), byte(height), byte(width>>8), byte(width),
		1, 1, 0x11, f.data[f.sof+12])
	out = append(out, 0xff, markerDHT, 0, byte(3+len(differences)), 0)
	out = append(out, differences...)
	out = append(out, 0xff, markerDHT, byte((3+len(ac))>>8), byte(3+len(ac)), 0x10)
	out = append(out, ac...)
	out = append(out, 0xff, markerSOS, 0, 8, 1, 1, 0, 0, 63, 0)
	l.out.bytes = out
}

// lumaBlock is a block: its mean, and the bits of all that varies.
type lumaBlock struct {
	dc   int
	bits []codeBits
}
