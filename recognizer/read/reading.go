package read

import (
	"crypto/sha256"
	"encoding/binary"
	"image"
)

// Line is one reading of one place on the page.
type Line struct {
	// Box is the part of the page that was read, in pixels of the image.
	Box image.Rectangle
	// Place is the same for all readings of one place on the page.
	Place int
	// Turn is how the page was turned to read the line; Box is on the page as it is.
	Turn Turn
	// Prior is the probability that the line's place is the ID's field, as the finder
	// saw it, in the direction in which the line was read, by what all that was read
	// says of the page's; 0 if it isn't known. It counts as its quantised value.
	Prior float64
	// columns holds Classes quantised log-probabilities a column, see Quantise.
	columns []uint8
	// letters are in order of their columns.
	letters []letterColumn
	// strip is where the line was cut out; it isn't part of the evidence.
	strip Strip
}

// Columns is the number of columns that the line model gave.
func (l *Line) Columns() int { return len(l.columns) / Classes }

// Reading is what was read on a page: the evidence for a decision. It is
// read-only once made and may be shared between goroutines.
type Reading struct {
	// Model names the models and parameters that made it, see Reader.Model.
	Model string
	// Width and Height are the page's size in pixels.
	Width, Height int
	// Lines are the lines that were read, in order of their places.
	Lines []Line
	// Lettered says that letters were read: decisions tell them apart.
	Lettered bool
	// Second is what another reader says of the ID; nil if none was asked.
	Second *Opinion
	// Names are what was read where the name may stand; empty if nobody asked.
	Names []NameLine
	// Places are where it may stand, for who asks. They aren't part of the evidence.
	Places []NamePlace
	// Timings says where the time went. It isn't part of the evidence.
	Timings Timings
}

// Timings is where a Read spent its time, in milliseconds.
type Timings struct {
	Prepare float64 `json:"prepare"` // to grey
	Detect  float64 `json:"detect"`  // finding lines, each way up that was tried
	Read    float64 `json:"read"`    // reading them
}

// NewLine makes a line from the probabilities of a line model: for each column
// blank, the digits 0 to 9, and other, in this order. They are quantised to
// steps of 1/16 nat; what is 0 or less counts as 1.2e-7.
func NewLine(box image.Rectangle, place int, columns [][Classes]float64) Line {
	quantised := make([]uint8, 0, len(columns)*Classes)
	for _, c := range columns {
		for _, p := range c {
			quantised = append(quantised, Quantise(p))
		}
	}
	return QuantisedLine(box, place, quantised)
}

// QuantisedLine makes a line from columns that are quantised already, Classes
// values each. It keeps them and doesn't copy.
func QuantisedLine(box image.Rectangle, place int, columns []uint8) Line {
	return Line{Box: box, Place: place, columns: columns}
}

// Fingerprint is a hash of all that decisions depend on, whatever the format of
// the evidence. A nil reading has the zero hash.
func (rd *Reading) Fingerprint() (sum [sha256.Size]byte) {
	if rd == nil {
		return sum
	}
	h := sha256.New()
	for i := range rd.Lines {
		l := &rd.Lines[i]
		var head [16]byte
		binary.LittleEndian.PutUint64(head[:], uint64(l.Place))
		binary.LittleEndian.PutUint64(head[8:], uint64(len(l.columns)))
		h.Write(head[:])
		if l.Prior > 0 {
			h.Write([]byte{l.priorByte()})
		}
		h.Write(l.columns)
	}
	if rd.Lettered {
		h.Write(appendLetters([]byte("letters"), rd.Lines))
	}
	h.Write(rd.Second.append(nil))
	if len(rd.Names) > 0 {
		h.Write(appendNames(nil, rd.Names))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// unknownPrior is the byte of a prior that isn't known; the least that is has 254.
const unknownPrior = 255

// priorByte is the quantised prior.
func (l *Line) priorByte() byte {
	if !(l.Prior > 0) {
		return unknownPrior
	}
	return min(Quantise(l.Prior), unknownPrior-1)
}

// PlacePrior is the prior as decisions take it, quantised; 0 if it isn't known.
func (l *Line) PlacePrior() float64 { return priorOf(l.priorByte()) }

func priorOf(b byte) float64 {
	if b == unknownPrior {
		return 0
	}
	return probabilities[b]
}
