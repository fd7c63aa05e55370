package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// errNotAScan means that a page is more than one picture, or one that we do not
// decode: it is rendered.
var errNotAScan = errors.New("not a scanned page")

// pdfScan finds the pictures of scanned pages, so that they are decoded as
// themselves: at the scanner's resolution, and without PDFium.
type pdfScan struct {
	lim Limits

	mu  sync.Mutex // pdfcpu notes in the document what it has looked up
	doc *model.Context
}

// scanPDF reads the structure of a document. Any error means that PDFium has the
// say, also of whether the file is broken.
func scanPDF(data []byte, lim Limits) (s *pdfScan, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pdfcpu failed: %v", p)
		}
	}()
	doc, err := pdfcpu.Read(bytes.NewReader(data), &model.Configuration{
		Reader15: true, ValidationMode: model.ValidationRelaxed, Offline: true, Limits: pdfcpuLimits(lim),
	})
	if err != nil {
		return nil, err
	}
	if doc.Encrypt != nil {
		return nil, errNotAScan
	}
	if err := doc.EnsurePageCount(); err != nil {
		return nil, err
	}
	if doc.PageCount < 1 {
		return nil, errNotAScan
	}
	return &pdfScan{doc: doc, lim: lim}, nil
}

func pdfcpuLimits(lim Limits) model.ResourceLimits {
	l := model.DefaultResourceLimits()
	l.MaxStreamBytes, l.MaxDecodeBytes = lim.MaxBytes, pdfStructure
	l.MaxImagePixels = lim.MaxPixels
	l.MaxObjectCount, l.MaxXRefEntries, l.MaxObjectStreamCount = pdfObjects, pdfObjects, pdfObjects
	return l
}

const (
	pdfStructure = 64 << 20 // bytes of one unpacked stream of objects
	pdfObjects   = 1 << 20
)

// pdfPage is a page of one picture: its parts from top to bottom, and how it is to
// be turned.
type pdfPage struct {
	parts  []pdfPart
	size   image.Point // of the picture, in pixels, before it is turned
	turned orientation
}

// pdfPart is a picture and where its top lies in the page's picture.
type pdfPart struct {
	pdfPicture
	top int
}

// page looks whether page i, counted from 0, is a scan; errNotAScan or another
// error if it has to be rendered.
func (s *pdfScan) page(i int) (page pdfPage, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pdfcpu failed: %v", p)
		}
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	dict, _, inherited, err := s.doc.PageDict(i+1, false)
	if err != nil {
		return page, err
	}
	box, err := s.box(dict, inherited)
	if err != nil {
		return page, err
	}
	content, err := s.content(dict)
	if err != nil {
		return page, err
	}
	reader := contentReader{resources: s.resources(inherited.Resources)}
	placed, err := reader.pictures(content)
	if err != nil {
		return page, err
	}
	return s.assemble(placed, reader.resources, box, inherited.Rotate)
}

// box is the visible part of a page on which nothing lies over the content.
func (s *pdfScan) box(dict types.Dict, inherited *model.InheritedPageAttrs) (box types.Rectangle, err error) {
	if _, has := dict.Find("UserUnit"); has || inherited.MediaBox == nil {
		return box, errNotAScan
	}
	if annotations, has := dict.Find("Annots"); has {
		list, err := s.doc.DereferenceArray(annotations)
		if err != nil || len(list) > 0 {
			return box, errNotAScan // ink written on a tablet is an annotation
		}
	}
	box = *inherited.MediaBox
	if crop := inherited.CropBox; crop != nil {
		box.LL.X, box.LL.Y = max(box.LL.X, crop.LL.X), max(box.LL.Y, crop.LL.Y)
		box.UR.X, box.UR.Y = min(box.UR.X, crop.UR.X), min(box.UR.Y, crop.UR.Y)
	}
	if !(box.Width() > 0 && box.Height() > 0) {
		return box, errNotAScan
	}
	return box, nil
}

// maxContent is for what draws a picture and the invisible text of its reading.
const maxContent = 4 << 20

// content unpacks what draws a page, in one stream or several, no further than that.
func (s *pdfScan) content(dict types.Dict) (content []byte, err error) {
	o, has := dict.Find("Contents")
	if !has {
		return nil, errNotAScan
	}
	if o, err = s.doc.Dereference(o); err != nil {
		return nil, err
	}
	streams, several := o.(types.Array)
	if !several {
		streams = types.Array{o}
	}
	for _, o := range streams {
		if o, err = s.doc.Dereference(o); err != nil {
			return nil, err
		}
		stream, ok := o.(types.StreamDict)
		if !ok {
			return nil, errNotAScan
		}
		if err := stream.DecodeWithLimit(maxContent); err != nil {
			return nil, err
		}
		if content = append(append(content, stream.Content...), '\n'); len(content) > maxContent {
			return nil, errNotAScan
		}
	}
	return content, nil
}

// decode makes the page's picture, upright.
func (s *pdfScan) decode(page pdfPage) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the decoder failed: %v", p)
		}
	}()
	if len(page.parts) == 1 {
		img, err = page.parts[0].decode()
	} else {
		img, err = page.join()
	}
	if err != nil {
		return nil, err
	}
	return orient(img, page.turned), nil
}

// bytes is what the page's picture takes.
func (p *pdfPage) bytes() int64 {
	perPixel := int64(1)
	for _, part := range p.parts {
		if part.components != 1 {
			perPixel = 4
		}
	}
	return perPixel * int64(p.size.X) * int64(p.size.Y)
}
