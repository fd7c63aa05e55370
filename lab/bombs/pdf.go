package bombs

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/adler32"
	"slices"
	"strings"
)

// PDF makes documents that take time or memory out of all proportion to their size.
func PDF() []Bomb {
	return []Bomb{
		{"nested-forms.pdf", NestedForms()},
		{"nested-groups.pdf", nestedGroups()},
		{"shading.pdf", shading()},
		{"pattern.pdf", Pattern()},
		{"huge-content.pdf", hugeContent()},
		{"huge-picture.pdf", hugePicture()},
		{"fonts.pdf", fonts()},
		{"object-loop.pdf", objectLoop()},
		{"page-loop.pdf", pageLoop()},
		{"unpacked-objects.pdf", unpackedObjects()},
	}
}

// document collects objects; the first is the catalog, the second the page tree, the
// third the page and the fourth its content.
type document struct {
	buf     bytes.Buffer
	offsets []int
}

const (
	sidePoints = 600
	firstFree  = 5
)

func newDocument(resources, content string) *document {
	d := &document{}
	d.buf.WriteString("%PDF-1.7\n")
	d.objectf("<</Type/Catalog/Pages 2 0 R>>")
	d.objectf("<</Type/Pages/Count 1/Kids[3 0 R]>>")
	d.objectf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<<%s>>>>", sidePoints, sidePoints, resources)
	d.stream("", []byte(content))
	return d
}

func (d *document) objectf(format string, args ...any) {
	d.offsets = append(d.offsets, d.buf.Len())
	fmt.Fprintf(&d.buf, "%d 0 obj\n%s\nendobj\n", len(d.offsets), fmt.Sprintf(format, args...))
}

func (d *document) stream(dict string, data []byte) {
	d.objectf("<<%s/Length %d>>stream\n%s\nendstream", dict, len(data), data)
}

func (d *document) packed(dict string, data []byte) {
	d.stream(dict+"/Filter/FlateDecode", deflated(data))
}

func (d *document) bytes() []byte {
	start := d.buf.Len()
	fmt.Fprintf(&d.buf, "xref\n0 %d\n0000000000 65535 f \n", len(d.offsets)+1)
	for _, o := range d.offsets {
		fmt.Fprintf(&d.buf, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&d.buf, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", len(d.offsets)+1, start)
	return d.buf.Bytes()
}

// deflated is data as zlib packs it. A block that is the same as the two before it is
// packed as the one before was: bombs are mostly the same thing many times, and with the
// race detector packing them took minutes.
func deflated(data []byte) []byte {
	const size = 1 << 20
	b := bytes.NewBuffer([]byte{0x78, 0x01})
	w, _ := flate.NewWriter(b, flate.BestSpeed) // the level is one
	var before, packed []byte
	again := false
	for block := range slices.Chunk(data, size) {
		same := bytes.Equal(block, before)
		if !same || !again {
			start := b.Len()
			_, _ = w.Write(block) // into memory
			_ = w.Flush()
			packed = bytes.Clone(b.Bytes()[start:])
		} else {
			b.Write(packed)
		}
		before, again = block, same
	}
	_ = w.Close()
	return binary.BigEndian.AppendUint32(b.Bytes(), adler32.Checksum(data))
}

// NestedForms draws ten times what draws ten times, and so on.
func NestedForms() []byte {
	const depth, times = 12, 10
	d := newDocument("/XObject<</X 5 0 R>>", "/X Do")
	for i := range depth {
		d.stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 600 600]/Resources<</XObject<</X %d 0 R>>>>", firstFree+i+1),
			[]byte(strings.Repeat("/X Do ", times)))
	}
	d.stream("/Type/XObject/Subtype/Form/BBox[0 0 600 600]", []byte("0 0 600 600 re f"))
	return d.bytes()
}

// nestedGroups has each layer of transparency take a bitmap of the whole page.
func nestedGroups() []byte {
	const depth, times = 25, 2
	d := newDocument("/XObject<</X 5 0 R>>/ExtGState<</G<</ca .5/BM/Multiply>>>>", "/G gs /X Do")
	for i := range depth {
		d.stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 600 600]/Group<</S/Transparency/I true/K true>>"+
			"/Resources<</ExtGState<</G<</ca .5/BM/Multiply>>>>/XObject<</X %d 0 R>>>>", firstFree+i+1),
			[]byte(strings.Repeat("/G gs /X Do ", times)))
	}
	d.stream("/Type/XObject/Subtype/Form/BBox[0 0 600 600]", []byte("0 0 600 600 re f"))
	return d.bytes()
}

// shading paints the page over and over with colours that are long to work out.
func shading() []byte {
	const steps, times = 400, 5000
	d := newDocument("/Shading<</S 5 0 R>>", strings.Repeat("/S sh ", times))
	d.objectf("<</ShadingType 1/ColorSpace/DeviceRGB/Domain[0 600 0 600]/Function 6 0 R>>")
	d.packed("/FunctionType 4/Domain[0 600 0 600]/Range[0 1 0 1 0 1]",
		[]byte("{ "+strings.Repeat("dup sin exch cos ", steps)+"dup }"))
	return d.bytes()
}

// Pattern tiles the page with cells far smaller than a pixel.
func Pattern() []byte {
	d := newDocument("/Pattern<</P 5 0 R>>", "/Pattern cs /P scn 0 0 600 600 re f")
	d.stream("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .001/YStep .001/Resources<<>>",
		[]byte("0 0 1 1 re f"))
	return d.bytes()
}

// hugeContent unpacks to two hundred megabytes of drawing.
func hugeContent() []byte {
	const size = 192 << 20
	line := []byte("0 0 600 600 re f ")
	d := newDocument("", "")
	d.offsets = d.offsets[:3]
	d.buf.Truncate(bytes.LastIndex(d.buf.Bytes(), []byte("4 0 obj")))
	d.packed("", bytes.Repeat(line, size/len(line)))
	return d.bytes()
}

// hugePicture is one of 65,000 x 65,000 pixels in 16 bits.
func hugePicture() []byte {
	const side = 65_000
	d := newDocument("/XObject<</X 5 0 R>>", "q 600 0 0 600 0 0 cm /X Do Q")
	d.packed(fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 16/Interpolate true", side, side),
		make([]byte, 128<<20))
	return d.bytes()
}

// fonts draws a letter that is a page of letters, which are pages of letters.
func fonts() []byte {
	const depth, letters = 8, 200
	text := "BT /F 10 Tf (" + strings.Repeat("a", letters) + ") Tj ET"
	d := newDocument("/Font<</F 5 0 R>>", text)
	for i := range depth {
		next := firstFree + 2*(i+1)
		d.objectf("<</Type/Font/Subtype/Type3/FontBBox[0 0 600 600]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[.01]"+
			"/Encoding<</Differences[97/a]>>/CharProcs<</a %d 0 R>>/Resources<</Font<</F %d 0 R>>>>>>", firstFree+2*i+1, next)
		d.stream("", []byte("600 0 d0 "+text))
	}
	d.objectf("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	return d.bytes()
}

// objectLoop has objects that are each other, and a stream as long as itself.
func objectLoop() []byte {
	d := newDocument("/XObject<</X 5 0 R>>/ExtGState 7 0 R/Font 8 0 R", "/X Do "+strings.Repeat("q /G gs /X Do ", 1000))
	d.objectf("<</Type/XObject/Subtype/Form/BBox[0 0 600 600]/Resources 6 0 R/Length 5 0 R>>stream\n/X Do /X Do\nendstream")
	d.objectf("<</XObject<</X 5 0 R>>/ExtGState 7 0 R/Parent 6 0 R>>")
	d.objectf("8 0 R")
	d.objectf("7 0 R")
	return d.bytes()
}

// pageLoop is a tree of pages that holds itself, a million times over, and says that
// they are 20.
func pageLoop() []byte {
	d := &document{}
	d.buf.WriteString("%PDF-1.7\n")
	d.objectf("<</Type/Catalog/Pages 2 0 R>>")
	d.objectf("<</Type/Pages/Count 20/Kids[%s]>>", strings.Repeat("2 0 R 3 0 R ", 1000))
	d.objectf("<</Type/Pages/Count 20/Parent 2 0 R/Kids[%s]>>", strings.Repeat("3 0 R 2 0 R ", 1000))
	return d.bytes()
}

// unpackedObjects is a stream of objects of 160 MB.
func unpackedObjects() []byte {
	d := newDocument("", "/X Do")
	const n = 10_000_000
	d.packed(fmt.Sprintf("/Type/ObjStm/N %d/First 100000000", n), bytes.Repeat([]byte("9 9 "), 40<<20))
	return d.bytes()
}
