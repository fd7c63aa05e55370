package worker_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/image/tiff"
)

// A test page says in grey cells what the fake reader should read on it: a row
// of cells, each of one sign. They survive JPEG and scaling.
const (
	signs     = "0123456789?!~#" // see fakeReader
	pageCells = 16
	cellSize  = 12
)

func drawPage(text string) *image.Gray {
	page := image.NewGray(image.Rect(0, 0, pageCells*cellSize, 4*cellSize))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	for i, sign := range text {
		shade := color.Gray{Y: uint8(strings.IndexRune(signs, sign))*16 + 8}
		for y := range 4 * cellSize {
			for x := i * cellSize; x < (i+1)*cellSize; x++ {
				page.SetGray(x, y, shade)
			}
		}
	}
	return page
}

// pageText is what drawPage wrote.
func pageText(page image.Image) string {
	var text strings.Builder
	size := page.Bounds().Size()
	for i := range pageCells {
		at := page.At((2*i+1)*size.X/(2*pageCells), size.Y/2)
		sign := int(color.GrayModel.Convert(at).(color.Gray).Y) / 16
		if sign >= len(signs) {
			break
		}
		text.WriteByte(signs[sign])
	}
	return text.String()
}

func pngPage(t testing.TB, text string) []byte {
	var out bytes.Buffer
	must(t, png.Encode(&out, drawPage(text)))
	return out.Bytes()
}

func jpegPage(t testing.TB, text string) []byte {
	var out bytes.Buffer
	must(t, jpeg.Encode(&out, drawPage(text), nil))
	return out.Bytes()
}

// tiffPages makes a file of several pages: single ones, one behind the other,
// with their directories chained and their offsets moved.
func tiffPages(t testing.TB, texts ...string) []byte {
	var file []byte
	link := 4 // where the offset of the next directory stands
	for _, text := range texts {
		var one bytes.Buffer
		must(t, tiff.Encode(&one, drawPage(text), nil))
		if len(file)%2 == 1 {
			file = append(file, 0)
		}
		base := uint32(len(file))
		file = append(file, one.Bytes()...)
		if base > 0 {
			putUint32(file[link:], base+uint32At(file[base+4:]))
		}
		link = moveDirectory(file, base, int(base+uint32At(file[base+4:])))
	}
	return file
}

func uint32At(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func putUint32(b []byte, v uint32) {
	b[0], b[1], b[2], b[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
}

// moveDirectory adds base to the offsets of a little-endian TIFF's directory and
// returns where the link to the next one stands.
func moveDirectory(file []byte, base uint32, at int) int {
	sizes := map[byte]uint32{1: 1, 2: 1, 3: 2, 4: 4, 5: 8}
	entries := int(file[at]) | int(file[at+1])<<8
	for i := range entries {
		entry := file[at+2+12*i:]
		tag := int(entry[0]) | int(entry[1])<<8
		long := sizes[entry[2]]*uint32At(entry[4:]) > 4
		const stripOffsets = 273
		if long || tag == stripOffsets {
			putUint32(entry[8:], uint32At(entry[8:])+base)
		}
		if long && tag == stripOffsets {
			panic("a test page has one strip")
		}
	}
	return at + 2 + 12*entries
}

// pdfPages makes a PDF whose pages are JPEGs.
func pdfPages(t testing.TB, texts ...string) []byte {
	var pdf bytes.Buffer
	var offsets []int
	object := func(body string) {
		offsets = append(offsets, pdf.Len())
		pdf.WriteString(itoa(len(offsets)) + " 0 obj\n" + body + "\nendobj\n")
	}
	pdf.WriteString("%PDF-1.4\n")
	var kids []string
	for i := range texts {
		kids = append(kids, itoa(3+3*i)+" 0 R")
	}
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Count " + itoa(len(texts)) + "/Kids[" + strings.Join(kids, " ") + "]>>")
	for i, text := range texts {
		content := "q 192 0 0 48 0 0 cm /I Do Q"
		img := string(jpegPage(t, text))
		object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 192 48]/Resources<</XObject<</I " + itoa(5+3*i) + " 0 R>>>>/Contents " + itoa(4+3*i) + " 0 R>>")
		object("<</Length " + itoa(len(content)) + ">>stream\n" + content + "\nendstream")
		object("<</Type/XObject/Subtype/Image/Width 192/Height 48/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode/Length " +
			itoa(len(img)) + ">>stream\n" + img + "\nendstream")
	}
	start := pdf.Len()
	pdf.WriteString("xref\n0 " + itoa(len(offsets)+1) + "\n0000000000 65535 f \n")
	for _, at := range offsets {
		pdf.WriteString(strings.Repeat("0", 10-len(itoa(at))) + itoa(at) + " 00000 n \n")
	}
	pdf.WriteString("trailer<</Root 1 0 R/Size " + itoa(len(offsets)+1) + ">>\nstartxref\n" + itoa(start) + "\n%%EOF\n")
	return pdf.Bytes()
}

func rosterFile(t testing.TB, header string, ids ...string) []byte {
	book := excelize.NewFile()
	rows := [][]any{{header, "이름"}}
	for _, id := range ids {
		rows = append(rows, []any{id, "학생 " + id[len(id)-2:]})
	}
	for i, row := range rows {
		must(t, book.SetSheetRow("Sheet1", "A"+itoa(i+1), &row))
	}
	var out bytes.Buffer
	must(t, book.Write(&out))
	must(t, book.Close())
	return out.Bytes()
}
