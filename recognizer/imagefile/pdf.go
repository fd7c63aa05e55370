package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"math"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

const (
	pdfDPI     = 200.0 // digits of a hand are then about 30 pixels high
	pdfMaxSide = 4000  // pixels; some scanners declare one point for a pixel
	pdfMinSide = 16    // pixels; less is no sheet
	pointsInch = 72.0
)

// pdfFile gives the pages of a PDF. Nothing stays open in PDFium between calls.
type pdfFile struct {
	engine   *pdfEngine
	cacheDir string
	data     []byte
	lim      Limits
	pages    int
	scan     *pdfScan // nil if only PDFium understands the document
}

func openPDF(d *Decoder, data []byte, lim Limits) (source, error) {
	f := &pdfFile{engine: &d.pdf, cacheDir: d.CacheDir, data: data, lim: lim}
	if err := f.engine.check(); err != nil {
		return nil, err
	}
	if scan, err := scanPDF(data, lim); err == nil {
		f.scan, f.pages = scan, scan.doc.PageCount
		return f, lim.checkPages(f.pages)
	}
	var err error
	f.pages, err = countPages(f.with, lim)
	return f, err
}

func (f *pdfFile) count() int { return f.pages }

// page takes the picture out of a scanned page, and renders any other.
func (f *pdfFile) page(i int) (img image.Image, err error) {
	if err := f.engine.check(); err != nil {
		return nil, err
	}
	if f.scan != nil {
		if page, err := f.scan.page(i); err == nil {
			if img, err = f.scan.decode(page); err == nil {
				return img, nil
			}
		}
	}
	err = f.with(func(p pdfium.Pdfium, doc references.FPDF_DOCUMENT) (err error) {
		img, err = renderPage(p, doc, i, f.lim)
		return err
	})
	return img, err
}

// renderPage has PDFium draw page i of a document.
func renderPage(p pdfium.Pdfium, doc references.FPDF_DOCUMENT, i int, lim Limits) (image.Image, error) {
	page := requests.Page{ByIndex: &requests.PageByIndex{Document: doc, Index: i}}
	size, err := p.GetPageSize(&requests.GetPageSize{Page: page})
	if err != nil {
		return nil, fmt.Errorf("%w: size of the page: %w", ErrUnreadable, err)
	}
	width, height, err := renderedPixels(size.Width, size.Height, lim)
	if err != nil {
		return nil, err
	}
	return render(p, page, width, height)
}

// cost takes a page that is rendered for as large as one can be: its size is
// PDFium's to tell.
func (f *pdfFile) cost(i int) (Cost, error) { //nolint:unparam // the error is for other sources
	if f.scan != nil {
		if scan, err := f.scan.page(i); err == nil {
			const copies = 3 // unpacked samples, a part, the whole
			bytes := scan.bytes()
			return Cost{Decoding: copies * bytes, Page: bytes, Pixels: int64(scan.size.X) * int64(scan.size.Y)}, nil
		}
	}
	return renderingCost(f.lim), nil
}

func renderingCost(lim Limits) Cost {
	pixels := min(pdfMaxSide*pdfMaxSide, lim.MaxPixels)
	return Cost{Decoding: pdfMemory + 4*pixels, Page: 4 * pixels, Pixels: pixels}
}

// renderedPixels is the size to render at: 200 dpi, or less where that is too large.
func renderedPixels(widthPt, heightPt float64, lim Limits) (width, height int, err error) {
	scale := pdfDPI / pointsInch
	scale = min(scale, pdfMaxSide/widthPt, pdfMaxSide/heightPt)
	scale = min(scale, math.Sqrt(float64(lim.MaxPixels)/(widthPt*heightPt)))
	width, height = int(widthPt*scale), int(heightPt*scale)
	if !(widthPt > 0 && heightPt > 0) || width < pdfMinSide || height < pdfMinSide {
		return 0, 0, fmt.Errorf("%w: the page measures %g x %g points", ErrUnreadable, widthPt, heightPt)
	}
	return width, height, nil
}

// render copies the picture out of PDFium's memory, which is used again.
func render(p pdfium.Pdfium, page requests.Page, width, height int) (image.Image, error) {
	r, err := p.RenderPageInPixels(&requests.RenderPageInPixels{
		Page: page, Width: width, Height: height,
		RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT, // ink written on a tablet is an annotation
	})
	if err != nil {
		return nil, fmt.Errorf("%w: render: %w", ErrUnreadable, err)
	}
	defer r.Cleanup()
	src, ok := r.Result.RenderedImage.(*image.RGBA)
	if !ok {
		return nil, fmt.Errorf("%w: rendered as %T", ErrUnreadable, r.Result.RenderedImage)
	}
	dst := &image.RGBA{Pix: bytes.Clone(src.Pix), Stride: src.Stride, Rect: src.Rect}
	return normalize(dst), nil
}

// with opens the document for the time of work.
func (f *pdfFile) with(work func(pdfium.Pdfium, references.FPDF_DOCUMENT) error) error {
	return f.engine.run(f.cacheDir, func(p pdfium.Pdfium) error {
		return withDocument(p, bytes.NewReader(f.data), int64(len(f.data)), func(doc references.FPDF_DOCUMENT) error {
			return work(p, doc)
		})
	})
}

// withDocument opens a document for the time of work. PDFium reads it in pieces, so a
// large file is not copied into its memory.
func withDocument(p pdfium.Pdfium, file io.ReadSeeker, size int64, work func(references.FPDF_DOCUMENT) error) error {
	doc, err := p.OpenDocument(&requests.OpenDocument{FileReader: file, FileReaderSize: size})
	if errors.Is(err, pdferrors.ErrPassword) || errors.Is(err, pdferrors.ErrSecurity) {
		return fmt.Errorf("%w: the pdf is protected by a password", ErrUnreadable)
	}
	if err != nil {
		return fmt.Errorf("%w: open pdf: %w", ErrUnreadable, err)
	}
	if err := work(doc.Document); err != nil {
		return err
	}
	_, err = p.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: doc.Document})
	return err
}

// countPages asks PDFium, which has the document open for the time of with.
func countPages(with func(func(pdfium.Pdfium, references.FPDF_DOCUMENT) error) error, lim Limits) (pages int, err error) {
	err = with(func(p pdfium.Pdfium, doc references.FPDF_DOCUMENT) error {
		n, err := p.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc})
		if err != nil {
			return fmt.Errorf("%w: count pages: %w", ErrUnreadable, err)
		}
		if pages = n.PageCount; pages < 1 {
			return fmt.Errorf("%w: pdf without pages", ErrUnreadable)
		}
		return nil
	})
	if err == nil {
		err = lim.checkPages(pages)
	}
	return pages, err
}
