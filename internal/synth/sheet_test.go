package synth_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"sync"
	"testing"

	"hakbeon/internal/synth"
)

// assets are read once for all tests.
var assets = sync.OnceValues(func() (*synth.Assets, error) { return synth.LoadAssets("") })

func load(t testing.TB) *synth.Assets {
	t.Helper()
	a, err := assets()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSheetIsAPage(t *testing.T) {
	s, err := load(t).Sheet(1, synth.Spec{ID: "32141837", Name: "김하늘"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Image.Bounds(), image.Rect(0, 0, 2257, 3125); got != want {
		t.Errorf("page is %v, want %v", got, want)
	}
	file, err := s.JPEG(0)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(file); n < 700_000 || n > 1_800_000 {
		t.Errorf("JPEG has %d bytes, the real ones have 0.9 to 1.4 MB", n)
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(file))
	if err != nil || config.Width != 2257 {
		t.Errorf("JPEG is %d wide, error %v", config.Width, err)
	}
}
