package synth

import "image"

// scanner is what paper and scanner do to a page.
type scanner struct {
	paper  [3]float64 // the colour of the empty paper, 0 to 255
	dim    float64    // how much darker the page's right or lower end is, 0 to 1
	noise  float64    // deviation, in grey levels
	colour float64    // deviation of the noise that differs between the colours
	blur   [5]int     // kernel across and down, in 256ths
}

// newScanner invents a scanner. Most burn the paper out to white, as the real
// ones do; some keep the paper's tint.
func newScanner(r random) scanner {
	soft := r.between(0.10, 0.24) // share of each neighbour
	halo := r.between(0, 0.06)    // sharpening by the scanner
	k := [5]int{int(-256 * halo), int(256 * soft), 0, int(256 * soft), int(-256 * halo)}
	k[2] = 256 - k[0] - k[1] - k[3] - k[4]
	s := scanner{paper: [3]float64{255, 255, 255}, noise: r.between(1.2, 2.2), colour: r.between(0.3, 0.9), blur: k}
	if r.chance(0.25) {
		white := r.between(236, 250)
		s.paper = [3]float64{white, white - r.between(-1, 3), white - r.between(0, 9)}
		s.dim, s.noise = r.between(0, 0.04), r.between(1, 1.8)
	}
	return s
}

// scan returns the page as the scanner saves it.
func (p *page) scan() *image.RGBA {
	r := stream(p.seed, "scanner")
	s := newScanner(r)
	out := p.canvas.filter(s.blur)
	s.addPaper(out, p.assets.noise, r)
	return out
}

// filter returns the canvas after a kernel across and down. Only tiles near ink
// change, so only those are computed.
func (c *canvas) filter(kernel [5]int) *image.RGBA {
	out := image.NewRGBA(c.img.Rect)
	copy(out.Pix, c.img.Pix)
	w, h := c.img.Rect.Dx(), c.img.Rect.Dy()
	var rows [tile + 4][4 * tile]int
	for i, dirty := range c.dirty {
		if !dirty {
			continue
		}
		x0, y0 := i%c.cols*tile, i/c.cols*tile
		width, height := min(tile, w-x0), min(tile, h-y0)
		for j := range height + 4 {
			y := min(max(y0+j-2, 0), h-1)
			across(&rows[j], c.img.Pix[y*c.img.Stride:][:4*w], x0, width, kernel)
		}
		for j := range height {
			down(out.Pix[(y0+j)*out.Stride+4*x0:][:4*width], rows[j:j+5], kernel)
		}
	}
	return out
}

// across applies the kernel along a part of a row of RGBA pixels.
func across(out *[4 * tile]int, row []uint8, x0, width int, k [5]int) {
	last := len(row)/4 - 1
	for x := range width {
		at := x0 + x
		a, b := 4*max(at-2, 0), 4*max(at-1, 0)
		c, d, e := 4*at, 4*min(at+1, last), 4*min(at+2, last)
		for i := range 3 {
			out[4*x+i] = k[0]*int(row[a+i]) + k[1]*int(row[b+i]) + k[2]*int(row[c+i]) +
				k[3]*int(row[d+i]) + k[4]*int(row[e+i])
		}
	}
}

// down applies the kernel over five rows that across has filtered.
func down(out []uint8, rows [][4 * tile]int, k [5]int) {
	for i := range out {
		if i&3 == 3 {
			continue
		}
		sum := k[0]*rows[0][i] + k[1]*rows[1][i] + k[2]*rows[2][i] + k[3]*rows[3][i] + k[4]*rows[4][i]
		out[i] = uint8(min(max((sum+1<<15)>>16, 0), 255))
	}
}

// addPaper tints the page and adds noise, row by row from random places of the
// table of noise.
func (s scanner) addPaper(img *image.RGBA, noise []int8, r random) {
	grey, colour := int(256*s.noise/32), int(256*s.colour/32)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for y := range h {
		n, m := noise[r.IntN(noiseSize-w):], noise[r.IntN(noiseSize-3*w):]
		light := 1 - s.dim*float64(y)/float64(h)
		var paper [3]int
		for i, v := range s.paper {
			paper[i] = int(65536 * v * light / 255)
		}
		row := img.Pix[y*img.Stride:][:4*w]
		for x := range w {
			all := grey * int(n[x])
			for i := range 3 {
				v := (int(row[4*x+i])*paper[i]>>8 + all + colour*int(m[3*x+i])) >> 8
				row[4*x+i] = uint8(min(max(v, 0), 255))
			}
		}
	}
}
