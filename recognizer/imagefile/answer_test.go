package imagefile

import (
	"encoding/json"
	"testing"
)

// FuzzAnswer has the decoder's process say anything: it is taken for a page within the
// limits, with just the bytes that belong to it, or refused.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"Pages":1,"Cost":{"Decoding":1,"Page":1,"Pixels":1},"Kind":"ycbcr","Width":9,"Height":7,"Ratio":2}`))
	f.Add([]byte(`{"Cost":{"Decoding":-1},"Kind":"rgba","Width":4294967296,"Height":4294967296}`))
	f.Add([]byte(`{"Kind":"gray","Width":-1,"Height":1,"Ratio":-1,"Error":"x","TooLarge":true}`))
	lim := Limits{MaxPixels: 1 << 12}.withDefaults()
	f.Fuzz(func(t *testing.T, head []byte) {
		var a answer
		if json.Unmarshal(head, &a) != nil {
			t.Skip()
		}
		if c, err := a.Cost.withPage(); err == nil && (c.Page < 0 || c.Decoding < c.Page) {
			t.Errorf("it costs %+v", c)
		}
		canvas, err := newCanvas(&a, lim)
		if err != nil {
			return
		}
		size := canvas.image.Bounds().Size()
		if size.X*size.Y > 1<<12 || len(canvas.bytes) > 4<<12 {
			t.Fatalf("%v in %d bytes", size, len(canvas.bytes))
		}
		for i := range canvas.bytes {
			canvas.bytes[i] = byte(i)
		}
		for y := range size.Y {
			for x := range size.X {
				canvas.image.At(x, y)
			}
		}
		if page := orient(normalize(canvas.image), 6); page.Bounds().Dx() != size.Y {
			t.Errorf("turned, it measures %v", page.Bounds())
		}
	})
}
