// Command fields measures the page finder on drawn pages: how often the ID's row is
// among a page's fields and how well they frame it. With -fit it prints the weights
// from which package find makes probabilities of what speaks for a field.
package main

import (
	"context"
	"flag"
	"fmt"
	"image"
	"math"
	"os"
	"slices"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/find"
)

func main() {
	var (
		first = flag.Uint64("seed", 2_000_000_000, "the first page's seed")
		n     = flag.Int("n", 300, "how many pages are drawn")
		part  = flag.String("part", "training", "who writes, on which forms: training or testing")
		turns = flag.Int("turns", 0, "quarter turns, clockwise, by which the pages are turned before they are looked at")
		fit   = flag.Bool("fit", false, "print the weights of features")
		names = flag.Bool("names", false, "measure where names are found instead")
		reads = flag.Bool("digits", false, "measure how many digits are read in fields instead")
		show  = flag.String("preview", "", "folder for pictures of the pages with their fields")
	)
	flag.Parse()
	var err error
	switch {
	case *names:
		err = measureNames(*first, *n, *part)
	case *reads:
		err = measureDigits(*first, *n, *part)
	default:
		err = run(*first, *n, *part, *turns, *fit, *show)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fields:", err)
		os.Exit(1)
	}
}

// eachPage draws pages and calls visit with each, its truth, and the finder.
func eachPage(first uint64, n int, part string, visit func(f *find.Finder, seed uint64, scan *image.Gray, truth *synth.Truth) error) error {
	assets, page, err := drawing(part)
	if err != nil {
		return err
	}
	finder, err := find.Open("")
	if err != nil {
		return err
	}
	defer func() { _ = finder.Close() }()
	for seed := first; seed < first+uint64(n); seed++ {
		scan, truth, err := assets.GreyPage(seed, page(seed))
		if err != nil {
			return fmt.Errorf("page %d: %w", seed, err)
		}
		if err := visit(finder, seed, scan, truth); err != nil {
			return err
		}
	}
	return nil
}

func run(first uint64, n int, part string, turns int, fit bool, show string) error {
	var pages []result
	err := eachPage(first, n, part, func(finder *find.Finder, seed uint64, scan *image.Gray, truth *synth.Truth) error {
		fields, err := turned(finder, scan, turns)
		if err != nil {
			return err
		}
		pages = append(pages, newResult(seed, fields, truth))
		if show == "" {
			return nil
		}
		return preview(show, seed, scan, fields, truth)
	})
	if err != nil {
		return err
	}
	report(pages)
	if fit {
		fmt.Println("weights", fitted(pages))
	}
	return nil
}

// turned finds the fields of a page that was turned, and gives them as they lie on the
// page as it is, read to the right.
func turned(finder *find.Finder, page *image.Gray, turns int) ([]find.Field, error) {
	for range turns {
		page = quarter(page)
	}
	fields, err := finder.Find(context.Background(), page)
	w, h := float64(page.Rect.Dx()), float64(page.Rect.Dy())
	for range turns {
		for i := range fields {
			f := &fields[i]
			f.Start, f.End = find.Point{X: f.Start.Y, Y: w - f.Start.X}, find.Point{X: f.End.Y, Y: w - f.End.X}
		}
		w, h = h, w
	}
	for i := range fields {
		if f := &fields[i]; f.Start.X > f.End.X {
			f.Start, f.End = f.End, f.Start
		}
	}
	return fields, err
}

// quarter turns a page clockwise.
func quarter(page *image.Gray) *image.Gray {
	w, h := page.Rect.Dx(), page.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.Pix[x*out.Stride+h-1-y] = page.Pix[y*page.Stride+x]
		}
	}
	return out
}

func drawing(part string) (*synth.Assets, func(uint64) synth.Spec, error) {
	all, err := synth.LoadAssets("")
	if err != nil {
		return nil, nil, err
	}
	switch part {
	case "training":
		assets, err := all.Only(synth.Training)
		return assets, synth.AnyPage, err
	case "testing":
		assets, err := all.Only(synth.Testing)
		return assets, synth.HeldOutPage, err
	}
	return nil, nil, fmt.Errorf("no part %q: use training or testing", part)
}

// result is what was found on a page.
type result struct {
	seed   uint64
	hasID  bool
	fields []find.Field
	right  int // the field that frames the ID, -1 for none
	// of the right one: how far its ends lie outside the ID's, in heights of the
	// digits, how much higher it is, and how far off its middle is.
	left, end, height, middle float64
}

func newResult(seed uint64, fields []find.Field, truth *synth.Truth) result {
	r := result{seed: seed, fields: fields, right: -1}
	i := slices.IndexFunc(truth.Regions, func(g synth.Region) bool { return g.Kind == synth.IDRow })
	if r.hasID = i >= 0; !r.hasID {
		return r
	}
	id := truth.Regions[i]
	for k, f := range fields {
		if r.frame(f, id) {
			r.right = k
			break
		}
	}
	return r
}

// frame compares a field with the ID's row and says whether it is the ID's: at the
// same height, with two digits less at most, for a strip that ends in digits is made
// longer when it is read, and six more at most.
func (r *result) frame(f find.Field, id synth.Region) bool {
	q := id.Quad
	h := id.Height
	ax, ay := (q[0].X+q[3].X)/2, (q[0].Y+q[3].Y)/2
	bx, by := (q[1].X+q[2].X)/2, (q[1].Y+q[2].Y)/2
	length := math.Max(math.Hypot(bx-ax, by-ay), 1)
	ux, uy := (bx-ax)/length, (by-ay)/length
	along := func(p find.Point) float64 { return (p.X-ax)*ux + (p.Y-ay)*uy }
	across := func(p find.Point) float64 { return (p.Y-ay)*ux - (p.X-ax)*uy }
	r.left, r.end = -along(f.Start)/h, (along(f.End)-length)/h
	r.middle = (across(f.Start) + across(f.End)) / 2 / h
	r.height = f.Height/h - 1
	least, most := min(r.left, r.end), max(r.left, r.end)
	return math.Abs(r.middle) < 0.4 && least > -1.5 && most < 5 && length > -2*least*h
}

// report prints how the pages came out.
func report(pages []result) {
	with, first, found, prior, none := 0, 0, 0, 0.0, 0
	var left, end, height, middle []float64
	for _, p := range pages {
		if !p.hasID {
			none++
			continue
		}
		with++
		if p.right < 0 {
			continue
		}
		found++
		if p.right == 0 {
			first++
		}
		prior += p.fields[p.right].Prior
		left, end, height, middle = append(left, p.left), append(end, p.end), append(height, p.height), append(middle, p.middle)
	}
	fmt.Printf("pages %d, without an ID %d: the ID's field first on %d (%.1f %%), among the fields on %d (%.1f %%), mean prior %.3f\n",
		with+none, none, first, 100*float64(first)/float64(with), found, 100*float64(found)/float64(with), prior/float64(with))
	for _, v := range []struct {
		name string
		of   []float64
	}{{"left end", left}, {"right end", end}, {"height", height}, {"middle", middle}} {
		printQuantiles(v.name, v.of)
	}
	fmt.Print("missed:")
	for _, p := range pages {
		if p.hasID && p.right != 0 {
			fmt.Printf(" %d(%d)", p.seed, p.right)
		}
	}
	fmt.Println()
}

func printQuantiles(name string, of []float64) {
	slices.Sort(of)
	fmt.Printf("%-9s", name)
	for _, q := range []float64{0.02, 0.1, 0.5, 0.9, 0.98} {
		if len(of) > 0 {
			fmt.Printf("  %.0f %%: %+.2f", 100*q, of[int(q*float64(len(of)-1))])
		}
	}
	fmt.Println()
}
