package synth

import (
	"errors"
	"fmt"
)

// Family is a set of printed forms. Part says who writes, Family on what.
type Family int

// The families.
const (
	// OwnForms have a title, one line for ID and name, and a table of answers.
	OwnForms Family = iota
	// WorldForms are forms as any school prints them; the page finder is trained
	// with them.
	WorldForms
	// HeldOutForms are other forms again: layouts, labels, fields, typefaces and
	// damage that WorldForms doesn't have. They are for measuring only.
	HeldOutForms
)

// String names the family.
func (f Family) String() string {
	if f < OwnForms || f > HeldOutForms {
		return fmt.Sprintf("family %d", int(f))
	}
	return [...]string{"own", "world", "held-out"}[f]
}

var errFamily = errors.New("no such family of forms")

// Colour is what a scanner saves.
type Colour int

// The kinds of scans. AnyColour lets the seed choose.
const (
	AnyColour Colour = iota
	FullColour
	GreyOnly
	Bilevel // black and white
)
