package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// largePDF gives the pages of a PDF on disk. Each is taken out of it as a PDF of its own,
// which then is read as any other: PDFium reads of the file what that page takes, where
// reading its structure otherwise would take all of it into memory.
type largePDF struct {
	d     *Decoder
	path  string
	lim   Limits
	pages int

	mu   sync.Mutex
	last int    // the page that was asked for last
	one  source // that page
}

func openLargePDF(d *Decoder, path string, lim Limits) (*largePDF, error) {
	f := &largePDF{d: d, path: path, lim: lim}
	var err error
	f.pages, err = countPages(f.with, lim)
	return f, err
}

func (f *largePDF) count() int { return f.pages }

func (f *largePDF) page(i int) (image.Image, error) {
	one, err := f.alone(i)
	if err != nil {
		return nil, err
	}
	return one.page(0)
}

func (f *largePDF) cost(i int) (Cost, error) {
	one, err := f.alone(i)
	if err != nil {
		return Cost{}, err
	}
	return one.(coster).cost(0) //nolint:forcetypeassert // every source tells its cost
}

// alone is a page as a PDF of its own: the last one is kept, for its cost is asked before
// it is decoded.
func (f *largePDF) alone(i int) (source, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.one != nil && f.last == i {
		return f.one, nil
	}
	f.one = nil
	f.last = i
	data, err := f.takeOut(i)
	if errors.Is(err, ErrUnreadable) || errors.Is(err, ErrTooLarge) {
		f.one = drawnPage{f, i}
		return f.one, nil
	}
	if err == nil {
		f.one, err = openPDF(f.d, data, f.lim)
	}
	return f.one, err
}

// drawnPage is a page that can't be taken out, such as one of those that some programs
// write: all of them name all pictures of the file, which then come along. It is rendered.
type drawnPage struct {
	f *largePDF
	i int
}

func (drawnPage) count() int { return 1 }

func (p drawnPage) cost(int) (Cost, error) { return renderingCost(p.f.lim), nil } //nolint:unparam // the error is for other sources

func (p drawnPage) page(int) (img image.Image, err error) {
	err = p.f.with(func(engine pdfium.Pdfium, doc references.FPDF_DOCUMENT) (err error) {
		img, err = renderPage(engine, doc, p.i, p.f.lim)
		return err
	})
	return img, err
}

// takeOut makes a document of one page.
func (f *largePDF) takeOut(i int) ([]byte, error) {
	out := bounded{most: f.lim.MaxBytes}
	err := f.with(func(p pdfium.Pdfium, doc references.FPDF_DOCUMENT) error {
		made, err := p.FPDF_CreateNewDocument(&requests.FPDF_CreateNewDocument{})
		if err != nil {
			return fmt.Errorf("make a document of one page: %w", err)
		}
		_, err = p.FPDF_ImportPagesByIndex(&requests.FPDF_ImportPagesByIndex{Source: doc, Destination: made.Document, PageIndices: []int{i}})
		if err != nil {
			return fmt.Errorf("%w: take page %d out: %w", ErrUnreadable, i+1, err)
		}
		_, err = p.FPDF_SaveAsCopy(&requests.FPDF_SaveAsCopy{Document: made.Document, Flags: requests.SaveFlagNoIncremental, FileWriter: &out})
		if out.full { // PDFium may not say so
			return fmt.Errorf("%w: page %d alone has more than %d bytes", ErrTooLarge, i+1, f.lim.MaxBytes)
		}
		if err != nil {
			return fmt.Errorf("%w: write page %d: %w", ErrUnreadable, i+1, err)
		}
		_, err = p.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: made.Document})
		return err
	})
	return out.Bytes(), err
}

// bounded keeps what is written, up to a bound.
type bounded struct {
	bytes.Buffer

	most int64
	full bool
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if int64(b.Len()+len(p)) > b.most {
		b.full = true
		return 0, io.ErrShortWrite
	}
	return b.Buffer.Write(p)
}

// with opens the document for the time of work.
func (f *largePDF) with(work func(pdfium.Pdfium, references.FPDF_DOCUMENT) error) error {
	file, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("open the pdf: %w", err) // ours: nobody else has put it there
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("open the pdf: %w", err)
	}
	if info.Size() > f.lim.MaxPDF {
		return fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLarge, info.Size(), f.lim.MaxPDF)
	}
	return f.d.pdf.run(f.d.CacheDir, func(p pdfium.Pdfium) error {
		return withDocument(p, file, info.Size(), func(doc references.FPDF_DOCUMENT) error { return work(p, doc) })
	})
}
