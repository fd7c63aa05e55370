// Command draw draws text lines to train the line model with and writes them to
// its standard output, one record a crop, little-endian: the width (2 bytes), the
// number of labels (1 byte), the labels (a byte each: 1 to 10 for the digits 0 to 9,
// 11 for anything else; a 0 before them says that only the digits are told and
// anything else may stand between them), and width x 32 bytes of ink, row by row, 255 the darkest.
//
// With -letters so many IDs have letters, which are written as the digits are, and Latin
// letters have labels of their own: 12 to 37 for A to Z, of either case.
//
// With -names it writes crops of names, see nameCrops.
//
// With -pages it writes crops of whole pages to train the page finder with, records
// of one size; see pageRecord. The parts testing and shifted draw forms that training
// never does.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"math"
	"math/rand/v2"
	"os"

	"hakbeon/lab/synth"
)

func main() {
	var (
		first  = flag.Uint64("seed", 0, "the first line's seed")
		step   = flag.Uint64("step", 1, "from one line's seed to the next")
		n      = flag.Uint64("n", 1<<40, "how many lines are drawn")
		part   = flag.String("part", "training", "who writes: training, testing or shifted")
		others = flag.Bool("others", true, "cut out what isn't the ID, too")
		field  = flag.Float64("field", 0, "share of crops that are cut as the field finder gives them")
		hands  = flag.Float64("hands", 0, "share of lines by real people, from -strokes")
		rows   = flag.Float64("rows", 0, "share of lines that are the ID's row of other schools' forms")
		folder = flag.String("strokes", "", "folder with the lists of real pen strokes")
		people = flag.String("people", "training", "whose strokes: training, calibration or test")
		pages  = flag.Bool("pages", false, "write crops of whole pages and their maps instead")
		letter = flag.Float64("letters", 0, "share of IDs with letters; letters are labelled then")
		names  = flag.Bool("names", false, "write crops of names instead")
		look   = flag.String("preview", "", "with -pages: write PNGs with the truth over them into this folder instead")
	)
	flag.Parse()
	run := crops
	if *pages {
		run = pageCrops
	}
	if *names {
		run = nameCrops
	}
	if err := start(os.Stdout, *part, run, options{
		first: *first, step: *step, n: *n, others: *others, field: *field, hands: *hands, strokes: *folder, people: *people,
		preview: *look, rows: *rows, letters: *letter,
	}); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// options say what is drawn.
type options struct {
	first, step, n  uint64
	others          bool
	field, hands    float64
	strokes, people string
	preview         string
	rows            float64
	letters         float64
	part            synth.Part
}

func start(to io.Writer, part string, run func(io.Writer, *synth.Assets, options) error, o options) error {
	parts := map[string]synth.Part{"training": synth.Training, "testing": synth.Testing, "shifted": synth.Shifted}
	chosen, ok := parts[part]
	if !ok {
		return fmt.Errorf("no part %q: use training, testing or shifted", part)
	}
	all, err := synth.LoadAssets("")
	if err != nil {
		return err
	}
	assets, err := all.Only(chosen)
	if err != nil {
		return err
	}
	o.part = chosen
	if o.letters > 0 {
		assets = assets.WithLetters()
	}
	if assets, err = withHands(assets, &o); err != nil {
		return err
	}
	out := bufio.NewWriterSize(to, 1<<20)
	if err := run(out, assets, o); err != nil {
		return err
	}
	return out.Flush()
}

// withHands adds real pen strokes. Without any it says so aloud, and all lines are
// by hands that synth invents.
func withHands(assets *synth.Assets, o *options) (*synth.Assets, error) {
	groups := map[string]synth.Group{
		"training": synth.TrainingPeople, "calibration": synth.CalibrationPeople, "test": synth.TestPeople,
	}
	group, ok := groups[o.people]
	if !ok {
		return nil, fmt.Errorf("no people %q: use training, calibration or test", o.people)
	}
	if o.hands == 0 {
		return assets, nil
	}
	all, err := synth.LoadStrokes(o.strokes)
	if errors.Is(err, synth.ErrNoStrokes) {
		fmt.Fprintln(os.Stderr, "draw: SKIPPED real hands:", err)
		o.hands = 0
		return assets, nil
	}
	if err != nil {
		return nil, err
	}
	theirs, err := all.Of(group)
	if err != nil {
		return nil, err
	}
	return assets.WithStrokes(theirs), nil
}

// crops writes crops of lines.
func crops(out io.Writer, assets *synth.Assets, o options) error {
	for i := range o.n {
		seed := o.first + i*o.step
		rng := rand.New(rand.NewPCG(seed, 32))
		source := synth.AnySource
		if o.hands > 0 && rng.Float64() < o.hands {
			source = synth.StrokeSource
		}
		draw := o.line
		if o.rows > 0 && rng.Float64() < o.rows {
			draw = o.row
		}
		cut, err := draw(rng, assets, seed, source)
		if err != nil {
			return fmt.Errorf("line %d: %w", seed, err)
		}
		for range cropsOfLine {
			c, ok := cut()
			if !ok || !c.legible() {
				continue
			}
			if err := c.write(out); err != nil {
				return err
			}
		}
	}
	return nil
}

// line draws a line of one of our forms and returns what cuts crops out of it.
func (o options) line(rng *rand.Rand, assets *synth.Assets, seed uint64, source synth.Source) (func() (crop, bool), error) {
	spec := synth.AnySpec(seed)
	if o.letters > 0 && rng.Float64() < o.letters {
		spec.ID = letteredID(rng)
	}
	if source != synth.AnySource {
		spec.Source = source
	}
	sheet, err := assets.Line(seed, spec)
	if err != nil {
		return nil, err
	}
	page := grey(sheet.Image)
	slope := math.Tan(spec.Pose.Skew * math.Pi / 180)
	return func() (crop, bool) {
		if o.field > 0 && rng.Float64() < o.field {
			return fieldCrop(rng, page, &sheet.Truth, slope, o.alphabet())
		}
		return anyCrop(rng, page, &sheet.Truth, slope, o.others, o.alphabet())
	}, nil
}

// row is line, for other schools' forms.
func (o options) row(rng *rand.Rand, assets *synth.Assets, seed uint64, source synth.Source) (func() (crop, bool), error) {
	spec := o.rowSpec(rng, seed)
	if o.letters > 0 && rng.Float64() < o.letters {
		spec.ID = letteredID(rng)
	}
	if source != synth.AnySource {
		spec.Source = source
	}
	page, truth, err := assets.GreyRow(seed, spec)
	if err != nil {
		return nil, err
	}
	return func() (crop, bool) { return rowCrop(rng, page, truth, o.alphabet()) }, nil
}

// cropsOfLine is how many crops are cut out of a drawn line.
const cropsOfLine = 4

func grey(img *image.RGBA) *image.Gray {
	out := image.NewGray(image.Rectangle{Max: img.Rect.Size()})
	for i := range out.Pix {
		r, g, b := uint32(img.Pix[4*i]), uint32(img.Pix[4*i+1]), uint32(img.Pix[4*i+2])
		out.Pix[i] = uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
	}
	return out
}
