package roster

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// compactSheet is a worksheet without what holds nothing: rows and columns stand
// in order and close together. Sheets are formatted a million rows down, written
// bottom up, or hold a cell in their last column; the spreadsheet library takes
// time and memory for each place before it.
type compactSheet struct {
	rows    []sheetRow
	columns []int // of the sheet, counted from 1, in order
	cells   int   // so far
}

type sheetRow struct {
	number int // counted from 1
	cells  []sheetCell
}

// sheetCell is a cell as it is stored.
type sheetCell struct {
	column, style int
	kind          string
	text          string
	formula       bool // a formula, of which the text is the result
}

// place is where in a worksheet the reader stands.
type place struct {
	row      int
	ref      string // of the last cell of the row that has one
	behind   int    // how many cells without one came after it
	within   bool   // an element whose text counts
	phonetic bool   // within a reading aid, which is no text of the cell
	text     []byte
	attrs    []xml.Attr // of the cell
	formula  bool
}

// readSheet reads a worksheet's XML from behind its root's start to its end.
func readSheet(d *xml.Decoder, b *budget) (*compactSheet, error) {
	s := &compactSheet{}
	at := &place{}
	depth := 1
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) && depth == 0 {
			return s, s.settle(b)
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			err = s.begin(at, t)
		case xml.EndElement:
			depth--
			err = s.end(at, t.Name.Local, b)
		case xml.CharData:
			if at.within && !at.phonetic {
				at.text = append(at.text, t...)
			}
		}
		if err != nil {
			return nil, err
		}
	}
}

func (s *compactSheet) begin(at *place, t xml.StartElement) error {
	switch t.Name.Local {
	case "row":
		at.row++
		at.ref, at.behind = "", 0
		if n := attr(t.Attr, "r"); n != "" {
			at.row, _ = strconv.Atoi(n)
		}
		if at.row < 1 || at.row > lastRow {
			return fmt.Errorf("%w: a row with the number %d, which no sheet has", ErrFormat, at.row)
		}
	case "c":
		at.openCell(t.Attr)
	case "v", "t":
		at.within = true
	case "f":
		at.formula = true
	case "rPh":
		at.phonetic = true
	}
	return nil
}

func (p *place) openCell(attrs []xml.Attr) {
	p.behind++
	if ref := attr(attrs, "r"); ref != "" {
		p.ref, p.behind = ref, 0
	}
	p.attrs, p.text, p.formula = attrs, p.text[:0], false
}

// closeCell is the cell that ends here, and whether it holds anything: of the many
// that don't, nothing more is looked at.
func (p *place) closeCell() (c sheetCell, holds bool, err error) {
	c = sheetCell{kind: attr(p.attrs, "t"), formula: p.formula}
	// Text that a formula made empty is empty; else a formula without a result was
	// never computed.
	if c.formula && len(p.text) == 0 && c.kind == "str" {
		c.formula = false
	}
	if len(bytes.TrimSpace(p.text)) == 0 && !c.formula {
		return c, false, nil
	}
	c.text = string(p.text)
	c.style, _ = strconv.Atoi(attr(p.attrs, "s"))
	if p.ref != "" {
		if c.column, _, err = excelize.CellNameToCoordinates(p.ref); err != nil {
			return c, false, fmt.Errorf("%w: a cell called %q", ErrFormat, shorten(p.ref))
		}
	}
	if c.column += p.behind; c.column > lastColumn {
		return c, false, fmt.Errorf("%w: a cell in column %d, which no sheet has", ErrFormat, c.column)
	}
	return c, true, nil
}

func (s *compactSheet) end(at *place, name string, b *budget) error {
	switch name {
	case "v", "t":
		at.within = false
	case "rPh":
		at.phonetic = false
	case "c":
		c, holds, err := at.closeCell()
		if holds {
			return s.add(at.row, c, b)
		}
		return err
	}
	return nil
}

func (s *compactSheet) add(row int, c sheetCell, b *budget) error {
	if s.cells++; s.cells > b.cells {
		return b.take(s.cells)
	}
	if n := len(s.rows); n == 0 || s.rows[n-1].number != row {
		s.rows = append(s.rows, sheetRow{number: row})
	}
	last := &s.rows[len(s.rows)-1]
	last.cells = append(last.cells, c)
	return nil
}

// settle brings rows and cells in order. Of a cell that stands there twice the
// later one counts.
func (s *compactSheet) settle(b *budget) error {
	slices.SortStableFunc(s.rows, func(a, b sheetRow) int { return cmp.Compare(a.number, b.number) })
	var rows []sheetRow
	used := map[int]bool{}
	for _, r := range s.rows {
		if n := len(rows); n > 0 && rows[n-1].number == r.number {
			rows[n-1].cells = append(rows[n-1].cells, r.cells...)
			continue
		}
		rows = append(rows, r)
	}
	for _, r := range rows {
		slices.SortStableFunc(r.cells, func(a, b sheetCell) int { return cmp.Compare(a.column, b.column) })
		for _, c := range r.cells {
			used[c.column] = true
		}
	}
	for column := range used {
		s.columns = append(s.columns, column)
	}
	slices.Sort(s.columns)
	s.rows = rows
	for range rows {
		if err := b.take(len(s.columns)); err != nil {
			return err
		}
	}
	return nil
}

// xml writes the sheet with its rows and columns close together, below a row that
// names it: the library does not tell which part a sheet was read from.
func (s *compactSheet) xml(name string) []byte {
	var out bytes.Buffer
	out.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	out.WriteString(`<row r="1"><c r="A1" t="inlineStr"><is><t>`)
	_ = xml.EscapeText(&out, []byte(name)) // a buffer takes all
	out.WriteString(`</t></is></c></row>`)
	for i, r := range s.rows {
		fmt.Fprintf(&out, `<row r="%d">`, i+2)
		for n, c := range r.cells {
			if n+1 == len(r.cells) || r.cells[n+1].column != c.column {
				s.writeCell(&out, i+2, c)
			}
		}
		out.WriteString(`</row>`)
	}
	out.WriteString(`</sheetData></worksheet>`)
	return out.Bytes()
}

func (s *compactSheet) writeCell(out *bytes.Buffer, row int, c sheetCell) {
	if c.text == "" {
		return
	}
	name, err := excelize.CoordinatesToCellName(s.position(c.column)+1, row)
	if err != nil {
		panic(err) // both are within a sheet
	}
	open, end := "<v>", "</v>"
	if c.kind == "inlineStr" {
		open, end = `<is><t xml:space="preserve">`, "</t></is>"
	}
	fmt.Fprintf(out, `<c r="%s" s="%d" t="`, name, c.style)
	_ = xml.EscapeText(out, []byte(c.kind))
	out.WriteString(`">` + open)
	_ = xml.EscapeText(out, []byte(c.text))
	out.WriteString(end + `</c>`)
}

// position is where a column of the sheet stands among those that hold anything.
func (s *compactSheet) position(column int) int {
	at, _ := slices.BinarySearch(s.columns, column)
	return at
}

func attr(attrs []xml.Attr, name string) string {
	for _, a := range attrs {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}
