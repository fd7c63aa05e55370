package roster

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"
)

// spreadsheetML is the namespace of the XML that Excel 2003 and many portals write.
const spreadsheetML = "urn:schemas-microsoft-com:office:spreadsheet"

// readMarkup reads a roster in HTML or in Excel's XML.
func readMarkup(data []byte, lim Limits) ([]*grid, error) {
	head := plainHead(data[:min(len(data), 4096)])
	if bytes.Contains(head, []byte(spreadsheetML)) && bytes.Contains(head, []byte("Workbook")) && !bytes.Contains(bytes.ToLower(head), []byte("<html")) {
		return readSpreadsheetML(data, lim)
	}
	return readHTML(data, lim)
}

// readSpreadsheetML reads the worksheets of Excel's XML of 2003.
func readSpreadsheetML(data []byte, lim Limits) ([]*grid, error) {
	text, err := decodeMarkup(data)
	if err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict, d.Entity = false, xml.HTMLEntity
	// It is UTF-8 by now, whatever it says that it was.
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if _, name := charset.Lookup(label); name == "" {
			return nil, fmt.Errorf("unknown encoding %q", label)
		}
		return r, nil
	}
	x := &xmlBook{budget: newBudget(lim)}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return x.grids, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: the XML workbook: %w", ErrFormat, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = x.begin(t)
		case xml.EndElement:
			err = x.end(t.Name.Local)
		case xml.CharData:
			if x.data {
				x.text.Write(t)
			}
		}
		if err != nil {
			return nil, err
		}
	}
}

// xmlBook is such a workbook while it is read.
type xmlBook struct {
	budget *budget
	grids  []*grid
	row    line
	column int // of the next cell, counted from 0
	data   bool
	text   strings.Builder
}

func (x *xmlBook) begin(t xml.StartElement) error {
	switch t.Name.Local {
	case "Worksheet":
		x.grids = append(x.grids, &grid{sheet: space(t, "Name")})
		x.row = line{}
	case "Row":
		x.row = line{number: x.row.number + 1}
		if n, _ := strconv.Atoi(space(t, "Index")); n > 0 {
			x.row.number = n
		}
		x.column = 0
	case "Cell":
		if n, _ := strconv.Atoi(space(t, "Index")); n > 0 {
			x.column = n - 1
		}
		if x.column >= mostFields {
			return tooManyColumns()
		}
		x.text.Reset()
	case "Data":
		x.data = true
	}
	return nil
}

func (x *xmlBook) end(name string) error {
	switch name {
	case "Data":
		x.data = false
	case "Cell":
		if text := strings.TrimSpace(x.text.String()); text != "" {
			for len(x.row.cells) < x.column {
				x.row.cells = append(x.row.cells, cell{})
			}
			x.row.cells = append(x.row.cells[:x.column], cell{raw: text, shown: text})
			if len(x.row.cells) > x.budget.cells {
				return x.budget.take(len(x.row.cells))
			}
		}
		x.column++
	case "Row":
		if len(x.grids) == 0 || isBlank(x.row.cells) {
			return nil
		}
		g := x.grids[len(x.grids)-1]
		g.lines = append(g.lines, x.row)
		return x.budget.take(len(x.row.cells))
	}
	return nil
}

// space is an attribute of the workbook's own namespace.
func space(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && (a.Name.Space == spreadsheetML || a.Name.Space == "ss") {
			return a.Value
		}
	}
	return ""
}
