package synth

import (
	"math"
	"strings"
)

// composer invents a form from its own random numbers, never from a person's.
type composer struct {
	random
	*form
	tongue
	press  *press
	script script
	body   [2]*face // regular and bold
	head   *face
	mono   *face
	em     float64 // size of running text, in millimetres
	lead   float64 // from line to line, in ems
	toner  ink     // of what is printed
	ruled  ink     // of lines and boxes
	thick  float64 // of lines, in millimetres
	chars  int     // how many characters an ID has
	digit  float64 // height of the digits that the ID's field is made for
	tilt   affine  // how the block that is being set is turned

	left, right float64 // of the column that is being set
	y           float64 // where the next block goes
}

// compose invents the form of a Spec's Title.
func (t *typefaces) compose(s Spec, p *press) (*form, script) {
	version := uint64(Version)
	if s.Family == HeldOutForms {
		version = heldOutVersion
	}
	r := streamOf(version, hash(s.Title), "form of "+s.Family.String())
	c := &composer{random: r, form: &form{}, press: p, chars: s.Digits, script: anyScript(r), tilt: translate(0, 0)}
	c.tongue = tongueOf(c.script)
	if s.Family == HeldOutForms {
		c.script = heldOutScript(r)
		c.tongue = heldOutTongue(c.script)
	}
	c.chooseTypes(t)
	c.choosePaper()
	c.chooseField()
	switch {
	case s.Side == Unwritten:
	case s.Side == Essay:
		c.essay()
	case s.Family == HeldOutForms:
		c.layOutHeldOut(s.Side == Front)
	default:
		c.layOut(s.Side == Front)
	}
	return c.form, c.script
}

// chooseTypes picks typefaces, sizes and inks.
func (c *composer) chooseTypes(t *typefaces) {
	switch c.script {
	case korean:
		c.body = pick(c.random, t.korean)
	case chinese, japanese, taiwanese:
		k := pick(c.random, t.kanji)
		c.body = [2]*face{k, k}
	default:
		c.body = pick(c.random, t.latin)
	}
	c.head = c.body[1]
	if c.script == korean && c.chance(0.4) {
		c.head = pick(c.random, t.korean)[1]
	}
	c.mono = pick(c.random, t.mono)
	c.em = c.between(2.6, 4.8) // 7.5 to 13.5 points
	c.lead = c.between(1.15, 1.75)
	c.toner = ink{r: 10, g: 10, b: 12}
	if c.chance(0.3) {
		grey := uint8(c.between(20, 90))
		c.toner = ink{r: grey, g: grey, b: grey, grain: c.between(0, 0.3)}
	}
	c.thick = pick(c.random, []float64{0.15, 0.2, 0.3, 0.4, 0.6})
	shade := pick(c.random, []uint8{10, 10, 10, 30, 90, 140, 180})
	c.ruled = ink{r: shade, g: shade, b: shade}
	if c.chance(0.06) {
		c.ruled = pick(c.random, []ink{{r: 60, g: 90, b: 190}, {r: 200, g: 70, b: 80}, {r: 60, g: 140, b: 90}})
	}
}

// choosePaper picks a size: A4 and Letter mostly, strips, halves, and landscape.
func (c *composer) choosePaper() {
	size := pick(c.random, []vec{{210, 297}, {210, 297}, {210, 297}, {210, 297}, {215.9, 279.4}, {215.9, 279.4}, {215.9, 355.6}, {182, 257}})
	switch k := c.Float64(); {
	case k < 0.06: // a half or a strip
		size.y *= c.between(0.2, 0.55)
	case k < 0.11:
		size.x, size.y = size.y, size.x
	}
	c.width, c.height = size.x, size.y
	c.left, c.right = size.x*c.between(0.04, 0.13), size.x*(1-c.between(0.04, 0.13))
	c.y = math.Min(size.y*c.between(0.02, 0.08), 20)
}

// chooseField picks how tall the ID's digits are meant to be: 4.3 mm as on most
// forms, down to 2.2 and up to 9.
func (c *composer) chooseField() { c.digit = clamp(4.2*math.Exp(c.around(0, 0.32)), 2.2, 9) }

// layOut sets the blocks one below the other.
func (c *composer) layOut(field bool) {
	before := pick(c.random, []int{0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 6, 9})
	if c.height < 150 {
		before = c.IntN(2)
	}
	density := c.between(0.45, 1)
	if c.chance(0.15) {
		density = c.between(0.05, 0.4)
	}
	c.ground()
	c.heading()
	placed := !field
	if field && c.chance(0.14) {
		c.plainSheet()
		return
	}
	if k := c.Float64(); field && c.width > 180 && k < 0.12 {
		placed = pick(c.random, []func() bool{c.corner, c.margin})()
	}
	for n := 0; c.y < c.height-2*c.em-8 && n < 60; n++ {
		switch {
		case !placed && (n >= before || c.y > 0.72*c.height || c.height-c.y < 80):
			c.identity()
			placed = true
		case c.chance(density):
			c.block()
		default:
			c.y += c.height * c.between(0.01, 0.08)
		}
	}
	if !placed {
		c.y = c.height * 0.8
		c.identity()
	}
	c.footer()
}

// add prints an item.
func (c *composer) add(i item) { c.items = append(c.items, i) }

// print sets a text from the left end of its base line and returns where it ends.
func (c *composer) print(f *face, size float64, chars string, at vec) float64 {
	c.add(text{face: f, size: size, chars: chars, at: translate(at.x, at.y).then(c.tilt), ink: c.toner})
	return at.x + c.press.width(f, size, chars)
}

// fitted prints a text no wider than the room, cutting it short.
func (c *composer) fitted(f *face, size float64, chars string, at vec, room float64) float64 {
	runes := []rune(chars)
	for len(runes) > 1 && c.press.width(f, size, string(runes)) > room {
		runes = runes[:len(runes)-1]
	}
	return c.print(f, size, string(runes), at)
}

// rule draws a line.
func (c *composer) rule(from, to vec) { c.ruleOf(from, to, 0) }

func (c *composer) ruleOf(from, to vec, dash float64) {
	c.add(rule{c.tilt.apply(from), c.tilt.apply(to), c.thick, c.ruled, dash})
}

// frame draws the four sides of a box.
func (c *composer) frame(b box) {
	q := b.quad()
	for i, p := range q {
		c.rule(p, q[(i+1)%4])
	}
}

// shade fills a box with a tint.
func (c *composer) shade(b box, tint ink) { c.add(fill{b, tint}) }

// tint is the ground of a coloured or grey field.
func (c *composer) tint() ink {
	grey := uint8(c.between(190, 242))
	return pick(c.random, []ink{{r: grey, g: grey, b: grey}, {r: grey, g: grey, b: grey}, {r: 255, g: grey, b: grey}, {r: grey, g: 235, b: 255}, {r: 255, g: 250, b: grey}})
}

// slot leaves room to write, from the left end of a base line.
func (c *composer) slot(s slot, at vec) {
	s.at = translate(at.x, at.y).then(c.tilt)
	if s.filled == 0 {
		s.filled = 1
	}
	c.slots = append(c.slots, s)
}

// sentence invents running text of at least n words.
func (c *composer) sentence(n int) string {
	var out strings.Builder
	for i := range n {
		if i > 0 && !c.joined {
			out.WriteByte(' ')
		}
		out.WriteString(c.word())
	}
	return out.String()
}

// word invents a printed word, now and then a number or one with a mark behind it.
func (c *composer) word() string {
	switch k := c.Float64(); {
	case k < 0.06:
		return newPrinted(c.random)
	case k < 0.1 && c.script == korean:
		return string([]rune{rune(0xac00 + c.IntN(11172)), rune(0xac00 + c.IntN(11172))})
	case k < 0.17:
		return pick(c.random, c.words) + pick(c.random, []string{",", ".", ",", "?", ":"})
	}
	return pick(c.random, c.words)
}

// lineOf invents text that fills a width, justified if asked.
func (c *composer) lineOf(f *face, size, width float64) string {
	runes := []rune(c.sentence(int(width/size) + 2))
	if !c.joined {
		runes = []rune(c.sentence(int(width/size/1.6) + 2))
	}
	var sum float64
	last := 0
	for i, char := range runes {
		sum += c.press.glyph(f, char).advance * size
		if sum > width {
			break
		}
		if char == ' ' || c.joined || i == len(runes)-1 {
			last = i
		}
	}
	return string(runes[:max(last, 1)])
}
