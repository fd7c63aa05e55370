package imagefile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"

	"golang.org/x/image/ccitt"
	"golang.org/x/image/tiff/lzw"
)

// How the strips of a TIFF are packed.
const (
	compressNone      = 1
	compressFaxBytes  = 2
	compressGroup3    = 3
	compressGroup4    = 4
	compressLZW       = 5
	compressOldJPEG   = 6
	compressJPEG      = 7
	compressDeflate   = 8
	compressFaxWords  = 32771
	compressPackBits  = 32773
	compressDeflateV0 = 32946
)

func knownCompression(n uint64) bool {
	switch n {
	case compressNone, compressFaxBytes, compressGroup3, compressGroup4, compressLZW, compressOldJPEG, compressJPEG,
		compressDeflate, compressFaxWords, compressPackBits, compressDeflateV0:
		return true
	}
	return false
}

// unpack reads the lines of a strip or tile.
func (l *layout) unpack(data []byte, rows int) (io.Reader, error) {
	low := l.dir.value(tagFillOrder, 1) == 2
	switch l.compression {
	case compressFaxBytes, compressFaxWords, compressGroup3:
		return l.fax(data, rows, low)
	case compressGroup4:
		order := ccitt.MSB
		if low {
			order = ccitt.LSB
		}
		return ccitt.NewReader(bytes.NewReader(data), order, ccitt.Group4, l.tileW, rows, &ccitt.Options{Invert: true}), nil
	}
	if low {
		data = reversedBits(data)
	}
	switch l.compression {
	case compressLZW:
		return lzw.NewReader(bytes.NewReader(data), lzw.MSB, 8), nil
	case compressDeflate, compressDeflateV0:
		return zlib.NewReader(bytes.NewReader(data))
	case compressPackBits:
		return &packBits{data: data}, nil
	}
	return bytes.NewReader(data), nil
}

func (l *layout) fax(data []byte, rows int, low bool) (io.Reader, error) {
	if l.bits != 1 || l.samples != 1 && !l.apart {
		return nil, fmt.Errorf("%w: a fax of %d bits a pixel", ErrUnreadable, l.bits*l.samples)
	}
	kind := map[uint64]faxKind{compressFaxBytes: faxBytes, compressFaxWords: faxWords, compressGroup3: faxGroup3}[l.compression]
	lines, err := decodeFax(data, l.tileW, rows, kind, low, l.dir.value(tagGroup3Options, 0)&1 != 0)
	return bytes.NewReader(lines), err
}

// packBits unpacks runs of bytes (TIFF 6, section 9).
type packBits struct {
	data   []byte
	copies int  // bytes to come that stand here
	again  int  // bytes to come that are all the same
	same   byte // that one
}

func (p *packBits) Read(out []byte) (n int, err error) {
	for n < len(out) {
		switch {
		case p.again > 0:
			out[n] = p.same
			p.again--
			n++
		case p.copies > 0:
			took := copy(out[n:], p.data[:min(p.copies, len(p.data))])
			if took == 0 {
				return n, io.ErrUnexpectedEOF
			}
			p.data, p.copies, n = p.data[took:], p.copies-took, n+took
		case len(p.data) < 2:
			return n, io.ErrUnexpectedEOF
		default:
			p.begin()
		}
	}
	return n, nil
}

func (p *packBits) begin() {
	switch head := int8(p.data[0]); {
	case head >= 0:
		p.copies, p.data = int(head)+1, p.data[1:]
	case head == -128:
		p.data = p.data[1:]
	default:
		p.again, p.same, p.data = 1-int(head), p.data[1], p.data[2:]
	}
}

// undoPredictor adds up a line of which each sample is stored as what it differs from
// the pixel before.
func undoPredictor(line []byte, samples, bits int, order binary.ByteOrder) {
	switch bits {
	case 8:
		for i := samples; i < len(line); i++ {
			line[i] += line[i-samples]
		}
	case 16:
		for i := 2 * samples; i+1 < len(line); i += 2 {
			order.PutUint16(line[i:], order.Uint16(line[i:])+order.Uint16(line[i-2*samples:]))
		}
	}
}
