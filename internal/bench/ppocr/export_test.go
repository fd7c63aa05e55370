package ppocr

import (
	"image"

	"hakbeon/recognizer"
)

// Strip is a text line in tests.
type Strip struct{ Left, Right, Middle, Slope, Height float64 }

func exported(s strip) Strip { return Strip{s.left, s.right, s.middle, s.slope, s.height} }

func (s Strip) internal() strip {
	return strip{left: s.Left, right: s.Right, middle: s.Middle, slope: s.Slope, height: s.Height}
}

// Cores finds lines in a probability map.
func Cores(prob []float32, w, h int) []Strip {
	var out []Strip
	for _, s := range cores(prob, w, h) {
		out = append(out, exported(s))
	}
	return out
}

// Candidates chooses strips; places has each one's place.
func Candidates(strips []Strip, pageHeight float64, limit int) (chosen []Strip, places []int) {
	var in []strip
	for _, s := range strips {
		in = append(in, s.internal())
	}
	for _, c := range candidates(in, pageHeight, limit) {
		chosen, places = append(chosen, exported(c.strip)), append(places, c.place)
	}
	return chosen, places
}

// Joined spans strips of one row.
func Joined(row ...Strip) Strip {
	var in []strip
	for _, s := range row {
		in = append(in, s.internal())
	}
	return exported(joined(in))
}

// Shrink is shrink.
func Shrink(src *image.Gray, w, h int) []float32 { return shrink(src, w, h) }

// Straighten is straighten.
func Straighten(src *image.Gray, s Strip, w, h int) []float32 {
	return straighten(src, s.internal(), w, h)
}

// Pool maps one column of a model whose signs are keys, one a line.
func Pool(keys, table string, column []float32) ([recognizer.Classes]float32, error) {
	p, err := newPooling(keys, table)
	if err != nil {
		return [recognizer.Classes]float32{}, err
	}
	return p.pool(column), nil
}
