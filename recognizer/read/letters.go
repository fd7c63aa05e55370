package read

import (
	"context"
	"fmt"
	"image"
	"slices"

	"hakbeon/internal/onnx"
)

// LetterModel reads a level crop of one line of text as a LineModel does, and tells its
// letters apart. It is safe for concurrent use.
type LetterModel interface {
	// Read gives, for each column of the crop from left to right, the quantised
	// log-probabilities of its Classes, and those of the letters a to z, given that the
	// sign there is no digit. What the latter lack of 1 is the probability of its being no
	// letter either. Errors are the context's and the runtime's.
	Read(ctx context.Context, c LineImage) (columns []uint8, letters [][Letters]float64, err error)
	// Close frees the model.
	Close() error
}

// letterNetwork is our own letter model.
type letterNetwork struct{ columnModel }

// letterClasses are those of a line model and, as parts of the last, the letters.
const letterClasses = Classes + Letters

// OpenLetterModel prepares a letter model of our own form, ONNX: input ink is the line
// model's, output columns is [1, W/2, 38], the probabilities of blank, the digits, what
// is no letter either, and the letters. See onnx.Open for the library and the error.
func OpenLetterModel(model []byte, library string) (LetterModel, error) {
	net, err := onnx.Open(model, library)
	if err != nil {
		return nil, err
	}
	return &letterNetwork{columnModel{net, "letter model", lineHeight, lineWidest, lineLeast, lineMultiple, pixelsOfColumn}}, nil
}

func (m *letterNetwork) Read(ctx context.Context, c LineImage) (columns []uint8, letters [][Letters]float64, err error) {
	letters = make([][Letters]float64, m.columns(c))
	err = m.run(ctx, c, asInk, func(out []float32, classes int) error {
		if classes != letterClasses {
			return fmt.Errorf("read: the letter model has %d classes, want %d", classes, letterClasses)
		}
		for t := range letters {
			of := out[t*classes : (t+1)*classes]
			other := float64(of[Other])
			for _, p := range of[Classes:] {
				other += float64(p)
			}
			for i, p := range of[Classes:] {
				letters[t][i] = float64(p) / max(other, 1e-9)
			}
			for _, p := range of[:Other] {
				columns = append(columns, Quantise(float64(p)))
			}
			columns = append(columns, Quantise(other))
		}
		return nil
	})
	return columns, letters, err
}

// letterColumn is what a column of a line says of letters: the quantised probabilities of
// a to z, given that the sign there is no digit.
type letterColumn struct {
	column uint8
	q      [Letters]uint8
}

// leastLetter is the quantised probability of no digit from which on a column is asked
// about letters: 1 in 1,000. Elsewhere one letter is as likely as another.
const leastLetter = 110

// TellLetters reads the lines that Fields read on a page once more, by a model that tells
// letters apart, those on which an ID may stand. It leaves a reading that wasn't made
// here, such as one from evidence, as it is: where its lines lie isn't known.
func TellLetters(ctx context.Context, model LetterModel, page *image.Gray, rd *Reading) error {
	lines := slices.Clone(rd.Lines)
	for i := range lines {
		l := &lines[i]
		if l.strip.Length == 0 {
			return nil
		}
		if !l.mayBeID() {
			continue
		}
		columns, letters, err := model.Read(ctx, Cut(page, l.strip, lineHeight, 1, lineWidest))
		if err != nil {
			return err
		}
		l.columns = columns
		l.SetLetters(letters)
	}
	rd.Lines, rd.Lettered = lines, true
	return nil
}

// SetLetters gives the line the probabilities of letters, of each of its columns. They
// are quantised, and kept where the line may say something that is no digit.
func (l *Line) SetLetters(columns [][Letters]float64) {
	l.letters = nil
	for t := range min(len(columns), l.Columns()) {
		if l.columns[t*Classes+Other] > leastLetter {
			continue
		}
		c := letterColumn{column: uint8(t)}
		for i, p := range columns[t] {
			c.q[i] = Quantise(p)
		}
		l.letters = append(l.letters, c)
	}
}

// Letters are the probabilities of the letters in column t, given that its sign is no
// digit: false if nothing is known of them.
func (l *Line) Letters(t int) (of [Letters]float64, ok bool) {
	i, ok := slices.BinarySearchFunc(l.letters, t, func(c letterColumn, t int) int { return int(c.column) - t })
	if ok {
		for k, q := range l.letters[i].q {
			of[k] = probabilities[q]
		}
	}
	return of, ok
}

// mayBeID says whether the line's likeliest path has signs enough, and a digit among them.
func (l *Line) mayBeID() bool {
	digits, signs, last := 0, 0, Blank
	for t := 0; t+Classes <= len(l.columns); t += Classes {
		class := likeliest(l.columns[t : t+Classes])
		if class != last && class != Blank {
			signs++
			if class != Other {
				digits++
			}
		}
		last = class
	}
	return digits > 0 && signs >= leastDigits
}

// appendLetters writes what lines say of letters: of each the number of columns (1 byte),
// and the columns' places (1) and letters (26).
func appendLetters(b []byte, lines []Line) []byte {
	for i := range lines {
		b = append(b, byte(len(lines[i].letters)))
		for _, c := range lines[i].letters {
			b = append(append(b, c.column), c.q[:]...)
		}
	}
	return b
}

// letters reads what appendLetters wrote.
func (p *parser) letters(lines []Line) {
	for i := range lines {
		for n := p.byte(); n > 0 && !p.failed; n-- {
			c := letterColumn{column: p.byte()}
			copy(c.q[:], p.bytes(Letters))
			lines[i].letters = append(lines[i].letters, c)
		}
	}
}

// checkLetters refuses columns that a line lacks, or that don't stand in order.
func (l *Line) checkLetters() error {
	last := -1
	for _, c := range l.letters {
		if int(c.column) <= last || int(c.column) >= l.Columns() {
			return fmt.Errorf("%w: letters of column %d", ErrEvidence, c.column)
		}
		last = int(c.column)
	}
	return nil
}
