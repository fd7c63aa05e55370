package export

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // the pictures that a page may be made of
	_ "image/png"
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"hakbeon/recognizer/imagefile"
)

const (
	// maxDocument is about how large a PDF gets: what is beyond makes another one.
	maxDocument = 32 << 20
	// maxPixels is how large a PNG may be, which has to be unpacked: A4 at 300 dots an
	// inch has nine million.
	maxPixels = 12_000_000
	// longSide is how many points a page's longer side has, as A4's.
	longSide = 842
)

// errNoPage says that a file can't be a page as it is.
var errNoPage = errors.New("the file can't be put into a PDF as it is")

// document is a PDF that is made of pictures: a JPEG's bytes lie in it as they are.
type document struct {
	pdf   *model.Context
	tree  *types.IndirectRef
	pages types.Dict
	size  int // of the pictures in it
}

func newDocument() (*document, error) {
	limits := model.DefaultResourceLimits()
	limits.MaxImagePixels, limits.MaxImageBytes = math.MaxInt32, math.MaxInt64 // a JPEG isn't unpacked
	pdf, err := pdfcpu.CreateContextWithXRefTable(&model.Configuration{ValidationMode: model.ValidationRelaxed, Eol: types.EolLF, Offline: true, Limits: limits}, &types.Dim{Width: 595, Height: longSide})
	if err != nil {
		return nil, fmt.Errorf("begin a PDF: %w", err)
	}
	d := &document{pdf: pdf}
	if d.tree, err = pdf.Pages(); err != nil {
		return nil, fmt.Errorf("begin a PDF: %w", err)
	}
	if d.pages, err = pdf.DereferenceDict(*d.tree); err != nil {
		return nil, fmt.Errorf("begin a PDF: %w", err)
	}
	return d, nil
}

// add makes a page of a picture, upright; errNoPage if it is none that may be embedded.
// What was added before stays as it is then.
func (d *document) add(file []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: pdfcpu failed: %v", errNoPage, p)
		}
	}()
	config, kind, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || len(file) > maxDocument || !embeds(kind, config) {
		return errNoPage
	}
	from := *d.pdf.Size
	pictures, err := model.CreateImageResources(d.pdf.XRefTable, bytes.NewReader(file), false, false)
	if err != nil || len(pictures) != 1 || pictures[0].Res.IndRef == nil {
		return fmt.Errorf("%w: %w", errNoPage, err)
	}
	d.settle(from)
	return d.page(*pictures[0].Res.IndRef, config, imagefile.Orientation(file))
}

// embeds reports whether a picture may be put into a PDF. Of four inks a JPEG doesn't
// say well enough which way they count.
func embeds(kind string, config image.Config) bool {
	switch kind {
	case "jpeg":
		return config.ColorModel == color.GrayModel || config.ColorModel == color.YCbCrModel
	case "png":
		return config.Width*config.Height <= maxPixels
	}
	return false
}

// settle forgets the unpacked pictures among the objects from a number on: their packed
// form is what is written.
func (d *document) settle(from int) {
	for n := from; n < *d.pdf.Size; n++ {
		entry := d.pdf.Table[n]
		if entry == nil {
			continue
		}
		if stream, ok := entry.Object.(types.StreamDict); ok {
			stream.Content = nil
			entry.Object = stream
			d.size += len(stream.Raw)
		}
	}
}

func (d *document) page(picture types.IndirectRef, config image.Config, orientation int) error {
	width, height := float64(config.Width), float64(config.Height)
	if orientation >= 5 { // it lies on its side
		width, height = height, width
	}
	scale := longSide / max(width, height)
	width, height = width*scale, height*scale
	content, err := d.pdf.NewStreamDictForBuf([]byte(placed(orientation, width, height)))
	if err != nil {
		return fmt.Errorf("%w: %w", errNoPage, err)
	}
	if err := content.Encode(); err != nil {
		return fmt.Errorf("%w: %w", errNoPage, err)
	}
	contents, err := d.pdf.IndRefForNewObject(*content)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoPage, err)
	}
	page, err := d.pdf.IndRefForNewObject(types.Dict{
		"Type": types.Name("Page"), "Parent": *d.tree, "MediaBox": types.RectForDim(width, height).Array(), "Contents": *contents,
		"Resources": types.Dict{"XObject": types.Dict{"Im0": picture}},
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errNoPage, err)
	}
	if err := model.AppendPageTree(page, 1, d.pages); err != nil {
		return fmt.Errorf("%w: %w", errNoPage, err)
	}
	d.pdf.PageCount++
	return nil
}

// placed draws the picture over the whole page: a PDF knows nothing of Exif, so it is
// turned where it is drawn.
func placed(orientation int, w, h float64) string {
	m := map[int][6]float64{
		1: {w, 0, 0, h, 0, 0}, 2: {-w, 0, 0, h, w, 0}, 3: {-w, 0, 0, -h, w, h}, 4: {w, 0, 0, -h, 0, h},
		5: {0, -h, -w, 0, w, h}, 6: {0, -h, w, 0, 0, h}, 7: {0, h, w, 0, 0, 0}, 8: {0, h, -w, 0, w, 0},
	}[orientation]
	return fmt.Sprintf("q %.3f %.3f %.3f %.3f %.3f %.3f cm /Im0 Do Q", m[0], m[1], m[2], m[3], m[4], m[5])
}

// bytes is the file.
func (d *document) bytes() (file []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("write a PDF: pdfcpu failed: %v", p)
		}
	}()
	var out bytes.Buffer
	out.Grow(d.size + d.size/64 + 1024)
	d.pdf.Write.Writer = bufio.NewWriter(&out)
	if err := pdfcpu.WriteContext(d.pdf); err != nil {
		return nil, fmt.Errorf("write a PDF: %w", err)
	}
	if err := d.pdf.Write.Flush(); err != nil {
		return nil, fmt.Errorf("write a PDF: %w", err)
	}
	return out.Bytes(), nil
}
