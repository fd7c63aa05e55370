package imagefile

import (
	"fmt"
	"image"
	"io"
	"slices"
)

// decode makes an image of the page: *image.Gray, *image.RGBA, or what a JPEG in it
// comes to.
func (l *layout) decode() (image.Image, error) {
	switch {
	case l.compression == compressOldJPEG:
		return l.oldJPEG()
	case l.compression == compressJPEG && !l.apart:
		return l.jpegTiles()
	}
	p := newSamples(l)
	for plane := range l.planes() {
		if plane >= p.wanted {
			break // what lies behind the colours
		}
		for i := range l.across() * l.down() {
			at := image.Pt(i%l.across()*l.tileW, i/l.across()*l.tileH)
			if err := l.tile(p, plane*l.across()*l.down()+i, plane, at); err != nil {
				return nil, err
			}
		}
	}
	return p.image(), nil
}

// tile unpacks a strip or tile into the page, line by line: what hangs over the
// page's edge is passed over.
func (l *layout) tile(p *samples, i, plane int, at image.Point) error {
	data, err := l.segment(i)
	if err != nil {
		return err
	}
	if l.compression == compressJPEG {
		return l.planeOfJPEG(p, data, plane, at)
	}
	rows := min(l.tileH, l.height-at.Y)
	lines, err := l.unpack(data, rows)
	if err != nil {
		return err
	}
	if l.subsampled() {
		return l.blocks(p, lines, at, rows)
	}
	samples := l.samples
	if l.apart {
		samples = 1
	}
	line := make([]byte, (l.tileW*samples*l.bits+7)/8)
	values := make([]byte, l.tileW*samples)
	for y := range rows {
		if _, err := io.ReadFull(lines, line); err != nil {
			return fmt.Errorf("strip %d, line %d: %w", i+1, y+1, err)
		}
		if l.predictor == 2 {
			undoPredictor(line, samples, l.bits, l.dir.header.order)
		}
		l.values(values, line)
		p.put(at.X, at.Y+y, values, samples, plane)
	}
	return nil
}

// values brings the samples of a line to a byte each. Places in a colour map stay as
// they are.
func (l *layout) values(out, line []byte) {
	switch {
	case l.bits == 8:
		copy(out, line)
		return
	case l.bits == 16:
		high := 0
		if l.dir.header.order.Uint16([]byte{1, 0}) == 1 {
			high = 1
		}
		for i := range out {
			out[i] = line[2*i+high]
		}
		return
	}
	most := uint32(1)<<l.bits - 1
	var held uint32
	n := 0
	for i := range out {
		for n < l.bits {
			held = held<<8 | uint32(line[0])
			line = line[1:]
			n += 8
		}
		n -= l.bits
		v := held >> n & most
		if l.photometric != photoColors {
			v = v * 255 / most
		}
		out[i] = byte(v)
	}
}

// subsampled holds for colours that are stored in blocks, with more brightness than
// colour.
func (l *layout) subsampled() bool {
	h, v := l.block()
	return l.photometric == photoYCbCr && !l.apart && h*v > 1
}

// block is how many pixels share a colour, across and down.
func (l *layout) block() (across, down int) {
	if n := l.dir.numbers(tagYCbCrSubsample); len(n) == 2 && n[0] >= 1 && n[0] <= 4 && n[1] >= 1 && n[1] <= 4 {
		return int(n[0]), int(n[1])
	}
	return 2, 2
}

// blocks unpacks the brightness of such colours (TIFF 6, section 21).
func (l *layout) blocks(p *samples, lines io.Reader, at image.Point, rows int) error {
	if l.bits != 8 {
		return unsupportedKind("TIFF with colours in blocks of other than 8 bits", "8비트가 아닌 YCbCr TIFF")
	}
	h, v := l.block()
	across := (l.tileW + h - 1) / h
	line := make([]byte, across*(h*v+2))
	values := make([]byte, across*h)
	for y := 0; y < rows; y += v {
		if _, err := io.ReadFull(lines, line); err != nil {
			return err
		}
		for dy := range min(v, rows-y) {
			for x := range across {
				copy(values[x*h:(x+1)*h], line[x*(h*v+2)+dy*h:])
			}
			p.put(at.X, at.Y+y+dy, values[:l.tileW], 1, 0)
		}
	}
	return nil
}

// samples collects a page's samples: one of grey, or up to four in places of four.
type samples struct {
	layout *layout
	wanted int // samples that make the colour, and how opaque it is
	grey   *image.Gray
	four   *image.RGBA
}

func newSamples(l *layout) *samples {
	p := &samples{layout: l, wanted: 1}
	switch l.photometric {
	case photoRGB:
		p.wanted = 3
	case photoCMYK:
		p.wanted = 4
	}
	if l.alpha {
		p.wanted++
	}
	rect := image.Rect(0, 0, l.width, l.height)
	if p.wanted == 1 {
		p.grey = image.NewGray(rect)
	} else {
		p.four = image.NewRGBA(rect)
	}
	return p
}

// put takes a line's values: of all samples, or of a plane of one.
func (p *samples) put(x, y int, values []byte, samples, plane int) {
	n := min(len(values)/samples, p.layout.width-x)
	if p.grey != nil {
		row := p.grey.Pix[y*p.grey.Stride+x:]
		if samples == 1 {
			copy(row[:n], values)
			return
		}
		for i := range n {
			row[i] = values[i*samples]
		}
		return
	}
	row := p.four.Pix[y*p.four.Stride+4*x:]
	if samples == 1 {
		for i := range n {
			row[4*i+plane] = values[i]
		}
		return
	}
	for i := range n {
		copy(row[4*i:4*i+p.wanted], values[i*samples:(i+1)*samples])
	}
}

// image makes colours of the samples, on white where they are not opaque.
func (p *samples) image() image.Image {
	l := p.layout
	if p.grey != nil {
		switch l.photometric {
		case whiteIsZero:
			invert(p.grey.Pix)
		case photoColors:
			return l.coloured(p.grey)
		}
		return p.grey
	}
	switch l.photometric {
	case photoCMYK:
		fromCMYK(p.four.Pix)
		return p.four
	case photoRGB:
		if l.alpha {
			p.onWhite(3)
		}
		for i := 3; i < len(p.four.Pix); i += 4 {
			p.four.Pix[i] = 255
		}
		return p.four
	}
	if l.photometric == whiteIsZero {
		for i := 0; i < len(p.four.Pix); i += 4 {
			p.four.Pix[i] = 255 - p.four.Pix[i]
		}
	}
	p.onWhite(1)
	grey := image.NewGray(p.four.Rect)
	for i := range grey.Pix {
		grey.Pix[i] = p.four.Pix[4*i]
	}
	return grey
}

// onWhite lays the first n samples on white, by the one behind them.
func (p *samples) onWhite(n int) {
	for pix := p.four.Pix; len(pix) > 0; pix = pix[4:] {
		opaque := uint32(pix[n])
		for i := range n {
			v := uint32(pix[i])
			if !p.layout.premultiplied {
				v = v * opaque / 255
			}
			pix[i] = byte(min(v+255-opaque, 255))
		}
	}
}

func invert(pix []byte) {
	for i, v := range pix {
		pix[i] = 255 - v
	}
}

// fromCMYK makes opaque red, green and blue of four inks, in place.
func fromCMYK(pix []byte) {
	for ; len(pix) >= 4; pix = pix[4:] {
		paper := 255 - uint32(pix[3])
		for i := range 3 {
			pix[i] = byte((255 - uint32(pix[i])) * paper / 255)
		}
		pix[3] = 255
	}
}

// coloured looks the places up in the colour map, of which some have bytes where
// there should be words.
func (l *layout) coloured(places *image.Gray) image.Image {
	table := l.dir.numbers(tagColorMap)
	n := 1 << l.bits
	shift := 8
	if len(table) > 0 && slices.Max(table) < 256 {
		shift = 0
	}
	var palette [256][3]byte
	grey := len(table) >= 3*n
	for i := range n {
		for c := range 3 {
			if at := c*n + i; at < len(table) {
				palette[i][c] = byte(table[at] >> shift)
			}
		}
		grey = grey && palette[i][0] == palette[i][1] && palette[i][1] == palette[i][2]
	}
	if grey {
		for i, v := range places.Pix {
			places.Pix[i] = palette[v][0]
		}
		return places
	}
	out := image.NewRGBA(places.Rect)
	for i, v := range places.Pix {
		copy(out.Pix[4*i:], palette[v][:])
		out.Pix[4*i+3] = 255
	}
	return out
}
