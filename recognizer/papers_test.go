package recognizer_test

import (
	"image"
	"os"
	"path/filepath"
	"testing"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/roster"
)

// The file of a duplex scan whose scanner dropped two blank backs: nobody's sheet is
// another's back, and that is told.
func TestTwoBacksDropped(t *testing.T) {
	dir := upwards(filepath.Join("shared", "cases", "duplex-two-backs-dropped"))
	if dir == "" {
		t.Skip("SKIPPED: no folder shared/cases beside this repository")
	}
	data, err := os.ReadFile(filepath.Join(dir, "d41_duplex_two_backs_dropped.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(filepath.Join(dir, "roster.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	students, err := roster.Read(list, roster.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var decoder imagefile.Decoder
	defer decoder.Close()
	file, err := decoder.Open(data, imagefile.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var images []image.Image
	for i := range file.Pages() {
		page, err := file.Page(i)
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, page)
	}
	d := recognizer.Divide(filePages(t, images), students, 2, recognizer.DefaultParams())
	want := [][2]int{{0, 0}, {1, 1}, {2, 3}, {4, 5}}
	if len(d.Papers) != len(want) || !d.Uneven {
		t.Fatalf("got papers %v, uneven %v, want %v and an alarm", d.Papers, d.Uneven, want)
	}
	for i, p := range d.Papers {
		if [2]int{p.First, p.Last} != want[i] {
			t.Errorf("paper %d has pages %d to %d, want %v", i, p.First, p.Last, want[i])
		}
	}
}

func filePages(t *testing.T, images []image.Image) []recognizer.FilePage {
	t.Helper()
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	out := make([]recognizer.FilePage, len(images))
	for i, img := range images {
		reading, err := reader.Read(t.Context(), img)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = recognizer.FilePage{Reading: reading, Sketch: recognizer.SketchOf(img)}
	}
	return out
}

// Drawn papers of two pages, as they are and after each of some mishaps: no page lies in
// another's paper without an alarm, nearly all are settled, and nothing is told of a
// clean file. bin/bench -only papers does the same with two hundred.
func TestDrawnPapers(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads pages")
	}
	assets, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	exam, err := synth.NewPapers(1, synth.PapersSpec{Papers: 6, Pages: 2})
	if err != nil {
		t.Fatal(err)
	}
	var images []image.Image
	for i := range exam.Pages {
		page, err := exam.Draw(assets, i)
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, page)
	}
	pages := filePages(t, images)
	ids := make([]string, len(exam.Roster))
	for i, p := range exam.Roster {
		ids[i] = p.ID
	}
	students, err := roster.New(ids...)
	if err != nil {
		t.Fatal(err)
	}
	sure, all := 0, 0
	for n := range uint64(12) {
		scan := exam.Scan(n, int(n%2))
		file := make([]recognizer.FilePage, len(scan.Pages))
		for i, g := range scan.Pages {
			file[i] = pages[g.Drawn]
		}
		d := recognizer.Divide(file, students, 2, recognizer.DefaultParams())
		if len(scan.Slips) == 0 && d.Uneven {
			t.Errorf("scan %d: an alarm of a file without mishaps: %v", n, d.Papers)
		}
		for _, p := range d.Papers {
			all += p.Pages()
			if p.Confidence >= 0.99 {
				sure += p.Pages()
			}
			for i := p.First; i <= p.Last; i++ {
				if scan.Pages[i].Paper != scan.Pages[p.First].Paper && p.Confidence >= 0.99 && !d.Uneven {
					t.Errorf("scan %d, %v: page %d lies in another's paper, and no alarm says so", n, scan.Slips, i)
				}
			}
		}
	}
	if share := float64(sure) / float64(all); share < 0.95 {
		t.Errorf("%.3f of %d pages are settled without a person, want 0.95", share, all)
	}
}
