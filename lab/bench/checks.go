package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// checks reads real pages and real strips, where their folders are. Nothing is
// trained, calibrated or tuned on them. No ID is printed.
func checks(ctx context.Context, o options) error {
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	fmt.Printf("### Checks on real scans\n\nRosters of %d: the writers, and others whose IDs differ from theirs in one or two digits.\n\n", checkRoster)
	fmt.Print("| scans | decided | first candidate right | accepted | wrong | CPU ms a page |\n|---|---|---|---|---|---|\n")
	for _, name := range []string{"real-pages", "real-strips"} {
		scans, err := loadScans(filepath.Join(o.shared, name))
		if os.IsNotExist(err) {
			fmt.Fprintf(os.Stderr, "bench: SKIPPED %s: %v\n", name, err)
			fmt.Printf("| %s: **left out, the folder is not there** | | | | | |\n", name)
			continue
		}
		if err != nil {
			return err
		}
		if err := check(ctx, o, reader, name, scans); err != nil {
			return err
		}
		if name != "real-strips" {
			continue
		}
		if scans, err = onPages(scans); err != nil {
			return err
		}
		if err := check(ctx, o, reader, name+" on drawn pages", scans); err != nil {
			return err
		}
	}
	fmt.Println()
	return nil
}

// scan is a real picture and what is written on it.
type scan struct {
	image image.Image
	id    string
}

// loadScans reads a folder's labels.csv, of file and label, and its pictures.
func loadScans(dir string) ([]scan, error) {
	f, err := os.Open(filepath.Join(dir, "labels.csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		return nil, fmt.Errorf("%s/labels.csv has %d rows: %w", dir, len(rows), err)
	}
	var out []scan
	for _, row := range rows[1:] {
		img, err := decodeFile(filepath.Join(dir, row[0]))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row[0], err)
		}
		out = append(out, scan{img, row[1]})
	}
	return out, nil
}

// onPages pastes strips onto drawn pages, above a table full of other digits.
func onPages(strips []scan) ([]scan, error) {
	assets, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	out := make([]scan, len(strips))
	for i, s := range strips {
		sheet, err := assets.PasteStrip(uint64(i), s.image, synth.Spec{ID: s.id})
		if err != nil {
			return nil, err
		}
		out[i] = scan{sheet.Image, s.id}
	}
	return out, nil
}

// checkRoster is how many students the roster of a check has.
const checkRoster = 150

// nearIDs are n: the IDs given, and others that differ from one of them in one or two
// digits.
func nearIDs(ids []string, n int) []string {
	rng := rand.New(rand.NewPCG(1, 0))
	all, taken := append([]string(nil), ids...), make(map[string]bool)
	for _, id := range ids {
		taken[id] = true
	}
	for len(all) < n {
		b := []byte(ids[rng.IntN(len(ids))])
		for range 1 + rng.IntN(2) {
			b[rng.IntN(len(b))] = byte('0' + rng.IntN(10))
		}
		if id := string(b); !taken[id] {
			all, taken[id] = append(all, id), true
		}
	}
	return all
}

// check prints a row for each sheet alone and one for the batch's end.
func check(ctx context.Context, o options, reader *recognizer.Reader, name string, scans []scan) error {
	ids := make([]string, len(scans))
	for i, s := range scans {
		ids[i] = s.id
	}
	students, err := roster.New(nearIDs(ids, checkRoster)...)
	if err != nil {
		return err
	}
	var readings []*recognizer.Reading
	start := ofProcess()
	for _, s := range scans {
		rd, err := reader.Read(ctx, s.image)
		if err != nil {
			return err
		}
		readings = append(readings, rd)
	}
	cpu := (ofProcess() - start) / float64(len(scans))
	alone, batch := decisions(recognizer.Score(readings, students, o.params), len(readings), o.params)
	for _, row := range []struct {
		name      string
		decisions []recognizer.Decision
	}{{"each alone", alone}, {"at the batch's end", batch}} {
		var first, accepted, wrong int
		for i, d := range row.decisions {
			v := newVerdict(d, ids[i])
			first, accepted, wrong = first+count(v.first), accepted+count(v.accepted), wrong+count(v.wrong)
		}
		fmt.Printf("| %s | %s | %d of %d | %d | %d | %.0f |\n", name, row.name, first, len(ids), accepted, wrong, cpu)
	}
	return nil
}
