package find_test

import (
	"testing"

	"go.uber.org/goleak"

	"hakbeon/recognizer/find"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func BenchmarkFind(b *testing.B) {
	f, err := find.Open("")
	if err != nil {
		b.Skip(err)
	}
	defer f.Close()
	page := noise(2257, 3125)
	for b.Loop() {
		if _, err := f.Find(b.Context(), page); err != nil {
			b.Fatal(err)
		}
	}
}
