package imagefile

import (
	"cmp"
	"image"
	"image/draw"
	"math"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// matrix maps (x, y) to (a*x + c*y + e, b*x + d*y + f), as in PDF.
type matrix struct{ a, b, c, d, e, f float64 }

// times is m before n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d,
		m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d,
		m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f,
	}
}

// rectangle is what the unit square becomes; false if its sides do not lie along
// the axes.
func (m matrix) rectangle() (r types.Rectangle, ok bool) {
	const slant = 1e-3 // of a side: a scan that was set straight by its software is rendered
	upright := math.Abs(m.b)+math.Abs(m.c) <= slant*(math.Abs(m.a)+math.Abs(m.d))
	lying := math.Abs(m.a)+math.Abs(m.d) <= slant*(math.Abs(m.b)+math.Abs(m.c))
	x, y := m.e+m.a+m.c, m.f+m.b+m.d
	r = *types.NewRectangle(min(m.e, x), min(m.f, y), max(m.e, x), max(m.f, y))
	return r, upright != lying
}

// turned says how an image that is drawn with m lies on a page that is shown turned
// clockwise by so many degrees.
func (m matrix) turned(degrees int) orientation {
	// Where the image's right and its down point to, on a page whose y grows downward.
	right, down := [2]float64{m.a, -m.b}, [2]float64{-m.c, m.d}
	for range ((degrees/90)%4 + 4) % 4 {
		right, down = [2]float64{-right[1], right[0]}, [2]float64{-down[1], down[0]}
	}
	lies := math.Abs(right[1]) > math.Abs(right[0])
	if lies {
		right[0], down[1] = right[1], down[0]
	}
	switch at := [2]bool{right[0] > 0, down[1] > 0}; {
	case !lies && at == [2]bool{true, true}:
		return 1
	case !lies && at == [2]bool{false, true}:
		return 2
	case !lies && at == [2]bool{false, false}:
		return 3
	case !lies:
		return 4
	case at == [2]bool{true, true}:
		return 5
	case at == [2]bool{true, false}:
		return 6
	case at == [2]bool{false, false}:
		return 7
	}
	return 8
}

const (
	// scanDPI is the least resolution of a picture that is taken out: below it PDFium
	// makes larger digits. Some scanners declare one point for a pixel, so a picture of
	// scanSide pixels, A4 at that resolution, will do by itself.
	scanDPI, scanSide = 140, 1600
	// scanCovers is how much of the page its picture covers at least, and scanOver how
	// far it may reach beyond each side.
	scanCovers, scanOver = 0.9, 0.01
	// scanSkew is how much the resolutions across and down may differ: those of a fax
	// do, and then the page is rendered.
	scanSkew = 0.02
)

// assemble makes one picture of those placed on a page.
func (s *pdfScan) assemble(placed []placement, from pdfResources, box types.Rectangle, rotate int) (page pdfPage, err error) {
	if len(placed) == 0 || rotate%90 != 0 {
		return page, errNotAScan
	}
	all := types.Rectangle{}
	rects := make([]types.Rectangle, len(placed))
	for i, p := range placed {
		var ok bool
		if rects[i], ok = p.at.rectangle(); !ok || !inside(rects[i], p.clip) {
			return page, errNotAScan
		}
		all = union(all, rects[i], i == 0)
	}
	if !inside(all, box) || all.Width()*all.Height() < scanCovers*box.Width()*box.Height() {
		return page, errNotAScan
	}
	page.turned = placed[0].at.turned(rotate)
	for i, p := range placed {
		picture, err := s.picture(from, p)
		if err != nil {
			return page, err
		}
		if err := page.add(picture, rects[i], all, p.at); err != nil {
			return page, err
		}
	}
	return page, page.check(s.lim)
}

// add appends a part. Strips are those of a page that stands upright.
func (p *pdfPage) add(picture pdfPicture, at, all types.Rectangle, m matrix) error {
	width, height := at.Width(), at.Height()
	if math.Abs(m.b) > math.Abs(m.a) {
		width, height = height, width
	}
	across, down := float64(picture.size.X)/width*pointsInch, float64(picture.size.Y)/height*pointsInch
	coarse := min(across, down) < scanDPI && max(picture.size.X, picture.size.Y) < scanSide
	if coarse || math.Abs(across/down-1) > scanSkew && !p.strip(at, all) {
		return errNotAScan
	}
	if at == all && len(p.parts) == 0 {
		p.parts, p.size = []pdfPart{{picture, 0}}, picture.size
		return nil
	}
	if !p.strip(at, all) || m.a <= 0 || m.d <= 0 {
		return errNotAScan
	}
	top := int(math.Round((all.UR.Y - at.UR.Y) * across / pointsInch))
	p.parts = append(p.parts, pdfPart{picture, top})
	p.size = image.Pt(max(p.size.X, picture.size.X), max(p.size.Y, top+picture.size.Y))
	return nil
}

// strip holds for a part that is as wide as the page's picture.
func (p *pdfPage) strip(at, all types.Rectangle) bool {
	return at != all && math.Abs(at.Width()-all.Width()) <= scanOver*all.Width()
}

// check holds for parts of one width that follow each other without a gap or an
// overlap worth a line of writing.
func (p *pdfPage) check(lim Limits) error {
	const gap = 2 // pixels: places are rounded to hundredths of a point
	slices.SortFunc(p.parts, func(a, b pdfPart) int { return cmp.Compare(a.top, b.top) })
	next := 0
	for _, part := range p.parts {
		if part.size.X != p.size.X || max(part.top-next, next-part.top) > gap {
			return errNotAScan
		}
		next = part.top + part.size.Y
	}
	return lim.checkPixels(p.size.X, p.size.Y)
}

// join puts strips together, in grey if all are grey.
func (p *pdfPage) join() (image.Image, error) {
	var canvas draw.Image = image.NewGray(image.Rectangle{Max: p.size})
	for _, part := range p.parts {
		if part.components != 1 {
			canvas = image.NewRGBA(image.Rectangle{Max: p.size})
			break
		}
	}
	draw.Draw(canvas, canvas.Bounds(), image.White, image.Point{}, draw.Src)
	for _, part := range p.parts {
		img, err := part.decode()
		if err != nil {
			return nil, err
		}
		at := image.Rectangle{Max: part.size}.Add(image.Pt(0, part.top))
		draw.Draw(canvas, at, img, img.Bounds().Min, draw.Src)
	}
	return canvas, nil
}

// inside allows for rounding.
func inside(r, of types.Rectangle) bool {
	x, y := scanOver*of.Width(), scanOver*of.Height()
	return r.LL.X >= of.LL.X-x && r.LL.Y >= of.LL.Y-y && r.UR.X <= of.UR.X+x && r.UR.Y <= of.UR.Y+y
}

func union(a, b types.Rectangle, first bool) types.Rectangle {
	if first {
		return b
	}
	return *types.NewRectangle(min(a.LL.X, b.LL.X), min(a.LL.Y, b.LL.Y), max(a.UR.X, b.UR.X), max(a.UR.Y, b.UR.Y))
}
