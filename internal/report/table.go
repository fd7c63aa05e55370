package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// table is one sheet of the workbook: what stands above it, its header and its
// rows.
type table struct {
	sheet  string
	notes  []string // lines above the header
	alarms int      // how many of the notes, from the end, are warnings
	header []head
	rows   []line
	// settled stand under the rows, apart from them and their filters.
	settled      []line
	settledTitle string
}

// end is the last row that is filtered, at least one below the header.
func (t *table) end(top int) int { return top + max(len(t.rows), 1) }

// head is a column.
type head struct {
	title string
	width float64 // in characters; 0 has it found from the content
	whole bool    // its texts are ours: none is cut
	style columnStyle
}

type columnStyle int

const (
	textColumn columnStyle = iota
	probabilityColumn
	pictureColumn
)

// line is a row; its state colours it.
type line struct {
	cells   []any
	state   state
	picture []byte
	alt     string // what the picture shows
}

const (
	pictureWidth, pictureHeight = 240, 56 // pixels on the screen
	pictureLeft, pictureTop     = 4, 2    // of its cell's corner
	pictureColumnWidth          = 35.5    // characters that hold it
	// pictureRowHeight is in points, and holds it. A point is 1.33 pixels, but the
	// library counts 1.18: with 45 points it has a picture end in the next row.
	pictureRowHeight = 50.0
	plainRowHeight   = 16.5
)

func (f *book) write(t table) error {
	// The library finds the cell in which a picture ends when it is put in, by the
	// widths that there are then.
	if err := f.widths(t); err != nil {
		return err
	}
	for i, note := range t.notes {
		style := f.styles.note
		if i >= len(t.notes)-t.alarms {
			style = f.styles.alarm
		}
		if err := f.cell(t.sheet, 1, i+1, note, style); err != nil {
			return err
		}
	}
	top := len(t.notes) + 1
	for i, h := range t.header {
		if err := f.cell(t.sheet, i+1, top, h.title, f.styles.header); err != nil {
			return err
		}
	}
	for i, row := range t.rows {
		if err := f.line(t, top+1+i, row); err != nil {
			return err
		}
	}
	if err := f.settled(t, t.end(top)+2); err != nil {
		return err
	}
	return f.layout(t, top)
}

// settled writes the rows that nobody has to look at again. The empty row above
// their title keeps filters and sorting from taking them in.
func (f *book) settled(t table, at int) error {
	if len(t.settled) == 0 {
		return nil
	}
	if err := f.cell(t.sheet, 1, at, t.settledTitle, f.styles.title); err != nil {
		return err
	}
	for i, row := range t.settled {
		if err := f.line(t, at+1+i, row); err != nil {
			return err
		}
	}
	return nil
}

func (f *book) line(t table, at int, row line) error {
	for i, value := range row.cells {
		if value == nil {
			value = ""
		}
		if err := f.cell(t.sheet, i+1, at, value, f.styles.of(t.header[i].style, row.state)); err != nil {
			return err
		}
	}
	if row.picture == nil || f.pictures == 0 {
		return f.SetRowHeight(t.sheet, at, plainRowHeight)
	}
	if err := f.SetRowHeight(t.sheet, at, pictureRowHeight); err != nil {
		return err
	}
	f.pictures--
	return f.picture(t.sheet, len(t.header), at, row)
}

// cell writes a value. A text is written as one whatever it looks like: no "="
// of a file's name becomes a formula.
func (f *book) cell(sheet string, column, row int, value any, style int) error {
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	if text, ok := value.(string); ok {
		err = f.SetCellStr(sheet, at, text)
	} else {
		err = f.SetCellValue(sheet, at, value)
	}
	if err != nil {
		return err
	}
	return f.SetCellStyle(sheet, at, at, style)
}

// widths makes each column as wide as its content, within reason.
func (f *book) widths(t table) error {
	for i, h := range t.header {
		width := h.width
		if width == 0 {
			width = wide(h.title) + 3 // the filter's button
			for _, row := range slices.Concat(t.rows, t.settled) {
				if i < len(row.cells) {
					width = max(width, wide(fmt.Sprint(row.cells[i])))
				}
			}
			width = max(width+2, 8)
			if width = min(width, excelize.MaxColumnWidth); !h.whole {
				width = min(width, 40)
			}
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(t.sheet, name, name, width); err != nil {
			return err
		}
	}
	return nil
}

// wide is about how many digits' widths a text takes: Hangul takes two.
func wide(text string) float64 {
	n := 0.0
	for _, r := range text {
		if n++; r >= 0x1100 {
			n++
		}
	}
	return n
}

// layout freezes the header, puts filters into it and sets up the print.
func (f *book) layout(t table, top int) error {
	last, err := excelize.ColumnNumberToName(len(t.header))
	if err != nil {
		return err
	}
	below := fmt.Sprintf("A%d", top+1)
	end := t.end(top)
	landscape, a4, wideOne, highAny, yes := "landscape", 9, 1, 0, true
	side, edge := 0.4, 0.6
	quoted := "'" + strings.ReplaceAll(t.sheet, "'", "''") + "'"
	for _, err := range []error{
		f.SetPanes(t.sheet, &excelize.Panes{
			Freeze: true, YSplit: top, TopLeftCell: below, ActivePane: "bottomLeft",
			Selection: []excelize.Selection{{SQRef: below, ActiveCell: below, Pane: "bottomLeft"}},
		}),
		f.AutoFilter(t.sheet, fmt.Sprintf("A%d:%s%d", top, last, end), nil),
		f.SetPageLayout(t.sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &wideOne, FitToHeight: &highAny}),
		f.SetSheetProps(t.sheet, &excelize.SheetPropsOptions{FitToPage: &yes}),
		f.SetPageMargins(t.sheet, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &edge, Bottom: &edge}),
		f.SetHeaderFooter(t.sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R&P / &N"}),
		f.SetDefinedName(&excelize.DefinedName{
			Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s!$%d:$%d", quoted, top, top), Scope: t.sheet,
		}),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}
