package imagefile

import (
	"errors"
	"fmt"
	"image"
	"slices"
)

// The tags that say how a page lies in a TIFF (TIFF 6, section 8).
const (
	tagWidth          = 256
	tagHeight         = 257
	tagBits           = 258
	tagCompression    = 259
	tagPhotometric    = 262
	tagFillOrder      = 266
	tagStripOffsets   = 273
	tagSamples        = 277
	tagRowsPerStrip   = 278
	tagStripSizes     = 279
	tagXResolution    = 282
	tagYResolution    = 283
	tagPlanar         = 284
	tagGroup3Options  = 292
	tagPredictor      = 317
	tagColorMap       = 320
	tagTileWidth      = 322
	tagTileHeight     = 323
	tagTileOffsets    = 324
	tagTileSizes      = 325
	tagExtraSamples   = 338
	tagSampleFormat   = 339
	tagJPEGTables     = 347
	tagJPEGOffset     = 513
	tagJPEGSize       = 514
	tagJPEGQTables    = 519
	tagJPEGDCTables   = 520
	tagJPEGACTables   = 521
	tagYCbCrSubsample = 530
)

// What the samples of a pixel mean.
const (
	whiteIsZero = 0
	blackIsZero = 1
	photoRGB    = 2
	photoColors = 3 // places in the colour map
	photoCMYK   = 5
	photoYCbCr  = 6
	photoLab    = 8
)

// layout is how a page lies in a TIFF.
type layout struct {
	dir           directory
	width, height int
	bits          int // of a sample
	samples       int // of a pixel
	photometric   uint64
	compression   uint64
	apart         bool // a plane for each sample
	predictor     uint64
	alpha         bool // the sample behind the colours tells how opaque
	premultiplied bool
	tileW, tileH  int // a strip is a tile as wide as the page
	offsets       []uint64
	sizes         []uint64
}

// layoutOf reads what a directory says of its page.
func layoutOf(d directory) (*layout, error) {
	l := &layout{
		dir: d, width: clamped(d.value(tagWidth, 0)), height: clamped(d.value(tagHeight, 0)), samples: clamped(d.value(tagSamples, 1)),
		photometric: d.value(tagPhotometric, blackIsZero), compression: d.value(tagCompression, compressNone),
		apart: d.value(tagPlanar, 1) == 2, predictor: d.value(tagPredictor, 1), bits: 1,
	}
	if l.width == 0 || l.height == 0 {
		return nil, fmt.Errorf("%w: tiff page of %d x %d pixels", ErrUnreadable, l.width, l.height)
	}
	if bits := d.numbers(tagBits); len(bits) > 0 {
		if l.bits = clamped(bits[0]); slices.ContainsFunc(bits, func(n uint64) bool { return n != bits[0] }) {
			return nil, unsupportedKind("TIFF whose samples have different sizes", "표본 크기가 서로 다른 TIFF")
		}
	}
	if l.compression == compressOldJPEG || l.compression == compressJPEG {
		l.bits = 8 // those of old writers leave it out
	}
	if err := l.checkKind(); err != nil {
		return nil, err
	}
	return l, l.place()
}

// clamped bounds a number to what can be calculated with.
func clamped(n uint64) int { return int(min(n, 1<<30)) }

func (l *layout) checkKind() error {
	if format := l.dir.numbers(tagSampleFormat); len(format) > 0 && format[0] > 1 && format[0] != 4 {
		return unsupportedKind("TIFF of floating point or signed numbers", "부동소수점 또는 음수 표본의 TIFF")
	}
	if l.bits < 1 || l.bits > 16 {
		return unsupportedKind(fmt.Sprintf("TIFF with %d bits a sample (BitsPerSample)", l.bits), fmt.Sprintf("표본당 %d비트 TIFF", l.bits))
	}
	colours := map[uint64]int{whiteIsZero: 1, blackIsZero: 1, photoRGB: 3, photoColors: 1, photoCMYK: 4, photoYCbCr: 3, photoLab: 3}[l.photometric]
	switch {
	case colours == 0:
		return unsupportedKind(fmt.Sprintf("TIFF of the photometric kind %d", l.photometric), fmt.Sprintf("광도 해석 %d번 TIFF", l.photometric))
	case l.samples < colours || l.samples > colours+8:
		return fmt.Errorf("%w: tiff of %d samples a pixel", ErrUnreadable, l.samples)
	case l.photometric == photoColors && l.bits > 8:
		return unsupportedKind("TIFF with a colour map of 16 bits", "16비트 색상표 TIFF")
	}
	if !knownCompression(l.compression) {
		return unsupportedKind(fmt.Sprintf("TIFF with compression value %d", l.compression), fmt.Sprintf("압축 방식 %d번 TIFF", l.compression))
	}
	if extra := l.dir.numbers(tagExtraSamples); len(extra) > 0 && l.samples > colours && l.photometric != photoCMYK {
		l.alpha, l.premultiplied = extra[0] == 1 || extra[0] == 2, extra[0] == 1
	}
	return nil
}

// place finds the page's strips or tiles.
func (l *layout) place() error {
	l.offsets, l.sizes = l.dir.numbers(tagStripOffsets), l.dir.numbers(tagStripSizes)
	l.tileW, l.tileH = l.width, min(clamped(l.dir.value(tagRowsPerStrip, 1<<30)), l.height)
	if w := l.dir.value(tagTileWidth, 0); w > 0 {
		l.offsets, l.sizes = l.dir.numbers(tagTileOffsets), l.dir.numbers(tagTileSizes)
		l.tileW, l.tileH = clamped(w), clamped(l.dir.value(tagTileHeight, 0))
		if len(l.offsets) == 0 { // some put those of tiles where strips have theirs
			l.offsets, l.sizes = l.dir.numbers(tagStripOffsets), l.dir.numbers(tagStripSizes)
		}
	}
	if l.compression == compressOldJPEG {
		return nil // has its own ways
	}
	if l.tileH == 0 {
		l.tileH = l.height
	}
	if most := max(maxTile, 4*int64(l.width)*int64(l.height)); int64(l.tileW)*int64(l.tileH) > most {
		return fmt.Errorf("%w: tiff tiles of %d x %d pixels", ErrTooLarge, l.tileW, l.tileH)
	}
	need := l.across() * l.down() * l.planes()
	if len(l.offsets) < need {
		return fmt.Errorf("%w: tiff with %d of %d strips", ErrUnreadable, len(l.offsets), need)
	}
	return nil
}

// maxTile bounds the pixels of a tile of a small page, most of which show nothing.
const maxTile = 1 << 22

func (l *layout) across() int { return (l.width + l.tileW - 1) / l.tileW }

func (l *layout) down() int { return (l.height + l.tileH - 1) / l.tileH }

func (l *layout) planes() int {
	if l.apart {
		return l.samples
	}
	return 1
}

// segment is the data of a strip or tile. The size of the only one may be left out.
func (l *layout) segment(i int) ([]byte, error) {
	data := l.dir.header.data
	at := l.offsets[i]
	if at > uint64(len(data)) {
		return nil, fmt.Errorf("%w: tiff strip %d lies outside of the file", ErrUnreadable, i+1)
	}
	rest := data[at:]
	if i >= len(l.sizes) {
		return rest, nil
	}
	if l.sizes[i] > uint64(len(rest)) {
		return nil, fmt.Errorf("%w: tiff strip %d is cut off", ErrUnreadable, i+1)
	}
	return rest[:l.sizes[i]], nil
}

// stretch is how often each line is repeated: faxes of the coarser kind have half the
// lines that they have columns.
func (l *layout) stretch() int {
	x, y := l.dir.fraction(tagXResolution), l.dir.fraction(tagYResolution)
	if ratio := x / max(y, 1e-6); x > 0 && y > 0 && ratio > 1.8 && ratio < 2.2 {
		return 2
	}
	return 1
}

func stretched(img image.Image, times int) image.Image {
	src, ok := img.(*image.Gray)
	if times < 2 || !ok {
		return img
	}
	dst := image.NewGray(image.Rect(0, 0, src.Rect.Dx(), times*src.Rect.Dy()))
	for y := range dst.Rect.Dy() {
		copy(dst.Pix[y*dst.Stride:(y+1)*dst.Stride], src.Pix[y/times*src.Stride:])
	}
	return dst
}

// blame makes an error the file's if it is nobody's yet.
func blame(err error) error {
	if errors.Is(err, ErrUnreadable) || errors.Is(err, ErrTooLarge) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnreadable, err)
}
