package export

import (
	"bytes"
	"errors"
)

// document packs a student's pages as one PDF. What can't be a page of it goes in beside
// it as it is, with the page's number; a lone page that is a PDF is the student's.
func (p *packing) document(of papers) error {
	var doc *document
	for i, key := range of.keys {
		body, err := p.page(of, key)
		if err != nil {
			return err
		}
		if body == nil {
			continue
		}
		if len(of.keys) == 1 && bytes.HasPrefix(body, []byte("%PDF-")) {
			return p.zip.put(of.name+".pdf", body)
		}
		if doc, err = p.roomFor(doc, of, len(body)); err != nil {
			return err
		}
		switch err := doc.add(body); {
		case errors.Is(err, errNoPage):
			if err := p.zip.put(of.file(i, key), body); err != nil {
				return err
			}
		case err != nil:
			return err
		}
	}
	return p.finish(doc, of)
}

// roomFor is the document that the next page goes into: another one if this one gets too
// large.
func (p *packing) roomFor(doc *document, of papers, bytes int) (*document, error) {
	if doc != nil && doc.size+bytes > maxDocument {
		if err := p.finish(doc, of); err != nil {
			return nil, err
		}
		doc = nil
	}
	if doc == nil {
		return newDocument()
	}
	return doc, nil
}

func (p *packing) finish(doc *document, of papers) error {
	if doc == nil || doc.pdf.PageCount == 0 {
		return nil
	}
	file, err := doc.bytes()
	if err != nil {
		return err
	}
	return p.zip.put(of.name+".pdf", file)
}
