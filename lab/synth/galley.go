package synth

import (
	"math"
	"strings"
)

// galley is a form while it is set: its print, the places to write in, and where the next
// block goes. All that sets a part of a form is made of what is here. A form is invented
// from its title's random numbers, never from a person's.
type galley struct {
	random
	*form
	style
	press *press
	chars int     // how many characters an ID has
	digit float64 // height of the digits that the ID's field is made for
	tilt  affine  // how the block that is being set is turned

	left, right float64 // of the column that is being set
	y           float64 // where the next block goes
}

// choosePaper picks a size: A4 and Letter mostly, strips, halves, and landscape.
func (g *galley) choosePaper() {
	size := pick(g.random, []vec{{210, 297}, {210, 297}, {210, 297}, {210, 297}, {215.9, 279.4}, {215.9, 279.4}, {215.9, 355.6}, {182, 257}})
	switch k := g.Float64(); {
	case k < 0.06: // a half or a strip
		size.y *= g.between(0.2, 0.55)
	case k < 0.11:
		size.x, size.y = size.y, size.x
	}
	g.width, g.height = size.x, size.y
	g.left, g.right = size.x*g.between(0.04, 0.13), size.x*(1-g.between(0.04, 0.13))
	g.y = math.Min(size.y*g.between(0.02, 0.08), 20)
}

// add prints an item.
func (g *galley) add(i item) { g.items = append(g.items, i) }

// print sets a text from the left end of its base line and returns where it ends.
func (g *galley) print(f *face, size float64, chars string, at vec) float64 {
	g.add(text{face: f, size: size, chars: chars, at: translate(at.x, at.y).then(g.tilt), ink: g.toner})
	return at.x + g.press.width(f, size, chars)
}

// fitted prints a text no wider than the room, cutting it short.
func (g *galley) fitted(f *face, size float64, chars string, at vec, room float64) float64 {
	runes := []rune(chars)
	for len(runes) > 1 && g.press.width(f, size, string(runes)) > room {
		runes = runes[:len(runes)-1]
	}
	return g.print(f, size, string(runes), at)
}

// rule draws a line.
func (g *galley) rule(from, to vec) { g.ruleOf(from, to, 0) }

func (g *galley) ruleOf(from, to vec, dash float64) {
	g.add(rule{g.tilt.apply(from), g.tilt.apply(to), g.thick, g.ruled, dash})
}

// frame draws the four sides of a box.
func (g *galley) frame(b box) {
	q := b.quad()
	for i, p := range q {
		g.rule(p, q[(i+1)%4])
	}
}

// shade fills a box with a tint.
func (g *galley) shade(b box, tint ink) { g.add(fill{b, tint}) }

// tint is the ground of a coloured or grey field.
func tint(r random) ink {
	grey := uint8(r.between(190, 242))
	return pick(r, []ink{{r: grey, g: grey, b: grey}, {r: grey, g: grey, b: grey}, {r: 255, g: grey, b: grey}, {r: grey, g: 235, b: 255}, {r: 255, g: 250, b: grey}})
}

// square is a code like QR: three finders and noise.
func (g *galley) square(at vec, size float64) {
	n := pick(g.random, []int{21, 25, 29, 33})
	dark := make([]bool, n*n)
	for i := range dark {
		dark[i] = g.chance(0.5)
	}
	for _, corner := range [][2]int{{0, 0}, {n - 7, 0}, {0, n - 7}} {
		for y := range 7 {
			for x := range 7 {
				edge := min(x, y, 6-x, 6-y)
				dark[(corner[1]+y)*n+corner[0]+x] = edge != 1
			}
		}
	}
	g.add(pattern{at, vec{size / float64(n), size / float64(n)}, n, dark, g.toner})
}

// bubble prints a circle with a character in it.
func (g *galley) bubble(at vec, r float64, said string) ring {
	circle := ring{at, vec{r * 0.85, r}, min(g.thick, 0.25), g.ruled}
	g.add(circle)
	if r > 0.9 {
		size := 1.4 * r
		g.print(g.body[0], size, said, vec{at.x - g.press.width(g.body[0], size, said)/2, at.y + 0.36*size})
	}
	return circle
}

// slot leaves room to write, from the left end of a base line.
func (g *galley) slot(s slot, at vec) {
	s.at = translate(at.x, at.y).then(g.tilt)
	if s.filled == 0 {
		s.filled = 1
	}
	g.slots = append(g.slots, s)
}

func (g *galley) idSlot() slot { return slot{kind: slotID, height: g.digit} }

// idWidth is the room that an ID wants on a free line.
func (g *galley) idWidth() float64 { return g.digit * float64(g.chars) * g.between(0.75, 1.25) }

func (g *galley) nameSlot() slot { return slot{kind: slotName, height: g.digit, filled: 0.95} }

// answerKind is what people answer with.
func answerKind(r random) slotKind {
	return pick(r, []slotKind{slotShort, slotShort, slotShort, slotNumber, slotWords, slotWords, slotSums, slotSums, slotSums})
}

// otherKind is what goes into fields that are neither ID nor name.
func otherKind(r random) slotKind {
	return pick(r, []slotKind{slotDate, slotDate, slotWords, slotWords, slotShort, slotPhone, slotCourse, slotCourse, slotSign, slotNumber})
}

// bold is 1 now and then.
func (g *galley) bold() int {
	if g.chance(0.12) {
		return 1
	}
	return 0
}

// text sets lines of running text from the cursor down.
func (g *galley) text(left, right float64, lines int, f *face, size float64) {
	justified := g.chance(0.5)
	for i := range lines {
		if g.y+size*g.lead > g.height-6 {
			return
		}
		g.y += size * g.lead
		line := g.lineOf(f, size, right-left)
		if i == lines-1 {
			runes := []rune(line)
			line = string(runes[:1+g.IntN(len(runes))])
		}
		t := text{face: f, size: size, chars: line, at: translate(left, g.y).then(g.tilt), ink: g.toner}
		if spaces := strings.Count(line, " "); justified && i < lines-1 && spaces > 2 {
			t.stretch = max(0, (right-left-g.press.width(f, size, line))/float64(spaces))
		}
		g.add(t)
	}
}

// lineOf invents text that fills a width, justified if asked.
func (g *galley) lineOf(f *face, size, width float64) string {
	runes := []rune(g.sentence(int(width/size) + 2))
	if !g.joined {
		runes = []rune(g.sentence(int(width/size/1.6) + 2))
	}
	var sum float64
	last := 0
	for i, char := range runes {
		sum += g.press.glyph(f, char).advance * size
		if sum > width {
			break
		}
		if char == ' ' || g.joined || i == len(runes)-1 {
			last = i
		}
	}
	return string(runes[:max(last, 1)])
}

// sentence invents running text of at least n words.
func (g *galley) sentence(n int) string {
	var out strings.Builder
	for i := range n {
		if i > 0 && !g.joined {
			out.WriteByte(' ')
		}
		out.WriteString(g.word())
	}
	return out.String()
}

// word invents a printed word, now and then a number or one with a mark behind it.
func (g *galley) word() string {
	switch k := g.Float64(); {
	case k < 0.06:
		return newPrinted(g.random)
	case k < 0.1 && g.script == korean:
		return string([]rune{rune(0xac00 + g.IntN(11172)), rune(0xac00 + g.IntN(11172))})
	case k < 0.17:
		return pick(g.random, g.words) + pick(g.random, []string{",", ".", ",", "?", ":"})
	}
	return pick(g.random, g.words)
}
