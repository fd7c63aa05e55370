// Command draw draws text lines to train the line model with and writes them to
// its standard output, one record a crop, little-endian: the width (2 bytes), the
// number of labels (1 byte), the labels (a byte each: 1 to 10 for the digits 0 to 9,
// 11 for anything else), and width x 32 bytes of ink, row by row, 255 the darkest.
//
// With -pages it writes crops of whole pages to train the page finder with, records
// of one size; see pageRecord. The parts testing and shifted draw forms that training
// never does.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"image"
	"io"
	"math"
	"math/rand/v2"
	"os"

	"hakbeon/internal/synth"
)

func main() {
	var (
		first  = flag.Uint64("seed", 0, "the first line's seed")
		step   = flag.Uint64("step", 1, "from one line's seed to the next")
		n      = flag.Uint64("n", 1<<40, "how many lines are drawn")
		part   = flag.String("part", "training", "who writes: training, testing or shifted")
		others = flag.Bool("others", true, "cut out what isn't the ID, too")
		shapes = flag.Bool("shapes", false, "write the shapes of whole pages' candidates as CSV instead")
		pages  = flag.Bool("pages", false, "write crops of whole pages and their maps instead")
		look   = flag.String("preview", "", "with -pages: write PNGs with the truth over them into this folder instead")
	)
	flag.Parse()
	run := crops
	if *shapes {
		run = candidates
	}
	if *pages {
		run = pageCrops
	}
	if err := start(os.Stdout, *part, run, options{first: *first, step: *step, n: *n, others: *others, preview: *look}); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// options say what is drawn.
type options struct {
	first, step, n uint64
	others         bool
	preview        string
	part           synth.Part
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
	out := bufio.NewWriterSize(to, 1<<20)
	if err := run(out, assets, o); err != nil {
		return err
	}
	return out.Flush()
}

// crops writes crops of lines.
func crops(out io.Writer, assets *synth.Assets, o options) error {
	for i := range o.n {
		seed := o.first + i*o.step
		spec := synth.AnySpec(seed)
		sheet, err := assets.Line(seed, spec)
		if err != nil {
			return fmt.Errorf("line %d: %w", seed, err)
		}
		rng := rand.New(rand.NewPCG(seed, 32))
		page := grey(sheet.Image)
		slope := math.Tan(spec.Pose.Skew * math.Pi / 180)
		for range cropsOfLine {
			if c, ok := anyCrop(rng, page, &sheet.Truth, slope, o.others); ok {
				if err := c.write(out); err != nil {
					return err
				}
			}
		}
	}
	return nil
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
