package read

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// Numbers of the second look.
const (
	// leastShown is how many digits must have been read for a part of a page to be
	// taken for an ID.
	leastShown = 5
	// widestGap is how far apart two digits of an ID may stand, in mean distances of
	// its digits. More may have something else between them.
	widestGap = 3.0
	// edgeReach is how far beyond the middle of its first and last digit an ID may
	// reach, in mean distances of its digits.
	edgeReach = 0.65
	// emptyShare is how little of a column of pixels may be ink for it to be empty:
	// a ruled line doesn't count.
	emptyShare = 0.1
	// leastDigit is how probable it must be that some digit stands where a sign of the
	// ID is taken to be; so many signs may lack it.
	leastDigit = 0.5
	mostMisses = 1
	// alignMiss is what a mark that isn't the digit costs in an alignment.
	alignMiss = 1e-3
)

// SecondLook is what another reader may see of a page: the ID alone, upright, on
// white. It stands on the given line, by its index in Lines. What lies outside the
// ID's own columns, by the alignment of the likeliest ID with what was read, is not in
// the picture, for instance a name on the same line.
// False if it isn't sure where the ID is, for then nothing may be shown.
func (rd *Reading) SecondLook(img image.Image, line int, id string) (image.Image, bool) {
	if line < 0 || line >= len(rd.Lines) {
		return nil, false
	}
	l := &rd.Lines[line]
	if rd.cutOff(l) {
		return nil, false
	}
	at := alignment(l, Signs(id))
	if len(at) < leastShown {
		return nil, false
	}
	crop := l.Turn.upright(Crop(img, l.Box))
	step := float64(crop.Bounds().Dx()) / float64(l.Columns())
	pitch := float64(at[len(at)-1]-at[0]) * step / float64(len(at)-1)
	for i := 1; i < len(at); i++ {
		if float64(at[i]-at[i-1])*step > widestGap*pitch {
			return nil, false
		}
	}
	ink := inkOf(crop)
	first, last := (float64(at[0])+0.5)*step, (float64(at[len(at)-1])+0.5)*step
	left, right := ink.edge(first, -1, edgeReach*pitch), ink.edge(last, 1, edgeReach*pitch)
	top, bottom := ink.band(left, right)
	return isolated(crop, image.Rect(left, top, right, bottom)), true
}

// cutOff says whether the page's edge cut the line's box: then its columns can't be
// found in it.
func (rd *Reading) cutOff(l *Line) bool {
	if l.Turn%2 == 1 {
		return l.Box.Min.Y <= 0 || l.Box.Max.Y >= rd.Height
	}
	return l.Box.Min.X <= 0 || l.Box.Max.X >= rd.Width
}

// alignment is the column of each sign of an ID on a line, by the likeliest path: the
// column where the sign is surest. Nil if the ID doesn't fit there.
func alignment(l *Line, id []int8) []int {
	e := alignmentColumns(l)
	n, t := 2*len(id), len(e)
	if n == 0 || t < len(id) {
		return nil
	}
	// State 2i is the ID's sign i, 2i+1 the gap behind it.
	best := make([]float64, n)
	from := make([][]int8, t)
	for k := range best {
		best[k] = math.Inf(-1)
	}
	endAt, most := -1, math.Inf(-1)
	for c := range t {
		next := make([]float64, n)
		from[c] = make([]int8, n)
		for k := range n {
			stay, back := best[k], int8(0)
			if k > 0 && best[k-1] > stay {
				stay, back = best[k-1], 1
			}
			// Two different signs may touch.
			if k%2 == 0 && k > 1 && id[k/2] != id[k/2-1] && best[k-2] > stay {
				stay, back = best[k-2], 2
			}
			if k == 0 && stay < 0 { // begin here
				stay, back = 0, 3
			}
			next[k], from[c][k] = stay+e.cost(c, k, id), back
		}
		best = next
		if best[n-2] > most {
			most, endAt = best[n-2], c
		}
	}
	if endAt < 0 {
		return nil
	}
	at := trace(e, from, id, n-2, endAt)
	if !e.digitsAt(at) {
		return nil
	}
	return at
}

// looked are the columns of a line as an alignment takes them.
type looked [][Classes]float64

func alignmentColumns(l *Line) looked {
	e := make(looked, l.Columns())
	for t := range e {
		e[t] = l.Column(t)
	}
	return e
}

// sign is the weight of a sign at a column: as itself, or as a mark that isn't.
func (e looked) sign(c int, sign int8) float64 {
	return max(e[c][Zero+min(sign, Letter)], alignMiss*(1-e[c][Blank]))
}

// digitsAt says whether digits stand where an alignment puts the signs of an ID: at
// both ends, and nearly all between. Else it may have taken letters for digits that
// were not read.
func (e looked) digitsAt(at []int) bool {
	misses := 0
	for i, c := range at {
		sum := 0.0
		for _, v := range e[c][Zero:Other] {
			sum += v
		}
		if sum >= leastDigit {
			continue
		}
		if misses++; i == 0 || i == len(at)-1 || misses > mostMisses {
			return false
		}
	}
	return true
}

func (e looked) cost(c, state int, id []int8) float64 {
	if state%2 == 1 {
		return math.Log(max(e[c][Blank]+Insertion*e[c][Other], 1e-6))
	}
	return math.Log(max(e.sign(c, id[state/2]), 1e-9))
}

// trace follows the path back and keeps each sign's surest column.
func trace(e looked, from [][]int8, id []int8, k, c int) []int {
	at := make([]int, len(id))
	sure := make([]float64, len(id))
	for c >= 0 {
		if k%2 == 0 {
			if v := e.sign(c, id[k/2]); v >= sure[k/2] {
				sure[k/2], at[k/2] = v, c
			}
		}
		back := from[c][k]
		if back == 3 {
			break
		}
		k -= int(back)
		c--
	}
	return at
}

// inkMap says where a crop is dark.
type inkMap struct {
	width, height int
	dark          []bool
}

// inkOf takes what is nearer to the darkest ink than to the paper for ink.
func inkOf(crop image.Image) inkMap {
	b := crop.Bounds()
	m := inkMap{width: b.Dx(), height: b.Dy()}
	grey := image.NewGray(image.Rect(0, 0, m.width, m.height))
	draw.Draw(grey, grey.Rect, crop, b.Min, draw.Src)
	var counts [256]int
	for _, v := range grey.Pix {
		counts[v]++
	}
	paper, ink := brightness(&counts, len(grey.Pix), 0.7), brightness(&counts, len(grey.Pix), 0.01)
	m.dark = make([]bool, len(grey.Pix))
	for i, v := range grey.Pix {
		m.dark[i] = 2*int(v) < paper+ink
	}
	return m
}

// brightness is what a share of the pixels doesn't exceed.
func brightness(counts *[256]int, n int, share float64) int {
	left := int(share * float64(n))
	for v, count := range counts {
		if left -= count; left < 0 {
			return v
		}
	}
	return 255
}

// edge is where the sign with this middle ends, to the left or to the right: at the
// first empty columns beyond its ink, at most so far away.
func (m *inkMap) edge(middle float64, way int, most float64) int {
	wide := max(1, m.height/24) // so many empty columns part two signs
	empty := 0
	x := int(middle)
	for ; math.Abs(float64(x)-middle) < most && x > 0 && x < m.width-1; x += way {
		if m.columnInk(x) > int(emptyShare*float64(m.height)) {
			empty = 0
		} else if empty++; empty > wide && math.Abs(float64(x)-middle) > most/4 {
			break
		}
	}
	return x
}

func (m *inkMap) columnInk(x int) int {
	n := 0
	for y := range m.height {
		if m.dark[y*m.width+x] {
			n++
		}
	}
	return n
}

// band is the rows between left and right that hold the most ink, without the text
// above and below that a slanting line's box cuts into.
func (m *inkMap) band(left, right int) (top, bottom int) {
	const apart = 3
	best, sum, start, empty := 0, 0, 0, 0
	bottom = m.height
	for y := 0; y <= m.height; y++ {
		n := 0
		for x := left; y < m.height && x < right; x++ {
			if m.dark[y*m.width+x] {
				n++
			}
		}
		switch {
		case n > 0:
			if sum == 0 {
				start = y
			}
			sum, empty = sum+n, 0
		case sum > 0:
			empty++
		}
		if sum > best && (empty >= apart || y == m.height) {
			best, top, bottom = sum, start, y-empty+1
		}
		if empty >= apart {
			sum, empty = 0, 0
		}
	}
	return max(0, top-apart), min(m.height, bottom+apart)
}

// isolated puts a part of a crop on white, with room around it.
func isolated(crop image.Image, part image.Rectangle) image.Image {
	room := part.Dy() / 2
	out := image.NewRGBA(image.Rect(0, 0, part.Dx()+2*room, part.Dy()+2*room))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, part.Sub(part.Min).Add(image.Pt(room, room)), crop, crop.Bounds().Min.Add(part.Min), draw.Src)
	return out
}
