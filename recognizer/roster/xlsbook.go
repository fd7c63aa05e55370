package roster

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"
)

// book writes the sheets as an .xlsx file.
func (x *xls) book() ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", newFilesSheet); err != nil {
		return nil, err
	}
	styles := map[int]int{}
	for i, s := range x.sheets {
		if known, err := f.GetSheetIndex(s.name); err != nil || known >= 0 {
			s.name = fmt.Sprintf("sheet %d", i+1) // not a name, or one that is there
		}
		if _, err := f.NewSheet(s.name); err != nil {
			return nil, err
		}
		if err := x.writeSheet(f, s.name, s, styles); err != nil {
			return nil, err
		}
		x.sheets[i].name = s.name
	}
	var out bytes.Buffer
	err := f.Write(&out)
	return out.Bytes(), err
}

func (x *xls) writeSheet(f *excelize.File, name string, s xlsSheet, styles map[int]int) error {
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	cells := s.cells
	slices.SortStableFunc(cells, func(a, b xlsCell) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	for len(cells) > 0 {
		row := cells[0].row
		end := slices.IndexFunc(cells, func(c xlsCell) bool { return c.row != row })
		if end < 0 {
			end = len(cells)
		}
		if err := x.writeRow(f, w, cells[:end], styles); err != nil {
			return err
		}
		cells = cells[end:]
	}
	return w.Flush()
}

func (x *xls) writeRow(f *excelize.File, w *excelize.StreamWriter, cells []xlsCell, styles map[int]int) error {
	values := make([]any, cells[len(cells)-1].column+1)
	for _, c := range cells {
		cell := excelize.Cell{StyleID: x.style(f, c.style, styles), Value: c.value}
		if c.formula {
			cell.Formula = "0" // any: what counts is its result, and that it is one
		}
		values[c.column] = cell
	}
	at, err := excelize.CoordinatesToCellName(1, cells[0].row+1)
	if err != nil {
		return err
	}
	return w.SetRow(at, values)
}

// style is the number of a style that shows numbers as the .xls does.
func (x *xls) style(f *excelize.File, n int, known map[int]int) int {
	if n >= len(x.styles) {
		return 0
	}
	format := x.styles[n]
	if style, ok := known[format]; ok {
		return style
	}
	made := &excelize.Style{NumFmt: format}
	if code, own := x.formats[format]; own {
		made = &excelize.Style{CustomNumFmt: &code}
	}
	style, err := f.NewStyle(made)
	if err != nil {
		style = 0 // a format that the library doesn't know: the number as it is
	}
	known[format] = style
	return style
}
