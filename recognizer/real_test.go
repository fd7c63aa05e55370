package recognizer_test

import (
	"encoding/csv"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// scans finds real scans with their labels in a folder of shared/. They are private:
// where they aren't, the test is skipped, and no ID is printed.
func scans(t testing.TB, folder string) (images []image.Image, ids []string) {
	t.Helper()
	dir := upwards(filepath.Join("shared", folder))
	if dir == "" {
		t.Skipf("SKIPPED: no folder shared/%s beside this repository, so nothing real is read", folder)
	}
	f, err := os.Open(filepath.Join(dir, "labels.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("labels.csv: %d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		images, ids = append(images, decode(t, filepath.Join(dir, row[0]))), append(ids, row[1])
	}
	return images, ids
}

func decode(t testing.TB, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// upwards looks for a folder in the working directory and above, "" if it isn't
// there.
func upwards(name string) string {
	dir, err := os.Getwd()
	for err == nil {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
	return ""
}

// hardRoster has 150 students: those given, and others that differ from them in
// one or two digits.
func hardRoster(t testing.TB, ids []string) *roster.Roster {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 0))
	all := append([]string(nil), ids...)
	for len(distinct(all)) < 150 {
		b := []byte(ids[rng.IntN(len(ids))])
		for range 1 + rng.IntN(2) {
			b[rng.IntN(len(b))] = byte('0' + rng.IntN(10))
		}
		all = append(all, string(b))
	}
	return students(t, distinct(all)...)
}

// tally counts how sheets with known IDs came out.
type tally struct{ sheets, first, accepted, wrong int }

func (c *tally) add(d recognizer.Decision, id string) {
	c.sheets++
	if len(d.Candidates) > 0 && d.Candidates[0].StudentID == id {
		c.first++
	}
	if d.Status == recognizer.Matched {
		c.accepted++
		if d.StudentID != id {
			c.wrong++
		}
	}
}

func (c *tally) check(t *testing.T, name string, leastFirst int) {
	t.Helper()
	t.Logf("%s: of %d sheets %d have the right student first, %d are accepted, %d wrongly", name, c.sheets, c.first, c.accepted, c.wrong)
	if c.wrong > 0 || c.first < leastFirst {
		t.Errorf("%s: want none accepted wrongly and at least %d right ones first", name, leastFirst)
	}
}

// TestRealScans reads lines of real answer sheets, and whole pages full of print with
// the ID in boxes. The folders' READMEs say where they are from.
func TestRealScans(t *testing.T) {
	for folder, first := range map[string]int{"real-strips": 12, "real-pages": 14} {
		t.Run(folder, func(t *testing.T) {
			r := open(t)
			images, ids := scans(t, folder)
			ro := hardRoster(t, ids)
			var count tally
			for i, img := range images {
				rd, err := r.Read(t.Context(), img)
				if err != nil {
					t.Fatal(err)
				}
				d := recognizer.Decide(rd, ro, recognizer.DefaultParams())
				count.add(d, ids[i])
				t.Logf("scan %d: %s, confidence %.4f, %d lines, line %d", i+1, d.Reason, d.Confidence, len(rd.Lines), d.Line)
			}
			count.check(t, folder, first)
		})
	}
}

// TestRealStripsOnPages reads the strips on drawn pages, with a table full of
// other digits below.
func TestRealStripsOnPages(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 15 pages")
	}
	r := open(t)
	images, ids := scans(t, "real-strips")
	ro, assets := hardRoster(t, ids), drawing(t)
	var count tally
	var readings []*recognizer.Reading
	for i, img := range images {
		sheet, err := assets.PasteStrip(uint64(i), img, synth.Spec{ID: ids[i]})
		if err != nil {
			t.Fatal(err)
		}
		rd, err := r.Read(t.Context(), sheet.Image)
		if err != nil {
			t.Fatal(err)
		}
		readings = append(readings, rd)
		count.add(recognizer.Decide(rd, ro, recognizer.DefaultParams()), ids[i])
	}
	count.check(t, "pages", 12)
	var batch tally
	for i, d := range recognizer.Solve(readings, ro, recognizer.DefaultParams()).Decisions {
		batch.add(d, ids[i])
	}
	batch.check(t, "pages as a batch", 12)
}

// loaded is read once: with the race detector that takes longer than most tests.
var loaded = sync.OnceValues(func() (*synth.Assets, error) { return synth.LoadAssets("") })

// drawing gives what sheets are drawn with; the test is skipped without.
func drawing(t testing.TB) *synth.Assets {
	t.Helper()
	assets, err := loaded()
	if err != nil {
		t.Skipf("SKIPPED, no sheet is drawn: %v", err)
	}
	return assets
}

func distinct(ids []string) []string {
	seen := make(map[string]bool)
	var out []string
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
