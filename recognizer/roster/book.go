package roster

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// readBook reads all sheets of an .xlsx file.
func readBook(data []byte, lim Limits) ([]*grid, error) {
	packed, sheets, err := repack(data, lim)
	if err != nil {
		return nil, err
	}
	// As much is unpacked as was packed, and nothing goes to temporary files.
	size := int64(len(packed)) + 1<<20
	f, err := excelize.OpenReader(bytes.NewReader(packed), excelize.Options{UnzipSizeLimit: size, UnzipXMLSizeLimit: size})
	if err != nil {
		return nil, fmt.Errorf("%w: open workbook: %w", ErrFormat, err)
	}
	defer f.Close()
	var grids []*grid
	for _, name := range f.GetSheetList() {
		g, err := readGrid(f, name, sheets)
		if missing := (excelize.ErrSheetNotExist{}); errors.As(err, &missing) && len(f.GetSheetList()) > len(sheets) {
			continue // a chart
		}
		if err != nil {
			return nil, fmt.Errorf("%w: sheet %q: %w", ErrFormat, name, err)
		}
		visible, err := f.GetSheetVisible(name)
		g.hidden = err == nil && !visible
		grids = append(grids, g)
	}
	return grids, nil
}

// readGrid walks two views of a sheet in step, since the library gives either the
// stored or the shown form of a row.
func readGrid(f *excelize.File, name string, sheets map[string]*compactSheet) (*grid, error) {
	raw, err := f.Rows(name)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	shown, err := f.Rows(name)
	if err != nil {
		return nil, err
	}
	defer shown.Close()
	g := &grid{sheet: name}
	if !raw.Next() || !shown.Next() {
		return g, nil // no worksheet: a chart
	}
	first, err := cellsOf(raw, shown)
	if err != nil {
		return nil, err
	}
	sheet := sheets[line{cells: first}.at(0).raw]
	if sheet == nil {
		return g, nil
	}
	g.columns = sheet.columns
	for _, stored := range sheet.rows {
		if !raw.Next() || !shown.Next() {
			return nil, fmt.Errorf("row %d is missing", stored.number)
		}
		cells, err := cellsOf(raw, shown)
		if err != nil {
			return nil, err
		}
		g.lines = append(g.lines, line{stored.number, sheet.mark(stored, cells)})
	}
	return g, nil
}

func cellsOf(rawRows, shownRows *excelize.Rows) ([]cell, error) {
	raw, err := rawRows.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, err
	}
	shown, err := shownRows.Columns()
	if err != nil {
		return nil, err
	}
	cells := make([]cell, max(len(raw), len(shown)))
	for i := range raw {
		cells[i].raw = raw[i]
	}
	for i := range shown {
		cells[i].shown = shown[i]
	}
	return cells, nil
}

// mark says which cells are formulas.
func (s *compactSheet) mark(r sheetRow, cells []cell) []cell {
	for _, c := range r.cells {
		if !c.formula {
			continue
		}
		i := s.position(c.column)
		for len(cells) <= i {
			cells = append(cells, cell{})
		}
		cells[i].formula = true
	}
	return cells
}
