package main

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// pageKind is a kind of page that may cost more than the usual one.
type pageKind struct {
	name  string
	pages []image.Image
}

// pagesOfKind is how many pages of a kind are timed.
const pagesOfKind = 15

// costs prints how much CPU each kind of page takes to find, read and decide, beside
// what decoding takes: the worst kind bounds what a batch can do to a worker.
func costs(ctx context.Context, o options, set *pages, reader *recognizer.Reader, decoding float64) error {
	students, err := set.roster()
	if err != nil {
		return err
	}
	kinds, err := pageKinds(o, set)
	if err != nil {
		return err
	}
	fmt.Printf("Decoding one of them took %.1f ms in this run. Finding, reading and deciding, by kind of page:\n\n", decoding)
	fmt.Print("| page | pages | mean ms | p99 ms | mean, in times of decoding | strips read, mean |\n|---|---|---|---|---|---|\n")
	for _, k := range kinds {
		t, strips, err := timed(ctx, o, reader, students, k.pages)
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %d | %.1f | %.1f | %.2f | %.1f |\n", k.name, len(k.pages), t.mean(), t.at(0.99), t.mean()/decoding, strips)
	}
	fmt.Println()
	return nil
}

// timed are the CPU milliseconds of the thread that each page takes, and how many strips
// are read of a page, which no busy machine changes. The first page is read twice, to warm
// up.
func timed(ctx context.Context, o options, reader *recognizer.Reader, students *roster.Roster, pages []image.Image) (out samples, strips float64, err error) {
	for i, page := range append([]image.Image{pages[0]}, pages...) {
		start := ofThread()
		rd, err := reader.Read(ctx, page)
		if err != nil {
			return nil, 0, err
		}
		recognizer.Decide(rd, students, o.params)
		if i > 0 {
			out = append(out, ofThread()-start)
			strips += float64(len(rd.Lines)) / float64(len(pages))
		}
	}
	return out, strips, nil
}

// pageKinds are pages as they come, lying on a side, upside down, empty, and real
// ones where they are.
func pageKinds(o options, set *pages) ([]pageKind, error) {
	usual := pageKind{name: "drawn, upright"}
	side, head := pageKind{name: "the same, lying on the side"}, pageKind{name: "the same, upside down"}
	for _, file := range set.files[:min(pagesOfKind, len(set.files))] {
		page, err := decodeFile(file)
		if err != nil {
			return nil, err
		}
		usual.pages = append(usual.pages, page)
		// As a decoded JPEG has it, of whose planes only the brightness is looked at.
		side.pages = append(side.pages, grey(turned(coloured(page), 1)))
		head.pages = append(head.pages, grey(turned(coloured(page), 2)))
	}
	blank := image.NewGray(usual.pages[0].Bounds())
	for i := range blank.Pix {
		blank.Pix[i] = 250
	}
	dense, err := densePages()
	if err != nil {
		return nil, err
	}
	kinds := []pageKind{usual, side, head, dense, {"empty", []image.Image{blank, blank, blank}}}
	scans, err := loadScans(filepath.Join(o.shared, "real-pages"))
	if os.IsNotExist(err) {
		return kinds, nil
	}
	scanned := pageKind{name: "real-pages, dense print"}
	for _, s := range scans {
		scanned.pages = append(scanned.pages, s.image)
	}
	return append(kinds, scanned), err
}

// densePages are pages of other schools' forms that no training has seen, as large as
// the usual ones.
func densePages() (pageKind, error) {
	assets, err := assetsOf(synth.Testing)
	if err != nil {
		return pageKind{}, err
	}
	kind := pageKind{name: "forms of other schools"}
	for i := range uint64(pagesOfKind) {
		spec := synth.HeldOutPage(denseSeed + i)
		spec.LongSide = 3125
		page, _, err := assets.GreyPage(denseSeed+i, spec)
		if err != nil {
			return pageKind{}, err
		}
		kind.pages = append(kind.pages, page)
	}
	return kind, nil
}

// denseSeed is the first of the dense pages' seeds.
const denseSeed = 1 << 41
