package read

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"slices"
)

// NamePlace is a place of a page where the student's name may be written.
type NamePlace struct {
	Strip // around the writing, as high as it is
	// Prob is the finder's probability that this is a name, 0 to 1.
	Prob float64
}

// NameLine is what a name model read in one place. It is evidence about names that are
// known, and is never made text of.
type NameLine struct {
	// Box is the part of the page that was read, in pixels, and Turn how the page was
	// turned.
	Box  image.Rectangle
	Turn Turn
	// Prob is the finder's probability that a name stands there; it counts as its
	// quantised value.
	Prob float64
	// Columns run along the line.
	Columns []NameColumn
}

// NameColumn is what one column of a line may say. All that isn't among Chars is as
// unlikely as its least likely character at most.
type NameColumn struct {
	Blank uint8 // quantised, see Quantise
	Chars []NameChar
}

// NameChar is a character and its quantised probability.
type NameChar struct {
	Char uint16 // of Unicode's basic plane: a syllable of Hangul, or a small letter a to z
	Q    uint8
}

// Bounds of a name's evidence.
const (
	maxNames       = 6
	maxNameColumns = 128
	maxNameChars   = 24
)

// NameModel reads a level crop of a name. It is safe for concurrent use.
type NameModel interface {
	// Read gives the crop's columns from left to right. Errors are the context's and
	// the runtime's.
	Read(ctx context.Context, c LineImage) ([]NameColumn, error)
	// Height is how many pixels high crops must be, Widest how wide they may be.
	Height() int
	Widest() int
	// ID says which model this is, for the evidence's origin.
	ID() string
	// Close frees the model.
	Close() error
}

// A name's strip is cut out with room around it, in heights of the writing.
const nameBeyond, nameHeight = 0.5, 1.15

// Upright are places as the page is read, which is known from what was read of the ID:
// some from their other end. Those that stand across it are left out.
func (rd *Reading) Upright(places []NamePlace) []NamePlace {
	turn, most := Turn(0), 0.0
	for i := range rd.Lines {
		l := &rd.Lines[i]
		run := LongestRun(l)
		if n := float64(len(run.Text)); n >= leastDigits {
			// Upside down, digits are read less clearly.
			if sure := max(l.PlacePrior(), 1e-6) * n * math.Pow(run.Sum/n, sureness); sure > most {
				turn, most = l.Turn, sure
			}
		}
	}
	var out []NamePlace
	for _, p := range places {
		switch p.Turn() {
		case turn:
			out = append(out, p)
		case (turn + 2) % 4:
			out = append(out, NamePlace{p.Reversed(), p.Prob})
		}
	}
	return out
}

// enoughNames is how many places that read as a name are enough: what is less likely to
// be the name is left unread then.
const enoughNames = 2

// like says whether the line's best reading is as long as a name.
func (l *NameLine) like() bool {
	n := len(l.Best())
	return n >= 2 && n <= 30
}

// Best is what the line's best path says, for who asks whether it is a name at all.
func (l *NameLine) Best() []uint16 {
	var said []uint16
	var before uint16
	for _, c := range l.Columns {
		var now uint16
		if len(c.Chars) > 0 && c.Chars[0].Q < c.Blank {
			now = c.Chars[0].Char
		}
		if now != 0 && now != before {
			said = append(said, now)
		}
		before = now
	}
	return said
}

// sureness is how many digits' clearness stands against a direction's prior.
const sureness = 24

// Names reads names in a page's places, as they lie to be read, the likeliest first.
func Names(ctx context.Context, model NameModel, page *image.Gray, places []NamePlace) ([]NameLine, error) {
	var out []NameLine
	found := 0
	for _, p := range places[:min(len(places), maxNames)] {
		if found == enoughNames {
			break
		}
		h := p.Height
		strip := p.Part(-nameBeyond*h, p.Length+nameBeyond*h, nameHeight*h)
		columns, err := model.Read(ctx, Cut(page, strip, model.Height(), 1, model.Widest()))
		if err != nil {
			return nil, err
		}
		if len(columns) > maxNameColumns {
			return nil, fmt.Errorf("read: the name model gave %d columns, at most %d are allowed", len(columns), maxNameColumns)
		}
		box := strip.Bounds().Intersect(page.Rect)
		out = append(out, NameLine{Box: box, Turn: strip.Turn(), Prob: p.Prob, Columns: columns})
		if out[len(out)-1].like() {
			found++
		}
	}
	return out, nil
}

// PlaceProb is the finder's probability as decisions take it, quantised.
func (l *NameLine) PlaceProb() float64 { return probabilities[l.probByte()] }

func (l *NameLine) probByte() byte { return Quantise(l.Prob) }

// mostOf keeps a column's likeliest characters, the likeliest first.
func mostOf(chars []NameChar) []NameChar {
	slices.SortFunc(chars, func(a, b NameChar) int { return cmp.Or(cmp.Compare(a.Q, b.Q), cmp.Compare(a.Char, b.Char)) })
	return slices.Clip(chars[:min(len(chars), maxNameChars)])
}

// appendNames writes names: their number (1 byte), and of each the box (4 times 4
// bytes), turn, probability and number of columns (1 each), and the columns: blank
// and number of characters (1 each), and the characters (2) with their probabilities
// (1).
func appendNames(b []byte, names []NameLine) []byte {
	b = append(b, byte(len(names)))
	for i := range names {
		l := &names[i]
		b = appendInts(b, l.Box.Min.X, l.Box.Min.Y, l.Box.Max.X, l.Box.Max.Y)
		b = append(b, byte(l.Turn), l.probByte(), byte(len(l.Columns)))
		for _, c := range l.Columns {
			b = append(b, c.Blank, byte(len(c.Chars)))
			for _, char := range c.Chars {
				b = append(binary.LittleEndian.AppendUint16(b, char.Char), char.Q)
			}
		}
	}
	return b
}

// names reads what appendNames wrote.
func (p *parser) names() []NameLine {
	n := int(p.byte())
	p.failed = p.failed || n == 0 // then there would be no names at all
	var out []NameLine
	for i := 0; i < n && !p.failed; i++ {
		l := NameLine{Box: image.Rectangle{Min: image.Point{X: p.int(), Y: p.int()}, Max: image.Point{X: p.int(), Y: p.int()}}}
		l.Turn, l.Prob = Turn(p.byte()), probabilities[p.byte()]
		columns := int(p.byte())
		for k := 0; k < columns && !p.failed; k++ {
			c := NameColumn{Blank: p.byte()}
			chars := int(p.byte())
			for j := 0; j < chars && !p.failed; j++ {
				c.Chars = append(c.Chars, NameChar{uint16(p.short()), p.byte()})
			}
			l.Columns = append(l.Columns, c)
		}
		out = append(out, l)
	}
	return out
}

// checkNames refuses what the format can't hold or the deciding can't use.
func checkNames(names []NameLine, page image.Rectangle) error {
	if len(names) > maxNames {
		return fmt.Errorf("%w: %d names, at most %d are allowed", ErrEvidence, len(names), maxNames)
	}
	for i := range names {
		l := &names[i]
		if len(l.Columns) > maxNameColumns || l.Turn > 3 {
			return fmt.Errorf("%w: name %d has %d columns and turn %d", ErrEvidence, i, len(l.Columns), l.Turn)
		}
		if l.Box.Min.X > l.Box.Max.X || l.Box.Min.Y > l.Box.Max.Y || !l.Box.In(page) {
			return fmt.Errorf("%w: name %d lies at %v, outside the page", ErrEvidence, i, l.Box)
		}
		for _, c := range l.Columns {
			if len(c.Chars) > maxNameChars {
				return fmt.Errorf("%w: a name's column with %d characters", ErrEvidence, len(c.Chars))
			}
		}
	}
	return nil
}
