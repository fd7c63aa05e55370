package lines_test

import (
	"fmt"
	"hakbeon/internal/synth"
	"hakbeon/recognizer/lines"
	"image"
	"testing"
	"time"
)

func grey(img *image.RGBA) *image.Gray {
	out := image.NewGray(image.Rectangle{Max: img.Rect.Size()})
	for i := range out.Pix {
		out.Pix[i] = uint8((int(img.Pix[4*i])*77 + int(img.Pix[4*i+1])*150 + int(img.Pix[4*i+2])*29) >> 8)
	}
	return out
}
func TestZZ(t *testing.T) {
	a, err := synth.LoadAssets("")
	if err != nil {
		t.Fatal(err)
	}
	a, _ = a.Only(synth.Testing)
	var rows [30]int
	n := 0
	var spent time.Duration
	miss := 0
	cnt := 0
	for i := range 60 {
		s := synth.Spec{ID: fmt.Sprintf("32%02d%04d", 14+i%11, (i*7919)%10000), Name: "김하늘", Title: fmt.Sprint("시험 ", i), Field: synth.Field(i % 6), DPI: []float64{275, 150, 200, 300}[i%4]}
		sh, err := a.Sheet(uint64(i+5000), s)
		if err != nil {
			t.Fatal(err)
		}
		g := grey(sh.Image)
		t0 := time.Now()
		cs := lines.Find(g)
		spent += time.Since(t0)
		n++
		cnt += len(cs)
		id := sh.Truth.IDBox
		seen := map[int]int{}
		found := -1
		rank := -1
		for k, c := range cs {
			b := c.Bounds()
			if _, ok := seen[c.Row]; !ok {
				seen[c.Row] = len(seen)
			}
			in := b.Intersect(id)
			if float64(in.Dx()) > 0.93*float64(id.Dx()) && float64(in.Dy()) > 0.75*float64(id.Dy()) && c.Height < 3*float64(id.Dy()) {
				found = seen[c.Row]
				rank = k
				break
			}
		}
		if found < 0 {
			miss++
			t.Log("miss", i, s.Field, s.DPI)
		} else {
			if found < 30 {
				rows[found]++
			}
			if found > 3 {
				t.Log(i, "field", s.Field, "row order", found, "rank", rank, "of", len(cs))
			}
		}
	}
	t.Log("rows", rows, "miss", miss, "ms", float64(spent.Milliseconds())/float64(n), "cands", cnt/n)
}
