package synth

import "math"

// compose invents the form of a Spec's Title.
func (t *typefaces) compose(s Spec, p *press) (*form, script) {
	version := uint64(Version)
	if s.Family == HeldOutForms {
		version = heldOutVersion
	}
	r := streamOf(version, hash(s.Title), "form of "+s.Family.String())
	language := anyScript(r)
	words := tongueOf(language)
	if s.Family == HeldOutForms {
		language = heldOutScript(r)
		words = heldOutTongue(language)
	}
	g := &galley{random: r, form: &form{}, style: newStyle(r, language, words, t), press: p, chars: s.Digits, tilt: translate(0, 0)}
	g.choosePaper()
	// 4.3 mm as on most forms, down to 2.2 and up to 9.
	g.digit = clamp(4.2*math.Exp(g.around(0, 0.32)), 2.2, 9)
	switch {
	case s.Side == Unwritten:
	case s.Side == Essay:
		questions{g}.essay()
	case s.Family == HeldOutForms:
		newHeldOutForm(g).layOut(s.Side == Front)
	default:
		newWorldForm(g).layOut(s.Side == Front)
	}
	return g.form, language
}
