package imagefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

// jpegSigns is what a JPEG begins with.
var jpegSigns = []byte{0xff, markerSOI, 0xff}

// mendJPEG brings a JPEG into the form that decoders take: it begins with its first
// marker and ends with its last, says its height in its head, and what its colours
// are, unless they are inks and nothing says which way round. The picture's data stay
// as they are. It is the same data if nothing is wrong.
func mendJPEG(data []byte) (mended []byte, inks bool, err error) {
	if at := bytes.Index(data[:min(len(data), jpegWithin)], jpegSigns); at > 0 {
		data = data[at:]
	}
	f := frameOf(data)
	if f.sof == 0 {
		return data, false, nil // its decoder says what is wrong
	}
	if f.height() == 0 && f.dnl > 0 {
		data = slices.Concat(data[:f.dnl], data[f.dnl+6:])
		copy(data[f.sof+5:], f.lines)
		f.data = data
	}
	if !f.ended {
		if !f.whole() {
			return nil, false, errors.New("it was cut off between two passes over the picture (EOF)")
		}
		data = slices.Concat(bytes.TrimSuffix(data, []byte{0xff}), []byte{0xff, markerEOI})
	}
	if inks = f.components() == 4 && !f.adobe; inks {
		data = withAdobe(data)
	}
	return data, inks, nil
}

// withAdobe says that the colours are inks, or red, green and blue, as they are.
func withAdobe(jpeg []byte) []byte {
	if len(jpeg) < 2 {
		return jpeg
	}
	mark := []byte("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00")
	return slices.Concat(jpeg[:2], mark, jpeg[2:])
}

// jpegFrame is where in a JPEG stands what describes it.
type jpegFrame struct {
	data  []byte
	sof   int // the marker of the frame's head, 0 if there is none
	dnl   int // the marker that says how many lines there were
	lines []byte
	adobe bool
	ended bool
	last  [64]bool // the coefficients of the first component that came to their last bit
}

func frameOf(data []byte) jpegFrame {
	f := jpegFrame{data: data}
	scan := false
	for at, marker := range markersAt(data) {
		payload := payloadAt(data, at)
		switch {
		case marker >= markerSOF0 && marker <= 0xcf && marker != markerDHT && marker != 0xc8 && marker != 0xcc:
			if f.sof == 0 && len(payload) >= 6 && len(payload) >= 6+3*int(payload[5]) {
				f.sof = at
			}
		case marker == adobe && bytes.HasPrefix(payload, []byte("Adobe")):
			f.adobe = true
		case marker == markerDNL && scan && len(payload) == 2:
			f.dnl, f.lines = at, payload
		case marker == markerSOS:
			scan = true
			f.pass(payload)
		case marker == markerEOI:
			f.ended = true
		}
	}
	return f
}

func (f *jpegFrame) height() int { return int(binary.BigEndian.Uint16(f.data[f.sof+5:])) }

func (f *jpegFrame) components() int { return int(f.data[f.sof+9]) }

// pass notes which coefficients of the first component a scan completes.
func (f *jpegFrame) pass(head []byte) {
	if f.sof == 0 || len(head) < 1 || len(head) < 4+2*int(head[0]) || head[0] == 0 {
		return
	}
	n := int(head[0])
	first := slices.ContainsFunc(slices.Collect(slices.Chunk(head[1:1+2*n], 2)), func(c []byte) bool { return c[0] == f.data[f.sof+10] })
	if from, to, bit := int(head[1+2*n]), int(head[2+2*n]), head[3+2*n]&15; first && bit == 0 {
		for i := from; i <= min(to, 63); i++ {
			f.last[i] = true
		}
	}
}

// whole reports whether a picture without an end has all of its passes.
func (f *jpegFrame) whole() bool {
	return f.data[f.sof+1] != markerSOF2 || !slices.Contains(f.last[:], false)
}

// markersAt goes through a JPEG's markers with the place of each, the end's too.
func markersAt(data []byte) func(yield func(at int, marker byte) bool) {
	return func(yield func(int, byte) bool) {
		for at := 2; at+1 < len(data); {
			i := bytes.IndexByte(data[at:], 0xff)
			if i < 0 || at+i+1 >= len(data) {
				return
			}
			at += i
			marker := data[at+1]
			switch {
			case marker == 0, marker == 1, marker >= 0xd0 && marker <= 0xd7: // data, restarts
				at += 2
				continue
			case marker == 0xff: // padding
				at++
				continue
			}
			if !yield(at, marker) || marker == markerEOI {
				return
			}
			at += 4 + len(payloadAt(data, at))
		}
	}
}

// payloadAt is what follows a marker that has a length; nil if it is cut off.
func payloadAt(data []byte, at int) []byte {
	if at+4 > len(data) {
		return nil
	}
	size := int(binary.BigEndian.Uint16(data[at+2:]))
	if size < 2 || at+2+size > len(data) {
		return nil
	}
	return data[at+4 : at+2+size]
}
