package synth

// style is what a form's print looks like, and in which language it is.
type style struct {
	tongue
	script script
	body   [2]*face // regular and bold
	head   *face
	mono   *face
	em     float64 // size of running text, in millimetres
	lead   float64 // from line to line, in ems
	toner  ink     // of what is printed
	ruled  ink     // of lines and boxes
	thick  float64 // of lines, in millimetres
}

// newStyle picks typefaces, sizes and inks for a language.
func newStyle(r random, language script, words tongue, t *typefaces) style {
	s := style{tongue: words, script: language}
	switch s.script {
	case korean:
		s.body = pick(r, t.korean)
	case chinese, japanese, taiwanese:
		k := pick(r, t.kanji)
		s.body = [2]*face{k, k}
	default:
		s.body = pick(r, t.latin)
	}
	s.head = s.body[1]
	if s.script == korean && r.chance(0.4) {
		s.head = pick(r, t.korean)[1]
	}
	s.mono = pick(r, t.mono)
	s.em = r.between(2.6, 4.8) // 7.5 to 13.5 points
	s.lead = r.between(1.15, 1.75)
	s.toner = ink{r: 10, g: 10, b: 12}
	if r.chance(0.3) {
		grey := uint8(r.between(20, 90))
		s.toner = ink{r: grey, g: grey, b: grey, grain: r.between(0, 0.3)}
	}
	s.thick = pick(r, []float64{0.15, 0.2, 0.3, 0.4, 0.6})
	shade := pick(r, []uint8{10, 10, 10, 30, 90, 140, 180})
	s.ruled = ink{r: shade, g: shade, b: shade}
	if r.chance(0.06) {
		s.ruled = pick(r, []ink{{r: 60, g: 90, b: 190}, {r: 200, g: 70, b: 80}, {r: 60, g: 140, b: 90}})
	}
	return s
}
