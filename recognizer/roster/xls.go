package roster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/richardlehane/mscfb"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"

	"hakbeon/recognizer/detail"
)

// readXLS reads an .xls workbook of Excel 5 to 2003. It is brought into the form of
// an .xlsx, so that numbers show as their format does.
func readXLS(data []byte, lim Limits) ([]*grid, error) {
	stream, err := workbookStream(data, lim)
	if err != nil {
		return nil, err
	}
	x := &xls{stream: stream, budget: newBudget(lim), code: korean.EUCKR}
	if err := records(stream, x.global); err != nil {
		return nil, x.damaged(err)
	}
	for i := range x.sheets {
		if err := x.read(&x.sheets[i]); err != nil {
			return nil, x.damaged(err)
		}
	}
	book, err := x.book()
	if err != nil {
		return nil, fmt.Errorf("%w: bring the .xls workbook into the form of an .xlsx: %w", ErrFormat, err)
	}
	grids, err := readBook(book, lim)
	grids = slices.DeleteFunc(grids, func(g *grid) bool { return g.sheet == newFilesSheet })
	for i := range grids {
		grids[i].hidden = x.sheets[i].hidden
	}
	return grids, err
}

// newFilesSheet is the sheet that a new file has, by a name that no other has.
const newFilesSheet = "\u00a0"

// damaged leaves alone what says more than that.
func (x *xls) damaged(err error) error {
	if !detail.Of(err).IsZero() {
		return err
	}
	return malformed("the .xls workbook is damaged or cut off; open it in a spreadsheet program and save it as .xlsx",
		".xls 파일이 손상되었거나 잘렸습니다. 스프레드시트 프로그램에서 열어 .xlsx로 저장해 주세요")
}

// workbookStream finds the workbook in its wrapper.
func workbookStream(data []byte, lim Limits) ([]byte, error) {
	if !bytes.HasPrefix(data, compoundMagic) {
		return data, nil
	}
	doc, err := mscfb.New(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: the .xls workbook: %w", ErrFormat, err)
	}
	for entry, err := doc.Next(); err == nil; entry, err = doc.Next() {
		if entry.Name != "Workbook" && entry.Name != "Book" {
			continue
		}
		stream, err := io.ReadAll(io.LimitReader(entry, lim.MaxBytes))
		if err != nil {
			return nil, fmt.Errorf("%w: the .xls workbook: %w", ErrFormat, err)
		}
		return stream, nil
	}
	return nil, refuse(kindOffice)
}

// xls is a workbook while it is read.
type xls struct {
	stream  []byte
	budget  *budget
	code    encoding.Encoding // of texts, before BIFF8
	biff8   bool
	texts   []string // shared by all sheets
	formats map[int]string
	styles  []int // the format of each style
	sheets  []xlsSheet
	cells   int // of all sheets
}

type xlsSheet struct {
	name   string
	offset uint32
	hidden bool
	cells  []xlsCell
}

type xlsCell struct {
	row, column, style int
	value              any // a string, or a float64
	formula            bool
}

func (x *xls) values(r record) *valueReader {
	f := &valueReader{parts: slices.Clone(r.parts)}
	if !x.biff8 {
		f.code = x.code
	}
	return f
}

// global takes a record of the workbook's own part.
func (x *xls) global(r record) error {
	f := x.values(r)
	switch r.kind {
	case recordBOF:
		return x.version(f.u16())
	case recordFilePass:
		return errLocked()
	case recordCodePage:
		if n := f.u16(); n != codePageUnicode {
			x.code = codePage(n)
		}
	case recordSheet:
		return x.addSheet(f)
	case recordSST:
		return x.shared(f)
	case recordFormat:
		if x.formats == nil {
			x.formats = map[int]string{}
		}
		n := f.u16()
		x.formats[n] = f.text(x.length(f))
	case recordXF:
		f.u16() // the font
		x.styles = append(x.styles, f.u16())
	}
	return nil
}

// length is that of a text that may be longer than a byte tells in BIFF8.
func (x *xls) length(f *valueReader) int {
	if x.biff8 {
		return f.u16()
	}
	return f.u8()
}

func (x *xls) version(n int) error {
	if n != biff8 && n != biff5 {
		return refuse(kindBefore)
	}
	x.biff8 = n == biff8
	return nil
}

func (x *xls) addSheet(f *valueReader) error {
	s := xlsSheet{offset: f.u32(), hidden: f.u8() != 0}
	if kind := f.u8(); kind != 0 { // a chart or macros
		return nil
	}
	s.name = f.text(f.u8())
	if f.short || int64(s.offset) >= int64(len(x.stream)) {
		return errShort
	}
	x.sheets = append(x.sheets, s)
	return nil
}

func (x *xls) shared(f *valueReader) error {
	f.u32() // how often they are used
	for range f.u32() {
		x.texts = append(x.texts, f.text(f.u16()))
		if f.short {
			return errShort
		}
	}
	return nil
}

func (x *xls) read(s *xlsSheet) error {
	return records(x.stream[s.offset:], func(r record) error {
		before := len(s.cells)
		x.cell(s, r)
		if x.cells += len(s.cells) - before; x.cells > x.budget.cells {
			return x.budget.take(x.cells)
		}
		return nil
	})
}

// cell takes a record of a sheet.
func (x *xls) cell(s *xlsSheet, r record) {
	f := x.values(r)
	if r.kind == recordString { // the result of the formula before it
		if n := len(s.cells); n > 0 {
			s.cells[n-1].value = f.text(f.u16())
		}
		return
	}
	c := xlsCell{row: f.u16(), column: f.u16()}
	if r.kind == recordMulRK {
		for len(f.parts) > 0 && len(f.parts[0]) >= 6 {
			c.style, c.value = f.u16(), rk(f.u32())
			s.cells = append(s.cells, c)
			c.column++
		}
		return
	}
	c.style = f.u16()
	switch r.kind {
	case recordLabelSST:
		if n := int(f.u32()); n < len(x.texts) {
			c.value = x.texts[n]
		}
	case recordLabel, recordRString:
		c.value = f.text(f.u16())
	case recordNumber:
		if b := f.bytes(8); b != nil {
			c.value = math.Float64frombits(binary.LittleEndian.Uint64(b))
		}
	case recordRK:
		c.value = rk(f.u32())
	case recordFormula:
		c.value, c.formula = formulaResult(f.bytes(8)), true
	case recordBoolErr:
		c.value = strconv.Itoa(f.u8())
	}
	if c.value != nil && !f.short {
		s.cells = append(s.cells, c)
	}
}

// rk is a number in four bytes: an integer of 30 bits or the head of a float, either
// of them perhaps in hundredths ([MS-XLS] 2.5.217).
func rk(v uint32) float64 {
	x := math.Float64frombits(uint64(v&^3) << 32)
	if v&2 != 0 {
		x = float64(int32(v) >> 2)
	}
	if v&1 != 0 {
		x /= 100
	}
	return x
}

// formulaResult is a number, or an empty text that the next record may fill.
func formulaResult(b []byte) any {
	switch {
	case b == nil:
		return nil
	case b[6] != 0xff || b[7] != 0xff:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	case b[0] == 0 || b[0] == 3:
		return ""
	}
	return strconv.Itoa(int(b[2])) // a truth value or an error
}
