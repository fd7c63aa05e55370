package recognizer_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hakbeon/recognizer"
)

// open gives a Reader for one test, which is skipped if ONNX Runtime isn't there.
func open(t testing.TB) *recognizer.Reader {
	t.Helper()
	r, err := recognizer.Open(recognizer.Options{})
	if errors.Is(err, recognizer.ErrLibrary) {
		t.Skipf("SKIPPED, nothing is read: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func filled(w, h int, c color.Gray) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = c.Y
	}
	return img
}

func noise(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.Uint32())
	}
	return img
}

// TestReadDegenerateImages expects a usable reading, and no student, of anything
// that calls itself an image.
func TestReadDegenerateImages(t *testing.T) {
	r := open(t)
	ro := students(t, "32141837", "32157264", "32169902")
	images := map[string]image.Image{
		"empty":            image.NewRGBA(image.Rectangle{}),
		"upside down":      &image.RGBA{Rect: image.Rect(5, 5, 0, 0)},
		"one pixel":        filled(1, 1, color.Gray{}),
		"a line of pixels": filled(5000, 1, color.Gray{}),
		"white":            filled(1000, 1400, color.Gray{255}),
		"black":            filled(1000, 1400, color.Gray{}),
		"noise":            noise(700, 990),
		"very wide":        noise(9000, 20),
		"very high":        noise(20, 9000),
		"too wide":         filled(1<<16+1, 16, color.Gray{}),
	}
	for name, img := range images {
		t.Run(name, func(t *testing.T) {
			rd, err := r.Read(t.Context(), img)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := rd.MarshalBinary(); err != nil {
				t.Error(err)
			}
			d := recognizer.Decide(rd, ro, recognizer.DefaultParams())
			checkSound(t, d)
			if d.Status == recognizer.Matched {
				t.Errorf("accepted %s", d.StudentID)
			}
		})
	}
}

func TestReadStops(t *testing.T) {
	r := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Read(ctx, filled(100, 100, color.Gray{255})); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestCloseTwiceAndReadAfterwards(t *testing.T) {
	r := open(t)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	if _, err := r.Read(t.Context(), filled(100, 100, color.Gray{255})); !errors.Is(err, recognizer.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

// TestSeveralReaders opens and closes Readers in one process, overlapping and
// anew.
func TestSeveralReaders(t *testing.T) {
	a, b := open(t), open(t)
	if a.Model() != b.Model() || !strings.HasPrefix(a.Model(), "hakbeon-") {
		t.Errorf("models %q and %q, want the same name", a.Model(), b.Model())
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(t.Context(), noise(200, 200)); err != nil {
		t.Errorf("after another Reader was closed: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t).Read(t.Context(), noise(200, 200)); err != nil {
		t.Errorf("opened anew: %v", err)
	}
}

func TestReadConcurrently(t *testing.T) {
	r := open(t)
	img := noise(300, 400)
	want, err := r.Read(t.Context(), img)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			rd, err := r.Read(t.Context(), img)
			if err != nil {
				t.Error(err)
				return
			}
			a, _ := rd.MarshalBinary()
			b, _ := want.MarshalBinary()
			if string(a) != string(b) {
				t.Error("reading the same page gives other evidence")
			}
		})
	}
	wg.Wait()
}

func TestOpenWithoutLibrary(t *testing.T) {
	_, err := recognizer.Open(recognizer.Options{Library: filepath.Join(t.TempDir(), "no.so")})
	if !errors.Is(err, recognizer.ErrLibrary) || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("got %v, want ErrLibrary and what to do", err)
	}
}
