package roster

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"
)

// headerWithin is how many lines are searched for what separates the columns.
const headerWithin = 200

// mostBreaks is how many line breaks a row may have inside its fields. More mean a
// quotation mark that is never closed and swallows the students below it.
const mostBreaks = 3

// mostFields is how many columns a row may have, as in spreadsheet programs.
const mostFields = lastColumn

func tooManyColumns() error {
	return tooLarge("a row of more than %d columns", "열이 %d개가 넘는 행이 있습니다", mostFields)
}

// readText reads a .csv file, as spreadsheet programs and portals write it.
func readText(data []byte, lim Limits) (*grid, error) {
	r, err := openText(data)
	if err != nil {
		return nil, err
	}
	g, b := &grid{}, newBudget(lim)
	for r.next() {
		cells := r.cells()
		if isBlank(cells) {
			continue
		}
		if err := b.take(len(cells)); err != nil {
			return nil, err
		}
		g.lines = append(g.lines, line{r.number, cells})
	}
	return g, r.failed
}

func openText(data []byte) (*csvRows, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	text, separator := separatorOf(plainLines(text))
	for line := range bytes.Lines(text) {
		if bytes.Count(line, []byte{byte(separator)}) > mostFields {
			return nil, tooManyColumns()
		}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = separator, true, -1, true
	return &csvRows{reader: r, size: int64(len(text)), open: !bytes.HasSuffix(bytes.TrimSpace(text), []byte{'"'})}, nil
}

// decode makes UTF-8 of a text: it is that already, or UTF-16, or what Korean
// Windows writes (CP949, of which EUC-KR is a part).
func decode(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var from encoding.Encoding
	switch order := utf16Order(data); {
	case order == binary.LittleEndian:
		from = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case order == binary.BigEndian:
		from = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case utf8.Valid(data):
		return data, nil
	default:
		from = korean.EUCKR
	}
	out, err := from.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return nil, malformed("the text is in none of UTF-8, UTF-16 and CP949 (EUC-KR); save it as .xlsx or as CSV UTF-8",
			"텍스트가 UTF-8, UTF-16, CP949(EUC-KR) 중 어느 것도 아닙니다. .xlsx 또는 CSV UTF-8로 저장해 주세요")
	}
	return out, nil
}

// utf16Order is the order of a UTF-16 text's bytes: what its mark says, or what its
// zeros do, since every roster has digits; nil for other texts, which have none.
func utf16Order(data []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return binary.BigEndian
	}
	var zeros [2]int
	head := data[:min(len(data), 4096)&^1]
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	// A quarter of the characters, and few the other way round: 가 ends in a zero.
	switch least := len(head) / 8; {
	case zeros[1] > max(least, 4*zeros[0]):
		return binary.LittleEndian
	case zeros[0] > max(least, 4*zeros[1]):
		return binary.BigEndian
	}
	return nil
}

// plainLines makes line feeds of the carriage returns that alone end the lines of
// some, and drops the breaks and separators that databases put within a field.
func plainLines(text []byte) []byte {
	pairs, returns := bytes.Count(text, []byte("\r\n")), bytes.Count(text, []byte{'\r'})
	alone := returns-pairs > bytes.Count(text, []byte{'\n'})
	return bytes.Map(func(r rune) rune {
		switch {
		case r == '\r' && alone:
			return '\n'
		case r == '\v', r == '\f', r == 0x1a, r >= 0x1c && r <= 0x1f:
			return -1
		}
		return r
	}, text)
}

// separatorOf finds what separates the columns: what the first line says, or what
// makes a header of a line; else a comma.
func separatorOf(text []byte) ([]byte, rune) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if said, ok := bytes.CutPrefix(bytes.TrimRight(first, "\r"), []byte("sep=")); ok && len(said) == 1 && slices.Contains([]byte(",\t;|"), said[0]) {
		// The line stays, empty, so that rows keep their numbers.
		return append([]byte("\n"), rest...), rune(said[0])
	}
	best, separator := rankNone, ','
	lines := 0
	for line := range bytes.Lines(text) {
		for _, s := range ",\t;|" {
			for field := range strings.SplitSeq(string(line), string(s)) {
				if r := anyHeader(strings.Trim(field, "\" \t\r\n")); r > best && len(field) < len(line) {
					best, separator = r, s
				}
			}
		}
		if lines++; best >= rankLikely || lines == headerWithin {
			break
		}
	}
	return text, separator
}

// anyHeader ranks a header of a roster or of a table of exams.
func anyHeader(cell string) rank {
	if isHeader(cell, examCodeHeader) {
		return rankWeak
	}
	return idHeader(cell)
}

// csvRows goes through the records of a .csv file.
type csvRows struct {
	reader *csv.Reader
	fields []string
	number int // of the row, counted from 1, as spreadsheet programs show it
	size   int64
	open   bool // the last field doesn't end with a quotation mark
	within int  // line breaks inside fields so far: they make no row
	failed error
}

func (r *csvRows) next() bool {
	fields, err := r.reader.Read()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			r.failed = fmt.Errorf("%w: read the .csv file: %w", ErrFormat, err)
		}
		return false
	}
	line, _ := r.reader.FieldPos(0)
	r.fields, r.number = fields, line-r.within
	breaks := strings.Count(strings.Join(fields, ""), "\n")
	r.within += breaks
	if breaks > mostBreaks || breaks > 0 && r.open && r.reader.InputOffset() == r.size {
		r.failed = malformed("the quotation mark in row %d is never closed", "%d행의 따옴표가 닫히지 않았습니다", r.number)
		return false
	}
	return true
}

func (r *csvRows) cells() []cell {
	cells := make([]cell, len(r.fields))
	for i, f := range r.fields {
		f = forced.ReplaceAllString(f, "$1")
		cells[i] = cell{raw: f, shown: f}
	}
	return cells
}

// forced is how portals keep a spreadsheet program from making a number of text.
var forced = regexp.MustCompile(`^\s*="([^"]*)"\s*$`)
