package synth

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// stripFade is over how many pixels a pasted strip's rim fades into the paper.
const stripFade = 5

// PasteStrip draws a page whose ID line is a picture: `학번 : <digits>` cut from
// another scan of about 275 dpi, at most 1000x400 pixels. The strip's background
// becomes the page's paper. The table starts below the strip, which may itself
// contain a part of its own table. The truth has the Spec's ID, and the strip's
// whole rectangle as IDBox.
func (a *Assets) PasteStrip(seed uint64, strip image.Image, s Spec) (*Sheet, error) {
	size := strip.Bounds().Size()
	if size.X < 16 || size.Y < 16 || size.X > 1000 || size.Y > 400 {
		return nil, fmt.Errorf("paste strip: %v pixels", size)
	}
	p, err := a.newPage(seed, s)
	if err != nil {
		return nil, err
	}
	corner := p.makeRoom(float64(size.X), float64(size.Y))
	paste := func() error {
		p.paste(flatten(strip), corner)
		return p.nameBeside(corner.y + float64(size.Y)/2)
	}
	return p.drawAll(p.size, topMargin{p}.draw, paste, answerTable{p}.draw)
}

// makeRoom moves the printed form so that a strip fits above the table, and returns
// where its upper left corner goes.
func (p *page) makeRoom(width, height float64) vec {
	r := stream(p.seed, "strip")
	l := &p.layout
	corner := vec{math.Min(l.labelAt.x, sheetWidth-width-620), l.titleAt.y + r.between(25, 45)}
	l.nameAt = corner.x + width + 20
	down := corner.y + height + r.between(5, 25) - l.table.top
	l.table.top += down
	l.table.bottom += down
	for over := l.table.bottom - (sheetHeight - 60); over > 0; over = l.table.bottom - (sheetHeight - 60) {
		last := len(l.table.rows) - 1
		l.table.bottom -= l.table.rows[last]
		l.table.rows = l.table.rows[:last]
	}
	return corner
}

// nameBeside prints the name's label and writes the name, right of the strip.
func (p *page) nameBeside(y float64) error {
	l := &p.layout
	l.labelAt.y = y + l.labelSize/3
	box, end, err := p.print(l.label, l.labelSize, l.nameLabel, vec{l.nameAt, l.labelAt.y})
	if err != nil {
		return err
	}
	p.truth.LineBox = p.truth.IDBox.Union(box)
	return idLine{p}.writeName(end)
}

// flatten returns the strip with its background, taken to be the median of each
// colour, made white; also what is a little darker, the scan's noise.
func flatten(strip image.Image) *image.RGBA {
	b := strip.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	var counts [3][256]int
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := color.RGBAModel.Convert(strip.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA) //nolint:forcetypeassert // RGBAModel makes no other
			out.SetRGBA(x, y, c)
			counts[0][c.R]++
			counts[1][c.G]++
			counts[2][c.B]++
		}
	}
	var gain [3]int
	for i := range counts {
		gain[i] = 255 * 256 / max(percentile(counts[i], b.Dx()*b.Dy()/2)-4, 1)
	}
	for i, v := range out.Pix {
		if i&3 != 3 {
			out.Pix[i] = uint8(min(255, int(v)*gain[i&3]>>8))
		}
	}
	return out
}

// percentile returns the least value that at least n counted pixels do not exceed.
func percentile(counts [256]int, n int) int {
	for value, count := range counts {
		if n -= count; n <= 0 {
			return value
		}
	}
	return 255
}

// paste multiplies a white-grounded picture onto the page, its corner at a place of
// the layout.
func (p *page) paste(strip *image.RGBA, corner vec) {
	place := translate(corner.x, corner.y).then(p.place)
	extent := box{vec{0, 0}, vec{float64(strip.Rect.Dx()), float64(strip.Rect.Dy())}}
	area := extent.through(place).pixels(0).Intersect(p.img.Rect)
	back := place.inverse()
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := p.img.Pix[p.img.PixOffset(area.Min.X, y):]
		for x := range area.Dx() {
			at := back.apply(vec{float64(area.Min.X+x) + 0.5, float64(y) + 0.5})
			c := sampleRGB(strip, at)
			for i := range 3 {
				row[4*x+i] = uint8(float64(row[4*x+i]) * c[i] / 255)
			}
		}
	}
	p.truth.ID, p.truth.IDBox = p.spec.ID, area
}

// sampleRGB interpolates between four pixels and fades to white at the rim.
func sampleRGB(m *image.RGBA, at vec) [3]float64 {
	w, h := float64(m.Rect.Dx()), float64(m.Rect.Dy())
	rim := math.Min(math.Min(at.x, w-at.x), math.Min(at.y, h-at.y)) / stripFade
	if rim <= 0 {
		return [3]float64{255, 255, 255}
	}
	x, y := clamp(at.x-0.5, 0, w-1.001), clamp(at.y-0.5, 0, h-1.001)
	fx, fy := x-math.Floor(x), y-math.Floor(y)
	i := m.PixOffset(int(x), int(y))
	var out [3]float64
	for k := range out {
		above := lerp(float64(m.Pix[i+k]), float64(m.Pix[i+k+4]), fx)
		below := lerp(float64(m.Pix[i+k+m.Stride]), float64(m.Pix[i+k+m.Stride+4]), fx)
		out[k] = lerp(255, lerp(above, below, fy), math.Min(1, rim))
	}
	return out
}
