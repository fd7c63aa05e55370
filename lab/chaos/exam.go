package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"slices"

	"golang.org/x/image/tiff"

	"hakbeon/lab/synth"
)

// template is the exam that all trials do, each under a code of its own.
type template struct {
	roster []byte
	files  []file
	// sheets are the sheets of all files, in order.
	sheets []place
	// verdict is the sheet that a person speaks on after the batch's end, and absent
	// the student whom it is given to.
	verdict int
	absent  string
}

type file struct {
	name string
	body []byte
}

// place is a sheet: a page of a file, and what is written on it.
type place struct {
	file string
	page int
	// written is the ID of the one student whose sheet it is; "" where nobody can be
	// accepted, or only one of two.
	written string
}

const (
	examSeed = 7
	// Heads of pages, as coarse as the reader still reads them well, cost a
	// twentieth of a whole scan.
	dpi     = 130
	quality = 85
)

// newTemplate draws the exam: sheets of students, one of them twice, a blank one, a
// broken file, and one file of two pages. One student is absent.
func newTemplate() (*template, error) {
	exam, err := synth.NewExam(examSeed, synth.ExamSpec{Roster: 6, Absent: 1, Duplicates: 1, Blanks: 1, Broken: 1, DPI: dpi})
	if err != nil {
		return nil, fmt.Errorf("invent the exam: %w", err)
	}
	assets, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	t := &template{}
	if t.roster, err = exam.RosterXLSX(); err != nil {
		return nil, err
	}
	t.absent = absentee(exam)
	pair := lone(exam)[:2] // these two become one file
	var pages []image.Image
	for i, s := range exam.Sheets {
		sheet, err := assets.Header(s.Seed, exam.Spec(i))
		if err != nil {
			return nil, err
		}
		if slices.Contains(pair, i) {
			pages = append(pages, sheet.Image)
			continue
		}
		body, err := sheet.JPEG(quality)
		if err != nil {
			return nil, err
		}
		if s.Kind == synth.Broken {
			body = body[:300]
		}
		t.files = append(t.files, file{s.File, body})
		if s.Kind == synth.Blank {
			t.verdict = len(t.sheets)
		}
		t.sheets = append(t.sheets, place{s.File, 1, ownID(exam, i)})
	}
	body, err := tiffPages(pages...)
	if err != nil {
		return nil, err
	}
	t.files = append(t.files, file{"pair.tif", body})
	for n, i := range pair {
		t.sheets = append(t.sheets, place{"pair.tif", n + 1, ownID(exam, i)})
	}
	return t, nil
}

func absentee(exam *synth.Exam) string {
	for _, p := range exam.Roster {
		if !slices.ContainsFunc(exam.Sheets, func(s synth.ExamSheet) bool { return s.Author == p.ID }) {
			return p.ID
		}
	}
	return ""
}

// lone are the sheets whose ID stands on no other.
func lone(exam *synth.Exam) []int {
	var all []int
	for i := range exam.Sheets {
		if ownID(exam, i) != "" {
			all = append(all, i)
		}
	}
	return all
}

func ownID(exam *synth.Exam, i int) string {
	for k, s := range exam.Sheets {
		if k != i && s.ID == exam.Sheets[i].ID {
			return ""
		}
	}
	return exam.Sheets[i].ID
}

// tiffPages makes one file of several pages: files of one, one behind the other, with
// their directories chained and their offsets moved.
func tiffPages(pages ...image.Image) ([]byte, error) {
	var all []byte
	link := 4 // where the offset of the next directory stands
	for _, p := range pages {
		grey := image.NewGray(p.Bounds())
		draw.Draw(grey, grey.Bounds(), p, p.Bounds().Min, draw.Src)
		var one bytes.Buffer
		if err := tiff.Encode(&one, grey, &tiff.Options{Compression: tiff.Deflate}); err != nil {
			return nil, fmt.Errorf("encode a page: %w", err)
		}
		if len(all)%2 == 1 {
			all = append(all, 0)
		}
		base := uint32(len(all))
		all = append(all, one.Bytes()...)
		at := base + binary.LittleEndian.Uint32(one.Bytes()[4:])
		binary.LittleEndian.PutUint32(all[link:], at)
		link = moveDirectory(all, base, int(at))
	}
	return all, nil
}

// moveDirectory adds base to the offsets in a directory and returns where the link to
// the next one stands.
func moveDirectory(all []byte, base uint32, at int) int {
	const stripOffsets = 273
	sizes := map[uint16]uint32{1: 1, 2: 1, 3: 2, 4: 4, 5: 8}
	entries := int(binary.LittleEndian.Uint16(all[at:]))
	for i := range entries {
		entry := all[at+2+12*i:]
		tag, kind := binary.LittleEndian.Uint16(entry), binary.LittleEndian.Uint16(entry[2:])
		if tag == stripOffsets || sizes[kind]*binary.LittleEndian.Uint32(entry[4:]) > 4 {
			binary.LittleEndian.PutUint32(entry[8:], binary.LittleEndian.Uint32(entry[8:])+base)
		}
	}
	return at + 2 + 12*entries
}
