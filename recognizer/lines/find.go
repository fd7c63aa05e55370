package lines

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// Candidate is a strip that may hold the ID.
type Candidate struct {
	Strip
	// Row is the same for candidates of one text line; they overlap or lie beside
	// each other.
	Row int
	// Rank is how much the strip looks like an ID, from its shape and place alone.
	Rank float64

	features features
	text     []part // of the whole page, in the reduced picture, from left to right
	slope    float64
	factor   float64
}

// Trim is the strip around what of the candidate's text line lies between two places
// of the page, and what adjoins it with gaps no wider than reach: no higher than the
// digits that were found there.
func (c Candidate) Trim(left, right, reach float64) Strip {
	left, right, reach = left/c.factor, right/c.factor, reach/c.factor
	line := c.beside()
	var in []part
	for _, p := range line {
		if middle := (p.left + p.right) / 2; middle > left && (middle < right || p.left < right+reach) {
			in = append(in, p)
			right = max(right, p.right)
		}
	}
	if len(in) == 0 {
		return c.Strip
	}
	left = in[0].left
	for _, p := range slices.Backward(line) {
		if p.right > left-reach && p.left < left {
			in = append(in, p)
			left = p.left
		}
	}
	return around(in, c.slope).scaled(c.factor)
}

// beside are the pieces of text level with the candidate.
func (c Candidate) beside() []part {
	middle := (c.Middle - c.slope*c.Left) / c.factor
	half := 0.5 * c.Height / c.factor
	var line []part
	for _, p := range c.text {
		off := math.Abs((p.top+p.bottom)/2 - middle)
		if off < 0.7*half && off+p.height()/2 < 1.4*half {
			line = append(line, p)
		}
	}
	return line
}

// Find returns the parts of a page that may be a handwritten ID, the likeliest
// first: words, neighbouring words, and whole lines. It looks at shapes alone and
// takes about a hundredth of a second for a page of any size.
func Find(page *image.Gray) []Candidate {
	m := memories.Get().(*memory) //nolint:forcetypeassert // the pool has nothing else
	defer m.release()
	small, factor := reduce(page, m)
	ink := inkOf(small, m)
	slope := skewOf(ink)
	text, height := textOf(ink, slope, m)
	var out []Candidate
	for row, parts := range rowsOf(text) {
		for _, s := range segments(parts) {
			c := Candidate{Strip: around(s, slope), Row: row, text: text, slope: slope, factor: float64(factor)}
			if !plausible(c.Strip, height) {
				continue
			}
			c.features = featuresOf(s, parts, height)
			c.Rank = c.features.rank(c.Middle / float64(ink.h))
			c.Strip = c.scaled(c.factor)
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.Rank, a.Rank) })
	return out
}

// textOf takes the page apart into the pieces of its text, without ruled lines, and
// measures the text's height. The picture is empty afterwards.
func textOf(ink *bitmap, slope float64, m *memory) (text []part, height float64) {
	var all []part
	var large []int32 // the pixels of large pieces
	ink.partsOf(slope, func(p part, pixels []int32) {
		all = append(all, p)
		if max(p.width(), p.height()) < ruledSize {
			text = append(text, p)
			return
		}
		large = append(large, pixels...)
	})
	for _, at := range large { // the picture is empty by now
		ink.pix[at] = 1
	}
	height = textHeight(all, float64(ink.w), float64(ink.h))
	ink.removeRules(slope, int(5*height), int(2.2*height), m)
	ink.partsOf(slope, func(p part, _ []int32) { text = append(text, p) })
	return legible(text, height), height
}

// ruledSize is from what width or height on a piece may have ruled lines in it.
const ruledSize = 24

func (s Strip) scaled(by float64) Strip {
	s.Left, s.Right, s.Middle, s.Height = s.Left*by, s.Right*by, s.Middle*by, s.Height*by
	return s
}

// legible leaves out specks, and what is too tall for a line of text.
func legible(parts []part, height float64) []part {
	return slices.DeleteFunc(parts, func(p part) bool {
		return p.height() < 0.35*height || p.height() > 7*height || p.area < 4
	})
}

// How far apart, in heights of the line, the pieces of a line may stand, those of
// two words close to each other, and those of one.
var gaps = [...]float64{2.5, 1.3, 0.6}

// rowsOf strings pieces together that stand beside each other.
func rowsOf(parts []part) [][]part {
	slices.SortFunc(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(a.top, b.top))
	})
	var rows [][]part
	var ends []reach
	for _, p := range parts {
		best, nearest := -1, math.Inf(1)
		for i := range ends {
			if d, ok := ends[i].follows(p); ok && d < nearest {
				best, nearest = i, d
			}
		}
		if best < 0 {
			rows, ends = append(rows, []part{p}), append(ends, reach{p.right, p.top, p.bottom})
			continue
		}
		rows[best] = append(rows[best], p)
		ends[best].grow(p)
	}
	return rows
}

// reach is the right end of a row, and between which heights its last pieces lie.
type reach struct{ right, top, bottom float64 }

// follows says whether a piece continues the row, and how far it is away.
func (r *reach) follows(p part) (distance float64, ok bool) {
	high := max(r.bottom-r.top, p.height())
	gap := p.left - r.right
	if gap > gaps[0]*high {
		return 0, false
	}
	shared := min(r.bottom, p.bottom) - max(r.top, p.top)
	if shared < 0.4*min(r.bottom-r.top, p.height()) {
		return 0, false
	}
	return max(gap, 0) + math.Abs((r.top+r.bottom)/2-(p.top+p.bottom)/2), true
}

// grow takes a piece into the row; older pieces count less and less.
func (r *reach) grow(p part) {
	r.right = max(r.right, p.right)
	if p.height() < 0.5*(r.bottom-r.top) {
		return // a colon or a hyphen says little about the line
	}
	r.top = 0.6*r.top + 0.4*p.top
	r.bottom = 0.6*r.bottom + 0.4*p.bottom
	r.top, r.bottom = min(r.top, p.top+0.3*p.height()), max(r.bottom, p.bottom-0.3*p.height())
}

// segments cuts a row at gaps: into words, words with neighbours, the whole row.
func segments(row []part) [][]part {
	h := lineHeight(row)
	var out [][]part
	add := func(s []part) {
		for _, o := range out {
			if len(o) == len(s) && &o[0] == &s[0] {
				return
			}
		}
		out = append(out, s)
	}
	words := cut(row, gaps[2]*h)
	for i := range words {
		add(words[i])
		for j := i + 1; j < min(i+3, len(words)); j++ {
			add(joined(row, words[i], words[j]))
		}
	}
	for _, s := range cut(row, gaps[1]*h) {
		add(s)
	}
	add(row)
	return out
}

// joined is the part of a row from one word to another.
func joined(row, a, b []part) []part {
	return row[len(row)-cap(a) : len(row)-cap(b)+len(b)]
}

// lineHeight is the upper quartile of the pieces' heights.
func lineHeight(row []part) float64 {
	heights := make([]float64, len(row))
	for i, p := range row {
		heights[i] = p.height()
	}
	slices.Sort(heights)
	return heights[3*len(heights)/4]
}

// cut splits a row, sorted from left to right, at gaps wider than most.
func cut(row []part, most float64) [][]part {
	row = slices.Clip(row)
	var out [][]part
	from, right := 0, row[0].right
	for i, p := range row {
		if p.left-right > most {
			out = append(out, row[from:i])
			from = i
		}
		right = max(right, p.right)
	}
	return append(out, row[from:])
}

// around is the strip around some pieces.
func around(s []part, slope float64) Strip {
	b := s[0]
	for _, p := range s {
		b.left, b.right = min(b.left, p.left), max(b.right, p.right)
		b.top, b.bottom = min(b.top, p.top), max(b.bottom, p.bottom)
	}
	return Strip{
		Left: b.left, Right: b.right, Slope: slope,
		Middle: (b.top+b.bottom)/2 + slope*b.left, Height: b.height(),
	}
}
