package roster

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// maxSpan bounds how many columns or rows a cell of a web page may take up.
const maxSpan = 1000

// readHTML reads the tables of a web page, which portals serve as "roster.xls". A
// table within another one is a list of its own.
func readHTML(data []byte, lim Limits) ([]*grid, error) {
	text, err := decodeMarkup(data)
	if err != nil {
		return nil, err
	}
	p := &page{tokens: html.NewTokenizer(bytes.NewReader(text)), budget: newBudget(lim)}
	if err := p.read(); err != nil {
		return nil, err
	}
	if len(p.grids) == 0 {
		return nil, malformed("it is a web page without a table; open it in a spreadsheet program and save it as .xlsx",
			"표가 없는 웹 페이지입니다. 스프레드시트 프로그램에서 열어 .xlsx로 저장해 주세요")
	}
	return p.grids, nil
}

// decodeMarkup makes UTF-8 of a page: what it says it is, else as of any text.
func decodeMarkup(data []byte) ([]byte, error) {
	if from, _, certain := charset.DetermineEncoding(data, ""); certain && utf16Order(data) == nil {
		out, err := from.NewDecoder().Bytes(data)
		if err == nil {
			return bytes.TrimPrefix(out, []byte("\ufeff")), nil
		}
	}
	return decode(data)
}

// page is a web page while it is read.
type page struct {
	tokens *html.Tokenizer
	budget *budget
	grids  []*grid
	open   []*htmlTable
	silent int // within so many elements that show nothing
}

// htmlTable is a table that is not closed yet.
type htmlTable struct {
	grid  *grid
	row   line
	inRow bool
	cell  *strings.Builder // nil outside of cells
	wide  int              // how many columns the cell takes up
	below map[int]int      // by column, how many further rows a cell above takes up
	tall  int
}

func (p *page) read() error {
	for {
		switch p.tokens.Next() {
		case html.ErrorToken:
			for len(p.open) > 0 {
				if err := p.closeTable(); err != nil {
					return err
				}
			}
			if err := p.tokens.Err(); !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		case html.TextToken:
			if t := p.table(); t != nil && t.cell != nil && p.silent == 0 {
				t.cell.Write(p.tokens.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			if err := p.begin(p.tokens.Token()); err != nil {
				return err
			}
		case html.EndTagToken:
			if err := p.end(p.tokens.Token().DataAtom); err != nil {
				return err
			}
		}
	}
}

func (p *page) table() *htmlTable {
	if len(p.open) == 0 {
		return nil
	}
	return p.open[len(p.open)-1]
}

func (p *page) begin(tag html.Token) error {
	t := p.table()
	switch tag.DataAtom {
	case atom.Table:
		p.open = append(p.open, &htmlTable{grid: &grid{}, below: map[int]int{}})
		return nil
	case atom.Style, atom.Script:
		p.silent++
	}
	if t == nil {
		return nil
	}
	switch tag.DataAtom {
	case atom.Tr:
		err := p.closeRow(t)
		t.inRow = true
		return err
	case atom.Td, atom.Th:
		t.inRow = true
		t.openCell(tag)
	case atom.Br, atom.P, atom.Div:
		if t.cell != nil {
			t.cell.WriteByte(' ')
		}
	}
	return nil
}

func (p *page) end(name atom.Atom) error {
	t := p.table()
	switch name {
	case atom.Style, atom.Script:
		p.silent = max(p.silent-1, 0)
	case atom.Table:
		return p.closeTable()
	case atom.Td, atom.Th:
		if t != nil {
			t.closeCell()
		}
	case atom.Tr:
		if t != nil {
			return p.closeRow(t)
		}
	}
	return nil
}

func (t *htmlTable) openCell(tag html.Token) {
	t.closeCell()
	t.cell, t.wide, t.tall = &strings.Builder{}, 1, 1
	for _, a := range tag.Attr {
		n, err := strconv.Atoi(strings.TrimSpace(a.Val))
		if err != nil || n < 1 || n > maxSpan {
			continue
		}
		switch a.Key {
		case "colspan":
			t.wide = n
		case "rowspan":
			t.tall = n
		}
	}
}

// closeCell puts the cell behind those of its row and those that reach down into it.
func (t *htmlTable) closeCell() {
	if t.cell == nil {
		return
	}
	for t.below[len(t.row.cells)] > 0 {
		t.row.cells = append(t.row.cells, cell{})
	}
	text := strings.TrimSpace(html.UnescapeString(t.cell.String()))
	for i := range t.wide {
		at := len(t.row.cells)
		if t.tall > 1 {
			t.below[at] = t.tall // the row's end takes one away
		}
		c := cell{}
		if i == 0 {
			c = cell{raw: text, shown: text}
		}
		t.row.cells = append(t.row.cells, c)
	}
	t.cell = nil
}

func (p *page) closeRow(t *htmlTable) error {
	if !t.inRow {
		return nil
	}
	t.closeCell()
	t.row.number++
	for column, n := range t.below {
		if n <= 1 {
			delete(t.below, column)
		} else {
			t.below[column] = n - 1
		}
	}
	row := t.row
	t.row, t.inRow = line{number: row.number}, false
	if isBlank(row.cells) {
		return nil
	}
	t.grid.lines = append(t.grid.lines, row)
	return p.budget.take(len(row.cells))
}

func (p *page) closeTable() error {
	t := p.table()
	if t == nil {
		return nil
	}
	p.open = p.open[:len(p.open)-1]
	if err := p.closeRow(t); err != nil {
		return err
	}
	if len(t.grid.lines) > 0 {
		p.grids = append(p.grids, t.grid)
	}
	return nil
}
