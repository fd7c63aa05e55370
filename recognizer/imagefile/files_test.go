package imagefile_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cornered is a white picture whose top left quarter is black, so that it shows
// which way up it is.
func cornered(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 255, 255, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{0, 0, 0, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// dark tells whether the pixel is nearer to black.
func dark(img image.Image, x, y int) bool {
	return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128
}

// corners is the darkness of the four quarters: top left, top right, bottom
// left, bottom right.
func corners(img image.Image) [4]bool {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	return [4]bool{
		dark(img, w/4, h/4), dark(img, w*3/4, h/4), dark(img, w/4, h*3/4), dark(img, w*3/4, h*3/4),
	}
}

func jpegFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

func pngFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

// drawn is a file of testdata: see draw.py there.
func drawn(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	must(t, err)
	return data
}

// webpLossy and webpLossless are pictures of one pixel.
func webpLossy(t testing.TB) []byte {
	return decode64(t, "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
}

func webpLossless(t testing.TB) []byte {
	return decode64(t, "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
}

func decode64(t testing.TB, s string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(s)
	must(t, err)
	return data
}

// webpClaiming is a header that claims a canvas of this size.
func webpClaiming(w, h int) []byte {
	b := []byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00")
	return append(b, byte(w-1), byte((w-1)>>8), byte((w-1)>>16), byte(h-1), byte((h-1)>>8), byte((h-1)>>16))
}

// withExif puts an Exif segment with an orientation behind a JPEG's first bytes.
func withExif(jpeg []byte, order binary.AppendByteOrder, value uint16) []byte {
	t := tiffBytes(order, []ifd{{{274, 3, 1, uint32(value)}}})
	return withSegment(jpeg, 0xe1, append([]byte("Exif\x00\x00"), t...))
}

func withSegment(jpeg []byte, marker byte, payload []byte) []byte {
	b := append([]byte{}, jpeg[:2]...)
	b = append(b, 0xff, marker)
	b = binary.BigEndian.AppendUint16(b, uint16(len(payload)+2))
	b = append(b, payload...)
	return append(b, jpeg[2:]...)
}

// resized changes the size that a JPEG's frame header claims.
func resized(jpeg []byte, w, h int) []byte {
	b := bytes.Clone(jpeg)
	at := bytes.Index(b, []byte{0xff, 0xc0}) + 5
	binary.BigEndian.PutUint16(b[at:], uint16(h))
	binary.BigEndian.PutUint16(b[at+2:], uint16(w))
	return b
}

// greyJPEG is an even grey JPEG whose luma is sampled h x v times as often as
// its colours. Go's encoder knows 2 x 2 only, so its frame header is changed
// and the blocks written anew: all of them empty.
func greyJPEG(t testing.TB, width, height, h, v int) []byte {
	even := image.NewYCbCr(image.Rect(0, 0, 16, 16), image.YCbCrSubsampleRatio420)
	b := resized(jpegFile(t, even), width, height)
	frame := bytes.Index(b, []byte{0xff, 0xc0})
	b[frame+11] = byte(h<<4 | v)
	scan := bytes.Index(b, []byte{0xff, 0xda})
	b = b[:scan+2+int(binary.BigEndian.Uint16(b[scan+2:]))]
	bits := ""
	mcus := ((width + 8*h - 1) / (8 * h)) * ((height + 8*v - 1) / (8 * v))
	for range mcus {
		for range h * v {
			bits += "001010" // luma: no difference, end of block
		}
		bits += "0000" + "0000" // the colours, likewise
	}
	return append(append(b, packBits(bits, '1')...), 0xff, 0xd9)
}

func packBits(bits string, pad byte) []byte {
	for len(bits)%8 != 0 {
		bits += string(pad)
	}
	var b []byte
	for i := 0; i < len(bits); i += 8 {
		var c byte
		_, _ = fmt.Sscanf(bits[i:i+8], "%b", &c)
		b = append(b, c)
	}
	return b
}

// pngClaiming is a PNG header that claims this size.
func pngClaiming(w, h uint32) []byte {
	chunk := []byte("IHDR")
	chunk = binary.BigEndian.AppendUint32(chunk, w)
	chunk = binary.BigEndian.AppendUint32(chunk, h)
	chunk = append(chunk, 8, 0, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	b = append(b, chunk...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(chunk))
}

// ifd is a TIFF directory; entry is tag, type, count, value.
type (
	ifd   []entry
	entry [4]uint32
)

// tiffBytes lays out directories one after the other, without pixels.
func tiffBytes(order binary.AppendByteOrder, pages []ifd) []byte {
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	for i, dir := range pages {
		b = order.AppendUint16(b, uint16(len(dir)))
		for _, e := range dir {
			b = order.AppendUint16(b, uint16(e[0]))
			b = order.AppendUint16(b, uint16(e[1]))
			b = order.AppendUint32(b, e[2])
			if e[1] == 3 && e[2] == 1 {
				b = order.AppendUint16(b, uint16(e[3]))
				b = append(b, 0, 0)
				continue
			}
			b = order.AppendUint32(b, e[3])
		}
		next := len(b) + 4
		if i == len(pages)-1 {
			next = 0
		}
		b = order.AppendUint32(b, uint32(next))
	}
	return b
}

// tiffPage is one page of a TIFF to be written: grey rows, or ready data.
type tiffPage struct {
	rows        []string // a byte for each pixel
	data        []byte   // in place of rows
	compression uint32   // 0: none
	width       uint32
	height      uint32
	bits        uint32
	orientation uint32
	subfile     uint32
}

func (p tiffPage) filled() tiffPage {
	if p.data == nil {
		for _, row := range p.rows {
			p.data = append(p.data, row...)
		}
		p.width, p.height, p.bits = uint32(len(p.rows[0])), uint32(len(p.rows)), 8
	}
	p.compression = max(p.compression, 1)
	p.orientation = max(p.orientation, 1)
	return p
}

// tiffFile writes pages with their pixels behind all directories.
func tiffFile(order binary.AppendByteOrder, pages ...tiffPage) []byte {
	const entries = 10
	offset := uint32(8 + len(pages)*(2+entries*12+4))
	var dirs []ifd
	var pixels []byte
	for _, p := range pages {
		p = p.filled()
		blackIsZero := uint32(1)
		if p.compression == 4 {
			blackIsZero = 0
		}
		dirs = append(dirs, ifd{
			{254, 4, 1, p.subfile}, {256, 4, 1, p.width}, {257, 4, 1, p.height}, {258, 3, 1, p.bits},
			{259, 3, 1, p.compression}, {262, 3, 1, blackIsZero}, {273, 4, 1, offset + uint32(len(pixels))},
			{274, 3, 1, p.orientation}, {278, 4, 1, p.height}, {279, 4, 1, uint32(len(p.data))},
		})
		pixels = append(pixels, p.data...)
	}
	return append(tiffBytes(order, dirs), pixels...)
}

// colourTIFF is a page of RGB pixels with an orientation.
func colourTIFF(order binary.AppendByteOrder, width, height uint32, rgb []byte, orientation uint32) []byte {
	const entries = 10
	bits := uint32(8 + 2 + entries*12 + 4) // offset of three numbers that do not fit into an entry
	head := tiffBytes(order, []ifd{{
		{256, 4, 1, width}, {257, 4, 1, height}, {258, 3, 3, bits}, {259, 3, 1, 1}, {262, 3, 1, 2},
		{273, 4, 1, bits + 6}, {274, 3, 1, orientation}, {277, 3, 1, 3}, {278, 4, 1, height}, {279, 4, 1, uint32(len(rgb))},
	}})
	for range 3 {
		head = order.AppendUint16(head, 8)
	}
	return append(head, rgb...)
}

// faxPage is 24 x 24 pixels of CCITT group 4: a black bar of 8 in the middle.
func faxPage() tiffPage {
	const (
		horizontal = "001"
		white8     = "10011"
		black8     = "000101"
		black0     = "0000110111"
		same       = "1"
	)
	bits := horizontal + white8 + black8 + horizontal + white8 + black0
	for range 23 {
		bits += same + same + same
	}
	bits += "000000000001000000000001"
	return tiffPage{data: packBits(bits, '0'), compression: 4, width: 24, height: 24, bits: 1}
}

// pdfPage is a page of a PDF to be written.
type pdfPage struct {
	width, height float64 // points
	rotate        int
	image         []byte // JPEG that covers the page
	imageSize     image.Point
	annotation    bool // a black square over the whole page
}

// pdfFile writes a PDF; trailer goes into its last dictionary.
func pdfFile(trailer string, pages ...pdfPage) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), fmt.Sprintf(format, args...))
	}
	stream := func(dict string, content []byte) {
		object("<<%s/Length %d>>stream\n%s\nendstream", dict, len(content), content)
	}
	b.WriteString("%PDF-1.4\n")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", 3+4*i)
	}
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), kids)
	for i, p := range pages {
		content, annots := "", ""
		if p.image != nil {
			content = fmt.Sprintf("q %g 0 0 %g 0 0 cm /I Do Q", p.width, p.height)
		}
		box := fmt.Sprintf("[0 0 %g %g]", p.width, p.height)
		if p.annotation {
			annots = fmt.Sprintf("/Annots[<</Type/Annot/Subtype/Ink/F 4/Rect%s/AP<</N %d 0 R>>>>]", box, 6+4*i)
		}
		object("<</Type/Page/Parent 2 0 R/MediaBox%s/Rotate %d/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>%s>>",
			box, p.rotate, 4+4*i, 5+4*i, annots)
		stream("", []byte(content))
		stream(fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
			p.imageSize.X, p.imageSize.Y), p.image)
		stream("/Type/XObject/Subtype/Form/BBox"+box, fmt.Appendf(nil, "0 g 0 0 %g %g re f", p.width, p.height))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF", len(offsets)+1, trailer, start)
	return b.Bytes()
}

// scanned is a page of A4 that shows a scan.
func scanned(t testing.TB) pdfPage {
	return pdfPage{width: 595, height: 842, image: jpegFile(t, cornered(200, 280)), imageSize: image.Pt(200, 280)}
}
