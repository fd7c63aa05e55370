package synth

import (
	"strconv"
	"strings"
)

// AnySpec invents what stands on a line: IDs of 4 to 12 characters in all kinds of
// fields, now and then something else written in an ID's place. It is what the line
// model is trained with.
func AnySpec(seed uint64) Spec {
	r := stream(seed, "any spec")
	s := Spec{
		ID: anyID(r), Name: newName(r), Title: strconv.FormatUint(r.Uint64(), 36), DPI: r.between(100, 210),
		Pose:  &Pose{Skew: r.around(0, 0.6), Right: r.around(0, 6), Down: r.around(0, 6)},
		Field: pick(r, []Field{Plain, Plain, Plain, Plain, Plain, Underlined, Boxed, Comb, Split, Cell}),
	}
	if r.chance(0.15) {
		s.Pose.Skew = r.between(-5, 5)
	}
	if r.chance(0.12) {
		s.ID, s.Field = strings.ReplaceAll(newAnswer(r), "  ", " "), Plain
	}
	if r.chance(0.17) { // the hardest hand to read comes more often: a third of all
		s.Source = MNISTSource
	}
	return s
}

// AnyPage invents a page of the world's forms whose longer side is some 1000 to 1250
// pixels: a person, a form, an ID of 4 to 12 characters. It is what the page finder is
// trained with. One page in twenty has no field for an ID, and one in twenty an
// empty one.
func AnyPage(seed uint64) Spec {
	r := stream(seed, "any page")
	s := Spec{
		ID: anyID(r), Title: strconv.FormatUint(r.Uint64(), 36), Family: WorldForms,
		LongSide: 1000 + r.IntN(250), Source: AnySource,
	}
	switch k := r.Float64(); {
	case k < 0.05:
		s.Digits = len(s.ID)
		s.Blank = true
	case k < 0.1:
		s.Side = Printed
	}
	return s
}

// HeldOutPage is AnyPage of the held-out forms: for measuring the page finder only.
func HeldOutPage(seed uint64) Spec {
	s := AnyPage(seed)
	s.Family = HeldOutForms
	return s
}

// anyID invents an ID: any digits mostly, so that nothing is learnt about which
// digits are likely where.
func anyID(r random) string {
	n := pick(r, []int{4, 5, 6, 7, 8, 8, 8, 8, 8, 9, 10, 10, 11, 12})
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + r.IntN(10)))
	}
	id := b.String()
	switch {
	case r.chance(0.12):
		return newID(r, 8)
	case r.chance(0.08): // digits of the hardest kind
		hard := pick(r, []string{"17", "49", "71", "06", "38", "27", "1179"})
		return strings.Map(func(c rune) rune { return rune(hard[r.IntN(len(hard))]) }, id)
	case r.chance(0.05):
		return string(rune('A'+r.IntN(26))) + id[1:]
	case n > 5 && r.chance(0.05):
		return id[:4] + "-" + id[4:]
	}
	return id
}
