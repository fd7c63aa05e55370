package recognizer

import (
	"image"
	"math"
)

// Classes is the number of classes that a column's probabilities are over:
// blank, the digits 0 to 9, and other, in this order.
const Classes = 12

// The classes' places; digit d is at classZero+d.
const (
	classBlank = 0
	classZero  = 1
	classOther = 11
)

// Line is one reading of one text line.
type Line struct {
	// Box is the part of the page that was read, in pixels of the image.
	Box image.Rectangle
	// Place is the same for all readings of one place on the page.
	Place int
	// Turn is how the page was turned to read the line; Box is on the page as it is.
	Turn Turn
	// columns holds Classes quantised log-probabilities a column, see quantise.
	columns []uint8
}

// Columns is the number of columns that the line model gave.
func (l Line) Columns() int { return len(l.columns) / Classes }

// Reading is what was read on a page: the evidence for a decision. It is
// read-only once made and may be shared between goroutines.
type Reading struct {
	// Model names the models and parameters that made it, see Reader.Model.
	Model string
	// Width and Height are the page's size in pixels.
	Width, Height int
	// Lines are the lines that were read, in order of their places.
	Lines []Line
	// Second is what another reader says of the ID; nil if none was asked.
	Second *Opinion
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
	l := Line{Box: box, Place: place}
	for _, c := range columns {
		for _, p := range c {
			l.columns = append(l.columns, quantise(p))
		}
	}
	return l
}

// quantSteps is how many steps of a quantised log-probability make one nat.
const quantSteps = 16

// quantise is minus the natural logarithm in steps of 1/16, from 0 (certain) to
// 255 (1.2e-7 or less).
func quantise(p float64) uint8 {
	if !(p > 1.2e-7) { // most aren't, and logarithms take their time
		return 255
	}
	return uint8(max(0, min(255, math.Round(-math.Log(p)*quantSteps))))
}
