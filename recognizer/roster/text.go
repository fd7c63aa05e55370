package roster

import (
	"bytes"
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
const mostFields = 16_384

// readText reads a .csv file, as spreadsheet programs and portals write it.
func readText(data []byte, lim Limits) (*table, error) {
	it, err := openText(data)
	if err != nil {
		return nil, err
	}
	budget := lim.MaxRows
	t, err := readRows(it, "", &budget)
	if errors.Is(err, ErrTooLarge) {
		return nil, tooManyRows(lim)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: read the .csv file: %w", ErrFormat, err)
	}
	return t, nil
}

func openText(data []byte) (*records, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	text, separator := separatorOf(text)
	for line := range bytes.Lines(text) {
		if bytes.Count(line, []byte{byte(separator)}) > mostFields {
			return nil, fmt.Errorf("%w: a row of more than %d columns", ErrTooLarge, mostFields)
		}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = separator, true, -1, true
	return &records{reader: r, size: int64(len(text)), open: !bytes.HasSuffix(bytes.TrimSpace(text), []byte{'"'})}, nil
}

// decode makes UTF-8 of a text: it is that already, or UTF-16 with a mark, or what
// Korean Windows writes (CP949, of which EUC-KR is a part).
func decode(data []byte) ([]byte, error) {
	if rest, ok := bytes.CutPrefix(data, []byte("\ufeff")); ok {
		data = rest
	}
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		from = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case utf8.Valid(data):
		return data, nil
	default:
		from = korean.EUCKR
	}
	out, err := from.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return nil, fmt.Errorf("%w: the text is in none of UTF-8, UTF-16 and CP949 (EUC-KR); save it as .xlsx or as CSV UTF-8", ErrFormat)
	}
	return out, nil
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
		if lines++; best == rankStrong || lines == headerWithin {
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

// records goes through the records of a .csv file.
type records struct {
	reader *csv.Reader
	fields []string
	number int
	size   int64
	open   bool // the last field doesn't end with a quotation mark
	within int  // line breaks inside fields so far: they make no row
	failed error
}

func (r *records) next() bool {
	fields, err := r.reader.Read()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			r.failed = err
		}
		return false
	}
	line, _ := r.reader.FieldPos(0)
	r.fields, r.number = fields, line-r.within
	breaks := strings.Count(strings.Join(fields, ""), "\n")
	r.within += breaks
	if breaks > mostBreaks || breaks > 0 && r.open && r.reader.InputOffset() == r.size {
		r.failed = fmt.Errorf("the quotation mark in row %d is never closed", r.number)
		return false
	}
	return true
}

func (r *records) cells() ([]cell, error) {
	cells := make([]cell, len(r.fields))
	for i, f := range r.fields {
		f = forced.ReplaceAllString(f, "$1")
		cells[i] = cell{raw: f, shown: f}
	}
	return cells, nil
}

func (r *records) row() int { return r.number }

func (r *records) err() error { return r.failed }

// forced is how portals keep a spreadsheet program from making a number of text.
var forced = regexp.MustCompile(`^\s*="([^"]*)"\s*$`)
