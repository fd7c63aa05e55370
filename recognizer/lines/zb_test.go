package lines_test

import (
	"hakbeon/internal/synth"
	"hakbeon/recognizer/lines"
	"testing"
)

func BenchmarkFind(b *testing.B) {
	a, _ := synth.LoadAssets("")
	sh, _ := a.Sheet(3, synth.Spec{ID: "32141837", Name: "김하늘"})
	g := grey(sh.Image)
	for b.Loop() {
		lines.Find(g)
	}
}
