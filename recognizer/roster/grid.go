package roster

import (
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// grid is a sheet, or a text file, as rows of cells: those that hold anything.
type grid struct {
	sheet   string // its name; "" for a file without sheets
	hidden  bool
	lines   []line
	columns []int // of the sheet, counted from 1, by the position in a line; nil if they are the same
}

// line is a row of a grid.
type line struct {
	number int // counted from 1, as spreadsheet programs show it
	cells  []cell
}

// at is a cell of the line, an empty one beyond its end.
func (l line) at(i int) cell {
	if i < 0 || i >= len(l.cells) {
		return cell{}
	}
	return l.cells[i]
}

// address is how spreadsheet programs call a place: "B7".
func (g *grid) address(number, i int) string { return g.columnName(i) + strconv.Itoa(number) }

// columnName is how they call a column.
func (g *grid) columnName(i int) string {
	column := i + 1
	if i < len(g.columns) {
		column = g.columns[i]
	}
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return "column " + strconv.Itoa(column)
	}
	return name
}

// uncomputed counts the formulas that have no value.
func (g *grid) uncomputed() int {
	n := 0
	for _, l := range g.lines {
		for _, c := range l.cells {
			if c.formula && c.raw == "" {
				n++
			}
		}
	}
	return n
}

func isBlank(cells []cell) bool {
	for _, c := range cells {
		if strings.TrimSpace(c.raw) != "" || c.formula {
			return false
		}
	}
	return true
}
