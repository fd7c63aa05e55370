package synth

// leaf is a page while it is drawn, level and flat: in pixels on the canvas, in
// millimetres everywhere else.
type leaf struct {
	*canvas
	press  *press
	unit   float64 // pixels in a millimetre
	notes  []noted
	digits []box // each character of the ID, in millimetres
}

// noted is a region before the page is bent, in millimetres.
type noted struct {
	kind RegionKind
	quad quad
}

func (l *leaf) note(kind RegionKind, q quad) { l.notes = append(l.notes, noted{kind, q}) }

// put draws a shape that at maps to the page's millimetres.
func (l *leaf) put(s shape, at affine, with ink) {
	l.draw(s, at.then(scale(l.unit, l.unit)), with)
}

// line draws a pen's line through points.
func (l *leaf) line(points []vec, w *writer, at affine) {
	line := make([]dab, len(points))
	for i, p := range points {
		line[i] = dab{p, 1, 1}
	}
	l.put(newStrokes(w.pen, line), at, w.ink)
}
