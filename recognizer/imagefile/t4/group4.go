package t4

import "image"

// Group4 packs a page as T.6 says, the way that most office scanners do; what is darker
// than half is black.
func Group4(page *image.Gray) []byte {
	w := &writer{white: table(White()), black: table(Black()), modes: table(Modes())}
	size := page.Rect.Size()
	above := []int{}
	for y := range size.Y {
		line := changes(page.Pix[y*page.Stride : y*page.Stride+size.X])
		w.line(line, above, size.X)
		above = line
	}
	const endOfLine = "000000000001"
	w.put(endOfLine + endOfLine)
	return w.out
}

func table(codes []Code) map[int]string {
	t := make(map[int]string, len(codes))
	for _, c := range codes {
		t[c.Value] = c.Bits
	}
	return t
}

// changes are where a row turns black, white and so on; it begins white.
func changes(row []byte) (at []int) {
	black := false
	for x, v := range row {
		if (v < 128) != black {
			at, black = append(at, x), !black
		}
	}
	return at
}

// writer writes bits.
type writer struct {
	white, black, modes map[int]string
	out                 []byte
	bits                int
}

func (w *writer) put(bits string) {
	for _, bit := range bits {
		if w.bits%8 == 0 {
			w.out = append(w.out, 0)
		}
		w.out[len(w.out)-1] |= byte(bit-'0') << (7 - w.bits%8)
		w.bits++
	}
}

// line writes a row by its own changes and those of the row above. Names are T.6's.
func (w *writer) line(line, above []int, width int) {
	a0, black := -1, false
	for a0 < width {
		a1 := next(line, a0, black, width)
		b1 := next(above, a0, black, width)
		b2 := after(above, b1, width)
		switch {
		case b2 < a1:
			w.put(w.modes[Pass])
			a0 = b2
		case a1-b1 >= -3 && a1-b1 <= 3:
			w.put(w.modes[a1-b1])
			a0, black = a1, !black
		default:
			a2 := after(line, a1, width)
			w.put(w.modes[Runs])
			w.run(a1-max(a0, 0), black)
			w.run(a2-a1, !black)
			a0 = a2
		}
	}
}

// next is the first change to the other colour behind a place, or the row's end.
func next(changes []int, behind int, black bool, width int) int {
	for i, at := range changes {
		if at > behind && (i%2 == 1) == black {
			return at
		}
	}
	return width
}

// after is the change that follows one, or the row's end.
func after(changes []int, one, width int) int {
	for _, at := range changes {
		if at > one {
			return at
		}
	}
	return width
}

func (w *writer) run(pixels int, black bool) {
	codes := w.white
	if black {
		codes = w.black
	}
	const longest = 2560
	for ; pixels >= longest; pixels -= longest {
		w.put(codes[longest])
	}
	if pixels >= longRun {
		w.put(codes[pixels/longRun*longRun])
	}
	w.put(codes[pixels%longRun])
}
