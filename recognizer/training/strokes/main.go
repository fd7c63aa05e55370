// Command strokes makes the lists of real pen strokes that the training and the
// benchmark draw with, out of the two collections as they are published:
//
//	go run ./recognizer/training/strokes -unipen train_r01_v07 -pendigits pendigits-orig.tra -out FOLDER
//
// -unipen is the unpacked release, a folder with data/ and include/; -pendigits the
// unpacked file. With -spacing it prints, of a folder of lists, how training people
// space numbers, which is what lab/synth spaces digits by.
package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"hakbeon/lab/synth"
)

// sample is a digit or a number, as the lists have it.
type sample struct {
	Category string         `json:"cat,omitempty"`
	Contrib  string         `json:"contrib,omitempty"`
	File     string         `json:"file,omitempty"`
	Label    string         `json:"label"`
	Writer   string         `json:"writer"`
	Strokes  [][][2]float64 `json:"strokes"` // y upwards
}

func main() {
	unipen := flag.String("unipen", "", "UNIPEN's release train_r01_v07, unpacked")
	pendigits := flag.String("pendigits", "", "UCI's pendigits-orig.tra, unpacked")
	out := flag.String("out", "", "folder for the lists")
	spacing := flag.String("spacing", "", "print the spacing of numbers in the lists of this folder")
	flag.Parse()
	if err := run(*unipen, *pendigits, *out, *spacing); err != nil {
		fmt.Fprintln(os.Stderr, "strokes:", err)
		os.Exit(1)
	}
}

func run(unipen, pendigits, out, spacing string) error {
	if spacing != "" {
		return printSpacing(spacing)
	}
	if out == "" || unipen == "" && pendigits == "" {
		return errors.New("say where the lists go with -out, and what they are made of with -unipen or -pendigits")
	}
	if err := os.MkdirAll(out, 0o750); err != nil {
		return err
	}
	if unipen != "" {
		digits, numbers, err := readRelease(unipen)
		if err != nil {
			return err
		}
		if err := errors.Join(writeList(out, "unipen-digits", digits), writeList(out, "unipen-strings", numbers)); err != nil {
			return err
		}
	}
	if pendigits == "" {
		return nil
	}
	samples, err := readPendigits(pendigits)
	if err != nil {
		return err
	}
	return writeList(out, "pendigits", samples)
}

func writeList(dir, name string, samples []sample) error {
	f, err := os.Create(filepath.Join(dir, name+".json.gz"))
	if err != nil {
		return err
	}
	z := gzip.NewWriter(f)
	if err := errors.Join(json.NewEncoder(z).Encode(samples), z.Close(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	fmt.Printf("%s: %d samples\n", name, len(samples))
	return nil
}

// printSpacing prints the quantiles that lab/synth has as constants.
func printSpacing(dir string) error {
	all, err := synth.LoadStrokes(dir)
	if err != nil {
		return err
	}
	theirs, err := all.Of(synth.TrainingPeople)
	if err != nil {
		return err
	}
	s := theirs.Spacing()
	fmt.Printf("%d numbers by %d people, in heights of their digits\n", s.Numbers, s.People)
	fmt.Printf("people's mean gaps, quantiles at even steps:  %.2f\n", s.Gaps)
	fmt.Printf("deviation of gaps within a number, the same:  %.2f\n", s.Uneven)
	fmt.Printf("median height of each digit, 0 to 9:          %.2f\n", s.Sizes)
	fmt.Printf("how far it reaches below the line, the same:  %.2f\n", s.Drops)
	return nil
}
