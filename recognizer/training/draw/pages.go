package main

import (
	"fmt"
	"image"
	"io"
	"math"
	"math/rand/v2"

	"hakbeon/lab/synth"
)

// A pageRecord is what the page finder is trained with: a crop of a reduced page and
// maps of what is where in it, all square, row by row, and turned together.
//
//	grey    416x416  brightness, 255 is white
//	flags   104x104  for each 4x4 pixels, a bit for each map (see the flags)
//	height  104x104  round(16 log2(h)), h the digits' height in pixels, where
//	                 flagDigits is set; else 0
//	back    104x104  1 where ink of the page's back shines through
//	turns   1        quarter turns, clockwise, that were applied: 0 to 3
type pageRecord struct {
	grey                []byte
	flags, height, back []byte
	turns               byte
}

const (
	cropSide = 416
	cell     = 4 // pixels that share a value of the maps
	mapSide  = cropSide / cell
)

// The flags of a cell, by what its centre lies in. Regions are narrowed to the middle
// half of their height, so that neighbouring lines stay apart, but never below a cell.
const (
	flagID     = 1 << iota // the student ID, by hand
	flagDigits             // any row by hand of three digits or more, the ID too
	flagName               // the name in its field, by hand
	flagHand               // other handwriting
	flagPrint              // printed text
	flagLeft               // around the left end of the ID
	flagRight              // around its right end
	flagIgnore             // the rim of a row of digits, where either answer is right
)

// cropsOfPage is how many crops are cut out of a drawn page.
const cropsOfPage = 4

// pageCrops draws pages and writes records of crops, or previews of them.
func pageCrops(out io.Writer, assets *synth.Assets, o options) error {
	for i := range o.n {
		seed := o.first + i*o.step
		page, truth, err := anyPage(assets, seed, o)
		if err != nil {
			return fmt.Errorf("page %d: %w", seed, err)
		}
		rng := rand.New(rand.NewPCG(seed, 48))
		if o.preview != "" {
			if err := preview(o.preview, seed, page, truth, rng); err != nil {
				return err
			}
			continue
		}
		for range cropsOfPage {
			if err := cutPage(rng, page, truth).write(out); err != nil {
				return err
			}
		}
	}
	return nil
}

// anyPage draws a page of the world's forms or, one time in eight, of our own; for all
// but training of the held-out forms.
func anyPage(assets *synth.Assets, seed uint64, o options) (*image.Gray, *synth.Truth, error) {
	source := synth.AnySource
	if rng := rand.New(rand.NewPCG(seed, 49)); rng.Float64() < o.hands {
		source = synth.StrokeSource
	}
	if o.part != synth.Training || seed%8 != 7 {
		spec := o.page(seed)
		spec.Source = source
		return assets.GreyPage(seed, spec)
	}
	spec := synth.AnySpec(seed)
	spec.Source, spec.DPI = source, 100+float64(seed/8%30)
	sheet, err := assets.Sheet(seed, spec)
	if err != nil {
		return nil, nil, err
	}
	return grey(sheet.Image), &sheet.Truth, nil
}

// page is a page of other schools' forms: held-out ones for all but training.
func (o options) page(seed uint64) synth.Spec {
	if o.part == synth.Training {
		return synth.AnyPage(seed)
	}
	return synth.HeldOutPage(seed)
}

func (r *pageRecord) write(to io.Writer) error {
	for _, part := range [][]byte{r.grey, r.flags, r.height, r.back, {r.turns}} {
		if _, err := to.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// window is a crop's place: the record shows the page from x, y on, in pixels of the
// page reduced by scale.
type window struct{ scale, x, y float64 }

// cutPage cuts a crop out of a page of random size, and turns it: half stay upright, as
// most pages are; a network of this size that sees each way as often finds fewer of all.
func cutPage(rng *rand.Rand, page *image.Gray, t *synth.Truth) *pageRecord {
	w := anyWindow(rng, page.Rect.Size(), t)
	r := &pageRecord{grey: reduced(page, w), back: make([]byte, mapSide*mapSide)}
	r.paint(t, w)
	if rng.Float64() > 0.55 {
		r.turn(1 + rng.IntN(3))
	}
	return r
}

// anyWindow chooses the reduced page's longer side, 800 pixels mostly, 640 to 900 by
// the logarithm, and a place: three in four show the ID or, one in five of these, the
// name, if there is one.
func anyWindow(rng *rand.Rand, size image.Point, t *synth.Truth) window {
	long := 800.0
	if rng.Float64() < 0.6 {
		long = 640 * math.Pow(900.0/640, rng.Float64())
	}
	w := window{scale: long / float64(max(size.X, size.Y))}
	w.x, w.y = rng.Float64()*w.room(size.X), rng.Float64()*w.room(size.Y)
	kind, around := synth.IDRow, rng.Float64()
	if around < 0.15 {
		kind = synth.NameHand
	}
	if shown, ok := regionOf(t, kind); ok && around < 0.75 {
		w.around(rng, shown)
	}
	w.x, w.y = w.onPage(rng, w.x, size.X), w.onPage(rng, w.y, size.Y)
	return w
}

// room is by how much a side of the reduced page is longer than a crop's.
func (w *window) room(side int) float64 { return w.scale*float64(side) - cropSide }

// onPage keeps a crop on the page, but for a few pixels, as the finder sees a page
// itself; a page that is smaller lies anywhere in the crop.
func (w *window) onPage(rng *rand.Rand, at float64, side int) float64 {
	rim := 24 * rng.Float64()
	room := w.room(side)
	if room < 0 {
		return rng.Float64() * room
	}
	return min(max(at, -rim), room+rim)
}

// around moves a window so that a region lies in it, wholly or mostly.
func (w *window) around(rng *rand.Rand, r synth.Region) {
	left, right := math.Inf(1), math.Inf(-1)
	top, bottom := math.Inf(1), math.Inf(-1)
	for _, p := range r.Quad {
		left, right = min(left, w.scale*p.X), max(right, w.scale*p.X)
		top, bottom = min(top, w.scale*p.Y), max(bottom, w.scale*p.Y)
	}
	side := func(lo, hi float64) float64 {
		slack := cropSide - (hi - lo)
		return lo - slack/2 + slack*1.1*(rng.Float64()-0.5)
	}
	w.x, w.y = side(left, right), side(top, bottom)
}

func regionOf(t *synth.Truth, kind synth.RegionKind) (synth.Region, bool) {
	for _, r := range t.Regions {
		if r.Kind == kind {
			return r, true
		}
	}
	return synth.Region{}, false
}

// turn turns everything clockwise by quarter turns.
func (r *pageRecord) turn(quarters int) {
	for range quarters {
		r.grey = turned(r.grey, cropSide)
		for _, m := range []*[]byte{&r.flags, &r.height, &r.back} {
			*m = turned(*m, mapSide)
		}
	}
	r.turns = byte(quarters)
}

// turned is a square turned by a quarter, clockwise.
func turned(pix []byte, side int) []byte {
	out := make([]byte, len(pix))
	for y := range side {
		for x := range side {
			out[x*side+side-1-y] = pix[y*side+x]
		}
	}
	return out
}

// reduced is a window of a page, area-averaged; what lies off the page is white.
func reduced(page *image.Gray, w window) []byte {
	across, down := shares(w.x, w.scale, page.Rect.Dx()), shares(w.y, w.scale, page.Rect.Dy())
	out := make([]byte, cropSide*cropSide)
	for i := range out {
		out[i] = 255
	}
	sums := make([]float32, page.Rect.Dx())
	for y, d := range down {
		if len(d.weights) == 0 {
			continue
		}
		sumRows(sums, page, d)
		for x, a := range across {
			if len(a.weights) == 0 {
				continue
			}
			var sum float32
			for i, weight := range a.weights {
				sum += weight * sums[a.first+i]
			}
			out[y*cropSide+x] = uint8(sum + 0.5)
		}
	}
	return out
}

// share is which pixels of a page make one of a crop, and their weights, which add
// up to 1.
type share struct {
	first   int
	weights []float32
}

// shares divides a page's rows or columns among a crop's.
func shares(from, scale float64, size int) []share {
	out := make([]share, cropSide)
	for i := range out {
		lo, hi := (from+float64(i))/scale, (from+float64(i)+1)/scale
		if hi <= 0 || lo >= float64(size) {
			continue
		}
		lo, hi = max(lo, 0), min(hi, float64(size))
		first := int(lo)
		out[i].first = first
		for k := first; k < size && float64(k) < hi; k++ {
			weight := min(hi, float64(k+1)) - max(lo, float64(k))
			out[i].weights = append(out[i].weights, float32(weight/(hi-lo)))
		}
	}
	return out
}

// sumRows adds up the rows of a share.
func sumRows(sums []float32, page *image.Gray, d share) {
	clear(sums)
	for i, weight := range d.weights {
		row := page.Pix[(d.first+i)*page.Stride:][:len(sums)]
		for x, v := range row {
			sums[x] += weight * float32(v)
		}
	}
}
