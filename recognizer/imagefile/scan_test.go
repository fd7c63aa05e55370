package imagefile_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"hakbeon/recognizer/imagefile"
)

// rawPDF is a document of one page: its entries beside the usual ones, what draws it,
// and further objects from number 5 on.
func rawPDF(page, content string, objects ...string) []byte {
	var b bytes.Buffer
	var offsets []int
	all := append([]string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R" + page + ">>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content),
	}, objects...)
	b.WriteString("%PDF-1.4\n")
	for i, o := range all {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", len(offsets)+1, start)
	return b.Bytes()
}

// xobject is an image of a PDF.
func xobject(size image.Point, more string, data []byte) string {
	return fmt.Sprintf("<</Type/XObject/Subtype/Image/Width %d/Height %d%s/Length %d>>stream\n%s\nendstream",
		size.X, size.Y, more, len(data), data)
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// scanSize is a page of 144 by 96 points at 200 dpi.
var scanSize = image.Pt(400, 267)

const (
	scanPage = "/MediaBox[0 0 144 96.12]/Resources<</XObject<</I 5 0 R/J 6 0 R>>/ExtGState<</S 7 0 R>>>>"
	scanDraw = "q 144 0 0 96.12 0 0 cm /I Do Q"
)

// packings are the ways in which scanners pack the same picture.
func packings(t testing.TB) map[string]string {
	colour := cornered(scanSize.X, scanSize.Y)
	grey := toGray(colour)
	var rgb, bits, indices []byte
	for y := range scanSize.Y {
		row := make([]byte, (scanSize.X+7)/8)
		for x := range scanSize.X {
			r, g, b, _ := colour.At(x, y).RGBA()
			rgb = append(rgb, byte(r>>8), byte(g>>8), byte(b>>8))
			if grey.GrayAt(x, y).Y >= 128 {
				row[x/8] |= 0x80 >> (x % 8)
			}
			indices = append(indices, grey.GrayAt(x, y).Y/128)
		}
		bits = append(bits, row...)
	}
	lossless := "/Filter/FlateDecode"
	return map[string]string{
		"jpeg":           xobject(scanSize, "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode", jpegFile(t, colour)),
		"jpeg in flate":  xobject(scanSize, "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter[/FlateDecode/DCTDecode]", packed(jpegFile(t, colour))),
		"grey jpeg":      xobject(scanSize, "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode", jpegFile(t, grey)),
		"rgb":            xobject(scanSize, "/ColorSpace/DeviceRGB/BitsPerComponent 8"+lossless, packed(rgb)),
		"grey":           xobject(scanSize, "/ColorSpace/DeviceGray/BitsPerComponent 8"+lossless, packed(grey.Pix)),
		"calibrated":     xobject(scanSize, "/ColorSpace[/CalGray<</WhitePoint[1 1 1]>>]/BitsPerComponent 8"+lossless, packed(grey.Pix)),
		"black or white": xobject(scanSize, "/ColorSpace/DeviceGray/BitsPerComponent 1"+lossless, packed(bits)),
		"negative":       xobject(scanSize, "/ColorSpace/DeviceGray/BitsPerComponent 1/Decode[1 0]"+lossless, packed(inverse(bits))),
		"stencil":        xobject(scanSize, "/ImageMask true"+lossless, packed(bits)),
		"palette":        xobject(scanSize, "/ColorSpace[/Indexed/DeviceRGB 1<ff0000ffffff>]/BitsPerComponent 8"+lossless, packed(indices)),
		"plain":          xobject(scanSize, "/ColorSpace/DeviceGray/BitsPerComponent 8", grey.Pix),
	}
}

func inverse(b []byte) []byte {
	inverted := bytes.Clone(b)
	for i := range inverted {
		inverted[i] = ^inverted[i]
	}
	return inverted
}

// alsoDrawn makes a page more than a picture, out of sight.
const alsoDrawn = " .5 g 0 0 .01 .01 re f"

// TestScansAreWhatPDFiumShows has every picture come out at its own size, and as
// PDFium renders it.
func TestScansAreWhatPDFiumShows(t *testing.T) {
	d := decoder(t)
	for name, object := range packings(t) {
		for _, rotate := range []string{"", "/Rotate 90", "/Rotate 180", "/Rotate -90"} {
			t.Run(name+rotate, func(t *testing.T) { agree(t, d, scanPage+rotate, scanDraw, object) })
		}
	}
	grey := packings(t)["grey"]
	for name, draw := range map[string]string{
		"mirrored":       "-144 0 0 96.12 144 0 cm /I Do",
		"upside down":    "144 0 0 -96.12 0 96.12 cm /I Do",
		"half a turn":    "-144 0 0 -96.12 144 96.12 cm /I Do",
		"in steps":       "q 1 0 0 1 72 48.06 cm q 144 0 0 96.12 0 0 cm 1 0 0 1 -.5 -.5 cm /I Do Q Q",
		"clipped":        "q 0 0 144 97 re W n 144 0 0 96.12 0 0 cm /I Do Q",
		"white before":   "1 g 0 0 144 96.12 re f " + scanDraw,
		"invisible text": scanDraw + " BT 3 Tr /F 9 Tf (32141837\\) ) Tj ET",
		"a state":        "/S gs " + scanDraw,
		"marked":         "/P <</MCID 0>> BDC " + scanDraw + " EMC % the end",
	} {
		t.Run(name, func(t *testing.T) { agree(t, d, scanPage, draw, grey) })
	}
}

func agree(t *testing.T, d *imagefile.Decoder, page, draw, object string) {
	t.Helper()
	const state = "<</Type/ExtGState/SA true/ca 1/BM/Normal/SMask/None>>"
	got := onePage(t, d, rawPDF(page, draw, object, "<<>>", state))
	want := onePage(t, d, rawPDF(page, draw+alsoDrawn, object, "<<>>", state))
	upright := image.Rectangle{Max: scanSize}
	if size := got.Bounds().Size(); size != scanSize && size != image.Pt(scanSize.Y, scanSize.X) {
		t.Fatalf("%v, want the picture as it is, of %v", size, upright)
	}
	if difference := differ(got, want); difference > 3 {
		t.Errorf("differs by %.1f of 255 in the mean from what PDFium shows", difference)
	}
}

func onePage(t *testing.T, d *imagefile.Decoder, data []byte) image.Image {
	t.Helper()
	pages, err := decodeAll(d, data, imagefile.Limits{})
	must(t, err)
	return pages[0]
}

// differ is the mean difference of two pictures that show the same.
func differ(a, b image.Image) float64 {
	const steps = 60
	sum := 0.0
	at := func(m image.Image, x, y int) int {
		size := m.Bounds().Size()
		return int(color.GrayModel.Convert(m.At((2*x+1)*size.X/(2*steps), (2*y+1)*size.Y/(2*steps))).(color.Gray).Y)
	}
	for y := range steps {
		for x := range steps {
			d := at(a, x, y) - at(b, x, y)
			sum += float64(max(d, -d))
		}
	}
	return sum / (steps * steps)
}

// TestPointForAPixel has a large picture count although its page claims to be a poster.
func TestPointForAPixel(t *testing.T) {
	d := decoder(t)
	size := image.Pt(1200, 1700)
	object := xobject(size, "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode", packed(make([]byte, size.X*size.Y)))
	page := "/MediaBox[0 0 1200 1700]/Resources<</XObject<</I 5 0 R>>>>"
	if got := onePage(t, d, rawPDF(page, "1200 0 0 1700 0 0 cm /I Do", object)).Bounds().Size(); got != size {
		t.Errorf("%v, want the picture as it is, of %v", got, size)
	}
}

// TestStrips has pictures that follow each other down the page become one.
func TestStrips(t *testing.T) {
	d := decoder(t)
	grey := toGray(cornered(scanSize.X, scanSize.Y))
	const cut = 100
	strip := func(from, to int) string {
		return xobject(image.Pt(scanSize.X, to-from), "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode",
			packed(grey.Pix[from*grey.Stride:to*grey.Stride]))
	}
	draw := "q 144 0 0 36 0 60.12 cm /I Do Q q 144 0 0 60.12 0 0 cm /J Do Q"
	got := onePage(t, d, rawPDF(scanPage, draw, strip(0, cut), strip(cut, scanSize.Y)))
	samePicture(t, "strips", got, grey)
}

// TestMoreThanAScanIsRendered has what we would show wrongly go to PDFium, whose
// pictures have the page's size at 200 dpi: here that differs from the picture's.
func TestMoreThanAScanIsRendered(t *testing.T) {
	d := decoder(t)
	picture := func(more string) string {
		size := image.Pt(600, 400)
		return xobject(size, "/BitsPerComponent 8"+more, make([]byte, size.X*size.Y))
	}
	plain := picture("/ColorSpace/DeviceGray")
	for name, tt := range map[string]struct{ page, draw, object string }{
		"text":        {scanPage, scanDraw + " BT /F 9 Tf (a) Tj ET", plain},
		"a line":      {scanPage, scanDraw + " 0 0 m 9 9 l S", plain},
		"annotation":  {scanPage + "/Annots[<</Type/Annot/Subtype/Ink/Rect[0 0 9 9]>>]", scanDraw, plain},
		"slanted":     {scanPage, "q 144 9 -9 96.12 0 0 cm /I Do Q", plain},
		"small":       {scanPage, "q 72 0 0 48 0 0 cm /I Do Q", plain},
		"over":        {scanPage, "q 200 0 0 140 0 0 cm /I Do Q", plain},
		"stretched":   {scanPage + "/CropBox[0 0 144 48]", "q 144 0 0 48 0 0 cm /I Do Q", plain},
		"clipped":     {scanPage, "q 0 0 50 50 re W n 144 0 0 96.12 0 0 cm /I Do Q", plain},
		"a mask":      {scanPage, scanDraw, picture("/ColorSpace/DeviceGray/Mask[0 0]")},
		"four inks":   {scanPage, scanDraw, picture("/ColorSpace/DeviceCMYK")},
		"transparent": {strings.Replace(scanPage, "/S 7 0 R", "/S<</ca .5>>", 1), "/S gs " + scanDraw, plain},
		"a layer":     {scanPage, "/OC /L BDC " + scanDraw + " EMC", plain},
		"inline":      {scanPage, scanDraw + " BI /W 1 /H 1 /BPC 8 /CS /G ID x EI", plain},
		"twice":       {scanPage, scanDraw + scanDraw, plain},
	} {
		t.Run(name, func(t *testing.T) {
			got := onePage(t, d, rawPDF(tt.page, tt.draw, tt.object)).Bounds().Size()
			if got.X != 400 && got.X != 399 {
				t.Errorf("%v, want a rendered page of 400 pixels across", got)
			}
		})
	}
}

// TestFaxes has pages of CCITT group 3 and 4 come out as from a TIFF; of that, the
// first strip.
func TestFaxes(t *testing.T) {
	d := decoder(t)
	for name, params := range map[string]string{
		"group4.tif": "/K -1", "group4-black.tif": "/K -1/BlackIs1 true", "group3.tif": "/K 0",
	} {
		t.Run(name, func(t *testing.T) {
			tif := drawn(t, name)
			size := onePage(t, d, tif).Bounds().Size()
			size.Y = 16
			want := onePage(t, d, tif).(*image.Gray).SubImage(image.Rectangle{Max: size})
			object := xobject(size, fmt.Sprintf("/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<<%s/Columns %d/Rows %d>>",
				params, size.X, size.Y), firstStrip(t, tif))
			page := fmt.Sprintf("/MediaBox[0 0 %g %g]/Resources<</XObject<</I 5 0 R>>>>", float64(size.X)*.36, float64(size.Y)*.36)
			draw := fmt.Sprintf("q %g 0 0 %g 0 0 cm /I Do Q", float64(size.X)*.36, float64(size.Y)*.36)
			samePicture(t, name, onePage(t, d, rawPDF(page, draw, object)), want)
			if difference := differ(onePage(t, d, rawPDF(page, draw+alsoDrawn, object)), want); difference > 12 {
				t.Errorf("PDFium shows another picture: %.1f of 255 in the mean", difference)
			}
		})
	}
}

// firstStrip is the data of a TIFF's first strip.
func firstStrip(t *testing.T, tif []byte) []byte {
	t.Helper()
	le := binary.LittleEndian
	at := le.Uint32(tif[4:])
	value := func(entry []byte) uint32 {
		n, short := le.Uint32(entry[4:]), le.Uint16(entry[2:]) == 3
		from := entry[8:]
		if n > 2 || n > 1 && !short {
			from = tif[le.Uint32(from):]
		}
		if short {
			return uint32(le.Uint16(from))
		}
		return le.Uint32(from)
	}
	var offset, size uint32
	for i := range uint32(le.Uint16(tif[at:])) {
		switch entry := tif[at+2+12*i:]; le.Uint16(entry) {
		case 273:
			offset = value(entry)
		case 279:
			size = value(entry)
		}
	}
	return tif[offset : offset+size]
}
