package read

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"hakbeon/internal/onnx"
)

// Sizes of another name model: PP-OCR's recognisers read crops 48 pixels high and as
// wide as they are, and give a column for every eight pixels.
const (
	otherHeight   = 48
	otherWidest   = 480
	otherMultiple = 32
	pixelsOfOther = 8
)

// ErrDictionary says that a dictionary is not one, or not the model's.
var ErrDictionary = errors.New("read: not the name model's dictionary")

// dictionary are the characters of a model's classes from 1 on, 0 where a name never
// has one.
type dictionary []uint16

// otherNetwork is a name model that somebody else trained.
type otherNetwork struct {
	columnModel

	dict dictionary
	id   string
}

// OpenOtherNameModel prepares a name model in PP-OCR's form, ONNX: its input is [1, 3,
// 48, W], brightness from -1 to 1 in all three channels, its output [1, T, C], the
// probabilities of blank, of the dictionary's lines in their order, and, if there is
// one class more, of a space. See onnx.Open for the library; errors are its, and
// ErrDictionary.
func OpenOtherNameModel(model, dict []byte, library string) (NameModel, error) {
	parsed, err := newDictionary(dict)
	if err != nil {
		return nil, err
	}
	net, err := onnx.Open(model, library)
	if err != nil {
		return nil, err
	}
	shape := columnModel{net, "name model", otherHeight, otherWidest, otherMultiple, otherMultiple, pixelsOfOther}
	return &otherNetwork{shape, parsed, modelID(slices.Concat(model, dict))}, nil
}

// newDictionary reads one character a line. Syllables of Hangul and Latin letters
// count, which are the same large and small; others are none of a name's.
func newDictionary(text []byte) (dictionary, error) {
	var out dictionary
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		c, size := utf8.DecodeRune(lines.Bytes())
		if size != len(lines.Bytes()) {
			c = 0 // several characters are none
		}
		switch c = unicode.ToLower(c); {
		case c >= 'a' && c <= 'z', c >= firstSyllable && c <= lastSyllable:
			out = append(out, uint16(c))
		default:
			out = append(out, 0)
		}
	}
	if !slices.ContainsFunc(out, func(c uint16) bool { return c >= firstSyllable }) {
		return nil, fmt.Errorf("%w: it has no syllable of Hangul in %d lines", ErrDictionary, len(out))
	}
	return out, nil
}

const lastSyllable = 0xD7A3

func (m *otherNetwork) ID() string { return m.id }

func (m *otherNetwork) Read(ctx context.Context, c LineImage) ([]NameColumn, error) {
	columns := make([]NameColumn, m.columns(c))
	err := m.run(ctx, c, asBrightness, func(out []float32, classes int) error {
		if classes < len(m.dict)+1 || classes > len(m.dict)+2 {
			return fmt.Errorf("%w: it has %d lines, the model %d classes", ErrDictionary, len(m.dict), classes)
		}
		for t := range columns {
			columns[t] = m.dict.column(out[t*classes : (t+1)*classes])
		}
		return nil
	})
	return columns, err
}

// asBrightness is three planes of brightness, 1 on paper and -1 where all is ink.
func asBrightness(ink []float32) []float32 {
	plane := make([]float32, len(ink))
	for i, v := range ink {
		plane[i] = 1 - 2*v
	}
	return slices.Concat(plane, plane, plane)
}

// column keeps what a column says of a name; a letter's large and small form are one,
// and what no name has is a gap.
func (d dictionary) column(p []float32) NameColumn {
	blank := float64(p[0])
	sums := make(map[uint16]float64)
	for i, v := range p[1:] {
		switch {
		case v < leastNameChar:
		case i >= len(d) || d[i] == 0:
			blank += float64(v)
		default:
			sums[d[i]] += float64(v)
		}
	}
	c := NameColumn{Blank: Quantise(blank)}
	for char, v := range sums {
		c.Chars = append(c.Chars, NameChar{char, Quantise(v)})
	}
	c.Chars = mostOf(c.Chars)
	return c
}
