package synth

import (
	"bytes"
	"fmt"
	"image"

	"hakbeon/recognizer/imagefile/t4"
)

// PDFPage is a page of a PDF that is one picture, as scanners write it.
type PDFPage struct {
	picture string // the entries of the picture's coding
	data    []byte
	size    image.Point
	dpi     float64
	over    string
}

// FaxPage is a page scanned in two colours, packed as CCITT group 4.
func FaxPage(page *image.Gray, dpi float64) PDFPage {
	size := page.Bounds().Size()
	return PDFPage{
		picture: fmt.Sprintf("/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns %d/Rows %d>>", size.X, size.Y),
		data:    t4.Group4(page), size: size, dpi: dpi,
	}
}

// JPEGPage is a page scanned in colour, as a baseline JPEG of three colours.
func JPEGPage(jpeg []byte, size image.Point, dpi float64) PDFPage {
	return PDFPage{picture: "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode", data: jpeg, size: size, dpi: dpi}
}

// Marked is the page with a line drawn across its foot, which makes it more than a
// picture: it has to be rendered.
func (p PDFPage) Marked() PDFPage {
	p.over = " 9 9 99 1 re f"
	return p
}

// PDF is a document of the pages.
func PDF(pages ...PDFPage) []byte {
	const perPage, first = 3, 3 // objects; the catalog and the tree come before
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(offsets)}, args...)...)
	}
	b.WriteString("%PDF-1.7\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	var kids bytes.Buffer
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", first+perPage*i)
	}
	object("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), kids.String())
	for i, p := range pages {
		const inch = 72
		n, width, height := first+perPage*i, float64(p.size.X)*inch/p.dpi, float64(p.size.Y)*inch/p.dpi
		content := fmt.Sprintf("q %.3f 0 0 %.3f 0 0 cm /I Do Q%s", width, height, p.over)
		object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.3f %.3f]/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>>>", width, height, n+1, n+2)
		object("<</Length %d>>stream\n%s\nendstream", len(content), content)
		object("<</Type/XObject/Subtype/Image/Width %d/Height %d%s/Length %d>>stream\n%s\nendstream", p.size.X, p.size.Y, p.picture, len(p.data), p.data)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", len(offsets)+1, start)
	return b.Bytes()
}
