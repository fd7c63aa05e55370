package imagefile

import (
	"errors"
	"fmt"
	"io"
	"math/bits"

	"hakbeon/recognizer/imagefile/t4"
)

// The kinds of T.4 that golang.org/x/image does not read.
type faxKind int

const (
	faxBytes  faxKind = iota // TIFF's compression 2: lines begin at a byte
	faxWords                 // 32771: at a word of two bytes
	faxGroup3                // 3: lines end with a mark, and may build on the line above
)

var errFaxCode = errors.New("no code of a fax")

// decodeFax unpacks lines of a fax to a bit a pixel, 1 for black, each line from a
// byte on. low says that the low bit of a byte comes first; mixed, that lines of
// group 3 may build on the line above.
func decodeFax(data []byte, width, height int, kind faxKind, low, mixed bool) ([]byte, error) {
	if low {
		data = reversedBits(data)
	}
	f := &faxReader{data: data, width: width, kind: kind, mixed: mixed, codes: faxCodes()}
	stride := (width + 7) / 8
	out := make([]byte, stride*height)
	var above []int
	for y := range height {
		line, err := f.line(above)
		if errors.Is(err, io.EOF) {
			return out, nil // the sender ended the page: the rest is white
		}
		if err != nil {
			return nil, fmt.Errorf("fax, line %d of %d: %w", y+1, height, err)
		}
		line = realChanges(line)
		paint(out[y*stride:(y+1)*stride], line, width)
		above = line
	}
	return out, nil
}

func reversedBits(data []byte) []byte {
	out := make([]byte, len(data))
	for i, b := range data {
		out[i] = bits.Reverse8(b)
	}
	return out
}

// realChanges leaves out runs of no pixels, which change nothing.
func realChanges(line []int) []int {
	out := line[:0]
	for _, at := range line {
		if n := len(out); n > 0 && out[n-1] == at {
			out = out[:n-1]
			continue
		}
		out = append(out, at)
	}
	return out
}

// paint blackens from the first change to the second, and so on.
func paint(row []byte, changes []int, width int) {
	for i := 0; i < len(changes); i += 2 {
		for x := changes[i]; x < changeAt(changes, i+1, width); x++ {
			row[x/8] |= 0x80 >> (x % 8)
		}
	}
}

// faxReader reads a fax bit by bit.
type faxReader struct {
	data  []byte
	at    int // the next bit
	width int
	kind  faxKind
	mixed bool
	codes faxTables
}

// peek is the next n bits, zeros beyond the end.
func (f *faxReader) peek(n int) int {
	v := 0
	for i := f.at / 8; i <= (f.at+n-1)/8; i++ {
		v <<= 8
		if i < len(f.data) {
			v |= int(f.data[i])
		}
	}
	return v >> (7 - (f.at+n-1)%8) & (1<<n - 1)
}

func (f *faxReader) ended() bool { return f.at >= 8*len(f.data) }

// next is what the next code of a table means.
func (f *faxReader) next(t *faxTable) (int, error) {
	m := t[f.peek(faxBits)]
	if f.at+int(m.bits) > 8*len(f.data) {
		return 0, io.ErrUnexpectedEOF
	}
	if m.bits == 0 {
		return 0, errFaxCode
	}
	f.at += int(m.bits)
	return int(m.value), nil
}

// line reads the places at which a line changes its colour, from white on. EOF means
// that the page was ended.
func (f *faxReader) line(above []int) ([]int, error) {
	switch f.kind {
	case faxBytes:
		f.at = (f.at + 7) &^ 7
	case faxWords:
		f.at = (f.at + 15) &^ 15
	case faxGroup3:
		marks, building := f.marks()
		if marks > 1 {
			return nil, io.EOF
		}
		if building {
			return f.building(above)
		}
	}
	if f.ended() {
		return nil, io.ErrUnexpectedEOF
	}
	return f.runs(nil, 0, f.width)
}

// marks reads the ends of lines that stand here, with the zeros that fill them up,
// and whether the line behind builds on the one above.
func (f *faxReader) marks() (n int, building bool) {
	for f.peek(11) == 0 && !f.ended() {
		before := f.at
		for f.peek(1) == 0 && !f.ended() {
			f.at++
		}
		if f.ended() { // zeros up to the end mark nothing
			f.at = before
			return n, false
		}
		f.at++
		n++
		if f.mixed {
			building = f.peek(1) == 0
			f.at++
		}
	}
	return n, building
}

// runs reads runs of white and black in turn, from a place of a line up to another.
func (f *faxReader) runs(line []int, at, end int) ([]int, error) {
	for at < end {
		n, err := f.run(len(line)%2 == 1)
		if err != nil {
			return nil, err
		}
		if at += n; at > f.width {
			return nil, fmt.Errorf("%w: it is longer than %d pixels", errFaxCode, f.width)
		}
		line = append(line, at)
	}
	return line, nil
}

// run reads the length of one run: as many long codes as there are, and a short one.
func (f *faxReader) run(black bool) (int, error) {
	table := f.codes.white
	if black {
		table = f.codes.black
	}
	for sum := 0; ; {
		n, err := f.next(table)
		if err != nil {
			return 0, err
		}
		if sum += n; n < 64 || sum > f.width {
			return sum, nil
		}
	}
}

// building reads a line as changes to the line above (T.4, section 4.2).
func (f *faxReader) building(above []int) ([]int, error) {
	var line []int
	at, i := -1, 0
	for at < f.width {
		// b1: the first change of the line above behind this place, to the other colour.
		for i > 0 && above[i-1] > at {
			i--
		}
		for i < len(above) && (above[i] <= at || i%2 != len(line)%2) {
			i++
		}
		mode, err := f.next(f.codes.modes)
		if err != nil {
			return nil, err
		}
		switch mode {
		case t4.Pass:
			at = changeAt(above, i+1, f.width)
			continue
		case t4.Runs:
			from := max(at, 0)
			for range 2 {
				n, err := f.run(len(line)%2 == 1)
				if err != nil {
					return nil, err
				}
				from += n
				line = append(line, from)
			}
			at = from
		default:
			at = changeAt(above, i, f.width) + mode
			line = append(line, at)
		}
		if at > f.width || at < 0 || len(line) > 1 && at < line[len(line)-2] {
			return nil, errFaxCode
		}
	}
	return line, nil
}

func changeAt(line []int, i, width int) int {
	if i < len(line) {
		return line[i]
	}
	return width
}
