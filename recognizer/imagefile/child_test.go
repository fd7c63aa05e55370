package imagefile_test

import (
	"encoding/binary"
	"errors"
	"image"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"hakbeon/lab/bombs"
	"hakbeon/recognizer/imagefile"
)

// apart is a decoder with a process of its own, and what it counted.
func apart(t testing.TB) (*imagefile.Decoder, *sync.Map) {
	t.Helper()
	program, err := os.Executable()
	must(t, err)
	var stops sync.Map
	d := &imagefile.Decoder{
		CacheDir: cacheDir, Command: []string{program, childArgument},
		Stopped: func(cause string) { stops.Store(cause, true) },
	}
	t.Cleanup(func() { must(t, d.Close()) })
	return d, &stops
}

func TestChildDecodesTheSame(t *testing.T) {
	here := decoder(t)
	there, _ := apart(t)
	for name, data := range kinds(t) {
		want, err := decodeAll(here, data, imagefile.Limits{})
		must(t, err)
		got, err := decodeAll(there, data, imagefile.Limits{})
		must(t, err)
		if len(got) != len(want) {
			t.Fatalf("%s: %d pages, want %d", name, len(got), len(want))
		}
		for i := range got {
			samePicture(t, name, got[i], want[i])
		}
	}
}

func samePicture(t *testing.T, name string, got, want image.Image) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%s: %v, want %v", name, got.Bounds(), want.Bounds())
	}
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			if got.At(x, y) != want.At(x, y) {
				t.Fatalf("%s: %v at %d, %d, want %v", name, got.At(x, y), x, y, want.At(x, y))
			}
		}
	}
}

// TestChildStops has files that hang or swallow memory end the child and nothing
// else.
func TestChildStops(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("waits for limits of time, a minute in all; make bombs does it too")
	}
	d, _ := apart(t)
	must(t, d.Warm())
	for _, bomb := range append(bombs.All(), hostile(t)...) {
		t.Run(bomb.Name, func(t *testing.T) {
			since := time.Now()
			pages, err := decodeAll(d, bomb.Data, imagefile.Limits{MaxPages: 1})
			took := time.Since(since)
			t.Logf("%d pages after %v, child %v: %v", len(pages), took.Round(time.Millisecond), imagefile.ChildPeak(d), err)
			if err != nil && !errors.Is(err, imagefile.ErrUnreadable) && !errors.Is(err, imagefile.ErrTooLarge) {
				t.Errorf("got %v, want an error that blames the file", err)
			}
			if took > 25*time.Second {
				t.Errorf("it took %v", took)
			}
			_, err = decodeAll(d, pdfFile("", scanned(t)), imagefile.Limits{})
			must(t, err)
		})
	}
}

// TestStarvedChild has a child that stands still blame the machine as well as the file.
func TestStarvedChild(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a limit of time")
	}
	d, stops := apart(t)
	file, err := d.Open(tiffFile(binary.LittleEndian, faxPage()), imagefile.Limits{})
	must(t, err)
	must(t, syscall.Kill(imagefile.ChildPid(d), syscall.SIGSTOP))
	if _, err = file.Cost(0); !errors.Is(err, imagefile.ErrStarved) || !errors.Is(err, imagefile.ErrUnreadable) {
		t.Errorf("got %v", err)
	}
	if _, told := stops.Load("starved"); !told {
		t.Error("nobody was told")
	}
	if _, err = file.Page(0); err != nil { // by the next child
		t.Error(err)
	}
}

// hostile files were found by others; they are not ours to keep.
func hostile(t *testing.T) (found []bombs.Bomb) {
	for _, name := range []string{"cpu.pdf", "forms.pdf"} {
		data, err := os.ReadFile(filepath.Join("../../../shared/cases/bombs", name))
		if err != nil {
			t.Log("no hostile files beside the repository: ", err)
			continue
		}
		found = append(found, bombs.Bomb{Name: name, Data: data})
	}
	return found
}

func TestChildClosedAmidAPage(t *testing.T) {
	d, _ := apart(t)
	must(t, d.Warm())
	f, err := d.Open(bombs.NestedForms(), imagefile.Limits{})
	must(t, err)
	page := make(chan error, 1)
	go func() {
		_, err := f.Page(0)
		page <- err
	}()
	time.Sleep(100 * time.Millisecond)
	must(t, d.Close())
	if err := <-page; !errors.Is(err, imagefile.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}
