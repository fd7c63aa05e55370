package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"

	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

// What lies in every ZIP beside the papers.
const (
	reportFile    = "report.xlsx"
	studentsFile  = "students.csv"
	unsettledFile = "unsettled.csv"
	leftOutFile   = "left_out.csv"
)

// papers are pages that belong together, and how they are called.
type papers struct {
	folder, name string
	keys         []string
	pdf          bool
}

// packing is one ZIP while it is written.
type packing struct {
	*Export

	zip     *archive
	pages   *stream
	leftOut [][]string
}

// WriteZip writes the ZIP. After an error what was written is none: it must not be ended
// like one. Errors are those of w, s3store's, or that ctx has ended.
func (x *Export) WriteZip(ctx context.Context, w io.Writer) error {
	all := x.papers()
	var keys []string
	for _, p := range all {
		keys = append(keys, p.keys...)
	}
	pages := fetch(ctx, x.store, keys)
	defer pages.close()
	out := &packing{Export: x, zip: newArchive(w, x.end.Plan.CreatedAt), pages: pages, leftOut: [][]string{{x.words.folder, x.words.source, x.words.why}}}
	if err := out.lists(); err != nil {
		return err
	}
	for _, s := range x.unsettled {
		if len(s.pages) == 0 {
			out.leftOut = append(out.leftOut, []string{x.words.unsettled, sourceOf(s), x.words.noCopy})
		}
	}
	for _, p := range all {
		pack := out.files
		if p.pdf {
			pack = out.document
		}
		if err := pack(p); err != nil {
			return err
		}
	}
	if len(out.leftOut) > 1 {
		if err := out.list(leftOutFile, func(w io.Writer) error { return writeCSV(w, out.leftOut) }); err != nil {
			return err
		}
	}
	return out.zip.end()
}

// sourceOf is the file that a sheet is in, and its page where it has several.
func sourceOf(s *sheet) string {
	if s.Page > 1 || s.several {
		return fmt.Sprintf("%s#%d", s.Source, s.Page)
	}
	return s.Source
}

// papers are the students', then those that are not settled.
func (x *Export) papers() []papers {
	var out []papers
	for _, st := range x.students {
		p := papers{folder: st.called, name: st.called, pdf: x.PDF}
		if x.PDF {
			p.folder = ""
		}
		for _, s := range st.sheets {
			p.keys = append(p.keys, s.pages...)
		}
		out = append(out, p)
	}
	for _, s := range x.unsettled {
		if len(s.pages) > 0 {
			out = append(out, papers{folder: x.words.unsettled, name: s.called, keys: s.pages})
		}
	}
	return out
}

func (st *student) pages() (n int) {
	for _, s := range st.sheets {
		n += len(s.pages)
	}
	return n
}

func (p *packing) lists() error {
	if p.report != nil {
		if err := p.zip.put(reportFile, p.report); err != nil {
			return err
		}
		p.report = nil // it may be large
	}
	if p.noReport != "" {
		p.leftOut = append(p.leftOut, []string{reportFile, p.Batch.Report(), p.noReport})
	}
	if err := p.list(studentsFile, p.WriteStudents); err != nil {
		return err
	}
	if len(p.unsettled) == 0 {
		return nil
	}
	return p.list(unsettledFile, p.writeUnsettled)
}

func (p *packing) list(name string, write func(io.Writer) error) error {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return err
	}
	return p.zip.put(name, out.Bytes())
}

// files packs pages as they are: a sheet's only page by the name alone if that tells it
// from others, as that of an unsettled one does.
func (p *packing) files(of papers) error {
	for i, key := range of.keys {
		body, err := p.page(of, key)
		if err != nil {
			return err
		}
		if body == nil {
			continue
		}
		if err := p.zip.put(of.file(i, key), body); err != nil {
			return err
		}
	}
	return nil
}

// file is where the page at a place lies.
func (of papers) file(i int, key string) string {
	name := of.name
	if len(of.keys) > 1 || of.folder == of.name {
		name += fmt.Sprintf("_%0*d", max(2, len(strconv.Itoa(len(of.keys)))), i+1)
	}
	return path.Join(of.folder, name+"."+layout.Ext(key))
}

// page is the next page's file, nil if it will never be had: then it is among what is left
// out.
func (p *packing) page(of papers, key string) ([]byte, error) {
	body, err := p.pages.next()
	if err == nil && body == nil {
		return []byte{}, nil // an empty file is one, too
	}
	if err == nil {
		return body, nil
	}
	why := p.words.never(err)
	if why == "" {
		return nil, err
	}
	if errors.Is(err, s3store.ErrNotFound) {
		if err := p.moved(); err != nil {
			return nil, err
		}
	}
	p.leftOut = append(p.leftOut, []string{path.Join(of.folder, of.name), key, why})
	return nil, nil
}

// moved is ErrChanging if a later end has begun, which may have given a page that is gone
// to another student: the next try finds it there.
func (p *packing) moved() error {
	begun, err := batch.View{Batch: p.Batch, Store: p.store}.Begun(p.pages.ctx, p.Epoch()+1)
	if err == nil && begun {
		err = ErrChanging
	}
	return err
}
