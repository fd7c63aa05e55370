package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"

	xdraw "golang.org/x/image/draw"
)

// state is something that may have happened to a page on its way to us.
type state struct {
	name  string
	apply func(*image.RGBA) (image.Image, error)
}

// states are all that the table of robustness has, the untouched page first.
func states() []state {
	same := func(page *image.RGBA) (image.Image, error) { return page, nil }
	out := []state{{"as drawn", same}}
	for quarters := 1; quarters < 4; quarters++ {
		out = append(out, state{fmt.Sprintf("turned by %d degrees", 90*quarters), unfailing(func(m *image.RGBA) image.Image { return turned(m, quarters) })})
	}
	for _, percent := range []int{50, 71, 141, 200} {
		out = append(out, state{fmt.Sprintf("scaled to %d %%", percent), unfailing(func(m *image.RGBA) image.Image { return scaled(m, percent) })})
	}
	for _, quality := range []int{95, 80, 50, 30} {
		out = append(out, state{fmt.Sprintf("JPEG of quality %d", quality), func(m *image.RGBA) (image.Image, error) { return throughJPEG(m, quality) }})
	}
	return append(out,
		state{"grey", unfailing(func(m *image.RGBA) image.Image { return greyOfRGBA(m) })},
		state{"1 bit", unfailing(func(m *image.RGBA) image.Image { return bilevel(m, 0.65) })},
		state{"1 bit, dark", unfailing(func(m *image.RGBA) image.Image { return bilevel(m, 0.85) })},
		state{"yellow paper", unfailing(func(m *image.RGBA) image.Image { return tinted(m, color.RGBA{R: 255, G: 236, B: 170}) })},
		state{"blue paper", unfailing(func(m *image.RGBA) image.Image { return tinted(m, color.RGBA{R: 185, G: 215, B: 240}) })},
		state{"ruled paper", unfailing(func(m *image.RGBA) image.Image { return ruled(m, 1.0/40, false) })},
		state{"squared paper", unfailing(func(m *image.RGBA) image.Image { return ruled(m, 1.0/56, true) })},
		state{"half the contrast", unfailing(func(m *image.RGBA) image.Image { return paled(m) })},
	)
}

func unfailing(f func(*image.RGBA) image.Image) func(*image.RGBA) (image.Image, error) {
	return func(m *image.RGBA) (image.Image, error) { return f(m), nil }
}

// turned turns a page clockwise by quarters of a circle.
func turned(m *image.RGBA, quarters int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	size := image.Pt(w, h)
	if quarters%2 == 1 {
		size = image.Pt(h, w)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			to := [...]image.Point{{x, y}, {h - 1 - y, x}, {w - 1 - x, h - 1 - y}, {y, w - 1 - x}}[quarters]
			copy(out.Pix[out.PixOffset(to.X, to.Y):][:4], m.Pix[m.PixOffset(m.Rect.Min.X+x, m.Rect.Min.Y+y):][:4])
		}
	}
	return out
}

// scaled is the page with another resolution.
func scaled(m *image.RGBA, percent int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, m.Rect.Dx()*percent/100, m.Rect.Dy()*percent/100))
	xdraw.CatmullRom.Scale(out, out.Rect, m, m.Rect, xdraw.Src, nil)
	return out
}

// throughJPEG is the page as the worker gets it from a file.
func throughJPEG(m *image.RGBA, quality int) (image.Image, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return decode(b.Bytes())
}

// painted is the page with each pixel changed.
func painted(m *image.RGBA, change func(x, y int, pixel []uint8)) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: m.Rect.Size()})
	for y := range m.Rect.Dy() {
		row := out.Pix[y*out.Stride:][:4*m.Rect.Dx()]
		copy(row, m.Pix[y*m.Stride:])
		for x := range m.Rect.Dx() {
			change(x, y, row[4*x:4*x+3])
		}
	}
	return out
}

// bilevel is black where the page is darker than a share of its paper's brightness,
// which is the median's.
func bilevel(m *image.RGBA, share float64) *image.Gray {
	out := greyOfRGBA(m)
	var counts [256]int
	for _, v := range out.Pix {
		counts[v]++
	}
	paper, left := 0, len(out.Pix)/2
	for ; paper < 255 && left > counts[paper]; paper++ {
		left -= counts[paper]
	}
	level := uint8(share * float64(paper))
	for i, v := range out.Pix {
		out.Pix[i] = 0
		if v >= level {
			out.Pix[i] = 255
		}
	}
	return out
}

// tinted is the page on coloured paper.
func tinted(m *image.RGBA, paper color.RGBA) *image.RGBA {
	tint := [3]int{int(paper.R), int(paper.G), int(paper.B)}
	return painted(m, func(_, _ int, pixel []uint8) {
		for i := range pixel {
			pixel[i] = uint8(int(pixel[i]) * tint[i] / 255)
		}
	})
}

// ruled is the page on ruled paper, lines a share of its height apart; squared has
// upright ones, too.
func ruled(m *image.RGBA, apart float64, squared bool) *image.RGBA {
	step := max(8, int(apart*float64(m.Rect.Dy())))
	width := max(1, step/20)
	line := [3]uint8{150, 170, 205}
	return painted(m, func(x, y int, pixel []uint8) {
		if y%step < width || squared && x%step < width {
			for i := range pixel {
				pixel[i] = min(pixel[i], line[i])
			}
		}
	})
}

// paled is the page with ink half as dark.
func paled(m *image.RGBA) *image.RGBA {
	return painted(m, func(_, _ int, pixel []uint8) {
		for i := range pixel {
			pixel[i] = 128 + pixel[i]/2
		}
	})
}

// coloured is a copy of a picture's brightness that can be turned and changed.
func coloured(img image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	g := grey(img)
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			v := g.Pix[y*g.Stride+x]
			copy(out.Pix[4*(y*g.Rect.Dx()+x):], []uint8{v, v, v, 255})
		}
	}
	return out
}
