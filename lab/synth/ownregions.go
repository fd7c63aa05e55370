package synth

import (
	"image"
	"strings"
)

// note remembers the ink of some characters beside each other, given their boxes, as a
// region. Other writing in which most characters are digits, three at least, is a row
// of digits.
func (t *Truth) note(kind RegionKind, text string, boxes ...image.Rectangle) {
	var ink []box
	for _, b := range boxes {
		if !b.Empty() {
			ink = append(ink, box{vec{float64(b.Min.X), float64(b.Min.Y)}, vec{float64(b.Max.X), float64(b.Max.Y)}})
		}
	}
	if len(ink) == 0 {
		return
	}
	if digits := strings.Count(strings.Map(asDigit, text), "0"); kind == OtherHand && digits >= 3 && 2*digits >= len(ink) {
		kind = DigitRow
	}
	t.Regions = append(t.Regions, around(ink).region(kind))
}

// asDigit turns every digit into a 0 and drops the rest.
func asDigit(r rune) rune {
	if r >= '0' && r <= '9' {
		return '0'
	}
	return -1
}
