package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"
)

// jpegTiles decodes a page whose strips or tiles are JPEGs. The only one is the page
// as it is.
func (l *layout) jpegTiles() (image.Image, error) {
	var page draw.Image
	for i := range l.across() * l.down() {
		data, err := l.segment(i)
		if err != nil {
			return nil, err
		}
		img, err := l.jpegTile(data)
		if err != nil {
			return nil, fmt.Errorf("strip %d: %w", i+1, err)
		}
		if l.across()*l.down() == 1 && img.Bounds().Size() == image.Pt(l.width, l.height) {
			return img, nil
		}
		if page == nil {
			page = l.canvas(img)
		}
		at := image.Pt(i%l.across()*l.tileW, i/l.across()*l.tileH)
		draw.Draw(page, img.Bounds().Add(at), img, image.Point{}, draw.Src)
		recycle(img)
	}
	return page, nil
}

// canvas is an empty page for tiles such as this one.
func (l *layout) canvas(tile image.Image) draw.Image {
	rect := image.Rect(0, 0, l.width, l.height)
	if tile.ColorModel() == color.GrayModel {
		return image.NewGray(rect)
	}
	return image.NewRGBA(rect)
}

// jpegTile decodes one, by the tables that all share.
func (l *layout) jpegTile(data []byte) (image.Image, error) {
	data = withTables(data, l.tables())
	switch l.photometric {
	case photoRGB, photoCMYK:
		data = withAdobe(data)
	}
	j, err := openJPEG(data)
	if err != nil {
		return nil, err
	}
	const block = 32 // to which some writers fill up
	if j.config.Width > l.tileW+block || j.config.Height > l.tileH+block {
		return nil, fmt.Errorf("a jpeg of %d x %d pixels in a strip of %d x %d", j.config.Width, j.config.Height, l.tileW, l.tileH)
	}
	img, err := j.decode()
	if err != nil {
		return nil, err
	}
	switch img := img.(type) {
	case *image.CMYK: // Go takes the inks of a JPEG for their opposites, as Adobe's are
		invert(img.Pix)
		return cmykToRGBA(img), nil
	case *image.Gray:
		if l.photometric == whiteIsZero {
			invert(img.Pix)
		}
	}
	return img, nil
}

func cmykToRGBA(img *image.CMYK) *image.RGBA {
	fromCMYK(img.Pix)
	return &image.RGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
}

// planeOfJPEG decodes the tile of one sample.
func (l *layout) planeOfJPEG(p *samples, data []byte, plane int, at image.Point) error {
	j, err := openJPEG(withTables(data, l.tables()))
	if err != nil {
		return err
	}
	if j.config.Width > l.tileW || j.config.Height > l.tileH {
		return fmt.Errorf("a jpeg of %d x %d pixels in a strip of %d x %d", j.config.Width, j.config.Height, l.tileW, l.tileH)
	}
	img, err := j.decode()
	if err != nil {
		return err
	}
	grey, ok := img.(*image.Gray)
	if !ok {
		return errors.New("a jpeg in colour where one colour should be")
	}
	for y := range min(grey.Rect.Dy(), l.height-at.Y) {
		p.put(at.X, at.Y+y, grey.Pix[y*grey.Stride:][:grey.Rect.Dx()], 1, plane)
	}
	return nil
}

func (l *layout) tables() []byte {
	_, tables := l.dir.raw(tagJPEGTables)
	return tables
}

// withTables puts the tables of an abbreviated JPEG in front of another.
func withTables(data, tables []byte) []byte {
	if len(tables) < 4 || len(data) < 2 {
		return data
	}
	if tables = bytes.TrimSuffix(tables, []byte{0xff, markerEOI}); len(tables) < 2 {
		return data
	}
	return slices.Concat(tables, data[2:])
}

// oldJPEG decodes a page packed as TIFF 6 had it first (section 22), which few
// writers did alike: a whole JPEG, or the tables and the data of one apart.
func (l *layout) oldJPEG() (image.Image, error) {
	file := l.dir.header.data
	var first error
	for _, data := range [][]byte{l.jpegAt(file), l.jpegOfParts(file)} {
		if data == nil {
			continue
		}
		j, err := openJPEG(data)
		if err == nil && (j.config.Width > l.width+32 || j.config.Height > l.height+32) {
			err = fmt.Errorf("a jpeg of %d x %d pixels in a page of %d x %d", j.config.Width, j.config.Height, l.width, l.height)
		}
		if err == nil {
			var img image.Image
			if img, err = j.decode(); err == nil {
				return l.cropped(img), nil
			}
		}
		first = errors.Join(first, err)
	}
	if first == nil {
		return nil, unsupportedKind("TIFF with JPEG of the old kind (6) that is not whole", "온전하지 않은 구형 JPEG(6) TIFF")
	}
	return nil, first
}

// cropped is the part of an image that is the page.
func (l *layout) cropped(img image.Image) image.Image {
	if size := img.Bounds().Size(); size.X <= l.width && size.Y <= l.height {
		return img
	}
	page := l.canvas(img)
	draw.Draw(page, page.Bounds(), img, image.Point{}, draw.Src)
	return page
}

// jpegAt is the whole JPEG that a page names, or that its only strip is.
func (l *layout) jpegAt(file []byte) []byte {
	at, size := l.dir.value(tagJPEGOffset, 0), l.dir.value(tagJPEGSize, 0)
	if at == 0 && len(l.offsets) == 1 {
		at, size = l.offsets[0], 0
	}
	if at == 0 || at >= uint64(len(file)) {
		return nil
	}
	whole := file[at:]
	if !bytes.HasPrefix(whole, []byte{0xff, markerSOI}) {
		return nil
	}
	if size > 2 && size <= uint64(len(whole)) && bytes.Contains(whole[:size], []byte{0xff, markerSOS}) {
		return whole[:size]
	}
	if len(l.offsets) > 0 && size > 2 && size <= uint64(len(whole)) { // its head, and the data in strips
		return slices.Concat(bytes.TrimSuffix(whole[:size], []byte{0xff, markerEOI}), l.scanHead(), l.strips())
	}
	return whole
}

// jpegOfParts makes a JPEG of a page's tables and strips.
func (l *layout) jpegOfParts(file []byte) []byte {
	quants, dc, ac := l.dir.numbers(tagJPEGQTables), l.dir.numbers(tagJPEGDCTables), l.dir.numbers(tagJPEGACTables)
	if len(quants) < l.samples || len(dc) < l.samples || len(ac) < l.samples || l.samples > 3 {
		return nil
	}
	out := []byte{0xff, markerSOI}
	for i := range l.samples {
		if quants[i]+64 > uint64(len(file)) {
			return nil
		}
		out = append(out, 0xff, 0xdb, 0, 67, byte(i))
		out = append(out, file[quants[i]:quants[i]+64]...)
		for class, at := range []uint64{dc[i], ac[i]} {
			table := huffmanAt(file, at)
			if table == nil {
				return nil
			}
			out = append(out, 0xff, 0xc4, byte((len(table)+3)>>8), byte(len(table)+3), byte(class<<4|i))
			out = append(out, table...)
		}
	}
	out = append(out, 0xff, 0xc0, 0, byte(8+3*l.samples), 8, byte(l.height>>8), byte(l.height), byte(l.width>>8), byte(l.width), byte(l.samples))
	h, v := l.block()
	for i := range l.samples {
		sampling := byte(0x11)
		if i == 0 && l.samples == 3 {
			sampling = byte(h<<4 | v)
		}
		out = append(out, byte(i+1), sampling, byte(i))
	}
	return slices.Concat(out, l.scanHead(), l.strips())
}

// huffmanAt is a table of codes: how many of each length, and what they mean.
func huffmanAt(file []byte, at uint64) []byte {
	if at+16 > uint64(len(file)) {
		return nil
	}
	n := uint64(16)
	for _, count := range file[at : at+16] {
		n += uint64(count)
	}
	if at+n > uint64(len(file)) {
		return nil
	}
	return file[at : at+n]
}

// scanHead begins the data of all components, by tables of their own numbers.
func (l *layout) scanHead() []byte {
	out := []byte{0xff, markerSOS, 0, byte(6 + 2*l.samples), byte(l.samples)}
	for i := range l.samples {
		out = append(out, byte(i+1), byte(i<<4|i))
	}
	return append(out, 0, 63, 0)
}

// strips are the data of a JPEG that is cut up. Where one begins, its decoder does
// anew, which marks say.
func (l *layout) strips() []byte {
	var out []byte
	for i := range l.offsets {
		data, err := l.segment(i)
		if err != nil {
			return nil
		}
		out = append(out, data...)
	}
	return append(out, 0xff, markerEOI)
}
