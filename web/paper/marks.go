package paper

import (
	"context"
	"image"
	"maps"
	"slices"

	"hakbeon/exam"
	"hakbeon/recognizer/read"
	"hakbeon/web/batch"
)

// The kinds of places.
const (
	KindID     = "id"     // where the ID was read
	KindName   = "name"   // where the name was
	KindLooked = "looked" // what was looked at and did not count
)

// Marks say where on a sheet's first page what was read stands.
type Marks struct {
	// Pages is how many the sheet has; 0 if there is nothing to see.
	Pages int `json:"pages"`
	// Turn is how many quarters clockwise the first page must be turned to stand
	// upright.
	Turn   int     `json:"turn"`
	Places []Place `json:"places"`
	// Parts are the kinds of which there is a picture close up.
	Parts []string `json:"parts"`
}

// Place is a part of the page as it lies, in parts of its width and height.
type Place struct {
	Kind   string  `json:"kind"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// Marks are a sheet's, by its evidence alone: its paper is not opened. Errors are
// s3store's.
func (p *Papers) Marks(ctx context.Context, r *exam.Result) (Marks, error) {
	out := Marks{Pages: len(batch.Filed(r)), Places: []Place{}, Parts: []string{}}
	rd, err := p.reading(ctx, r, 1)
	if err != nil || rd == nil || rd.Width == 0 || rd.Height == 0 {
		return out, err
	}
	id := lineOf(rd, r)
	out.Turn = int(upright(rd, id))
	seen := map[int]bool{} // places have several readings
	if id >= 0 {
		seen[rd.Lines[id].Place] = true
		out.Places = append(out.Places, placeOf(KindID, rd.Lines[id].Box, rd))
	}
	for i := range rd.Lines {
		if l := &rd.Lines[i]; !seen[l.Place] {
			seen[l.Place] = true
			out.Places = append(out.Places, placeOf(KindLooked, l.Box, rd))
		}
	}
	if n := nameOf(rd, upright(rd, id)); n != nil {
		out.Places = append(out.Places, placeOf(KindName, n.Box, rd))
	}
	if out.Pages > 0 {
		out.Parts = slices.AppendSeq(out.Parts, maps.Keys(partsOf(rd, r, image.Pt(rd.Width, rd.Height))))
		slices.Sort(out.Parts)
	}
	return out, nil
}

func placeOf(kind string, box image.Rectangle, rd *read.Reading) Place {
	w, h := float64(rd.Width), float64(rd.Height)
	return Place{kind, float64(box.Min.X) / w, float64(box.Min.Y) / h, float64(box.Dx()) / w, float64(box.Dy()) / h}
}

// lineOf is the line whose digits the result tells, -1 if it tells none, or says itself
// that no ID was found: what was read then is a date, or part of an answer.
func lineOf(rd *read.Reading, r *exam.Result) int {
	best := -1
	if r.Meta.OCRText == "" || r.Meta.Reason == exam.ReasonNoIDFound {
		return best
	}
	for i := range rd.Lines {
		if read.LongestRun(&rd.Lines[i]).Text != r.Meta.OCRText {
			continue
		}
		if best < 0 || rd.Lines[i].Prior > rd.Lines[best].Prior {
			best = i
		}
	}
	return best
}

// upright is how the page must be turned, by the line that counts or else by the place
// that the finder thinks likeliest.
func upright(rd *read.Reading, line int) read.Turn {
	if line >= 0 {
		return rd.Lines[line].Turn
	}
	turn, most := read.Turn(0), 0.0
	for i := range rd.Lines {
		if l := &rd.Lines[i]; l.Prior > most {
			turn, most = l.Turn, l.Prior
		}
	}
	return turn
}

// nameOf is where the name most probably stands; nil if it more probably stands
// elsewhere, or nobody looked.
func nameOf(rd *read.Reading, turn read.Turn) *read.NameLine {
	var best *read.NameLine
	for i := range rd.Names {
		if n := &rd.Names[i]; n.Turn == turn && n.Prob >= 0.5 && (best == nil || n.Prob > best.Prob) {
			best = n
		}
	}
	return best
}

// part is what is shown close up.
type part struct {
	rect image.Rectangle
	turn read.Turn
}

// partsOf are a page's, by kind. A name that stands beside the ID is shown with it, and
// has no part of its own.
func partsOf(rd *read.Reading, r *exam.Result, size image.Point) map[string]part {
	out := map[string]part{}
	if rd == nil || image.Pt(rd.Width, rd.Height) != size {
		return out
	}
	line := lineOf(rd, r)
	turn := upright(rd, line)
	var id, name image.Rectangle
	if line >= 0 {
		id = rd.HeaderRect(line)
	}
	if n := nameOf(rd, turn); n != nil {
		around := min(n.Box.Dx(), n.Box.Dy())
		name = n.Box.Inset(-around).Intersect(image.Rectangle{Max: size})
	}
	if id.Overlaps(name) {
		id, name = id.Union(name), image.Rectangle{}
	}
	for kind, rect := range map[string]image.Rectangle{KindID: id, KindName: name} {
		if !rect.Empty() {
			out[kind] = part{rect, turn}
		}
	}
	return out
}
