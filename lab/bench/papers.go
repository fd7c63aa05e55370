package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// papersFirst is the first seed of the exams of several pages.
const papersFirst = 1 << 42

// paperKinds are how many pages papers have: two sides, two leaves, or any number.
func paperKinds() []int { return []int{2, 2, 4, 0, 0} }

// paperExam is an exam whose papers have several pages.
func paperExam(index int) (*synth.Papers, int, error) {
	declared := paperKinds()[index%len(paperKinds())]
	p, err := synth.NewPapers(papersFirst+uint64(index), synth.PapersSpec{Papers: 7 + index%4, Pages: declared})
	return p, declared, err
}

// mishaps are how many befall an exam in each of its scans.
func mishaps() []int { return []int{0, 1, 1, 2, 3} }

// papers measures how files of several pages are divided, and prints tables.
func papers(ctx context.Context, o options) error {
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	assets, err := assetsOf(synth.Testing)
	if err != nil {
		return err
	}
	shelf := paperShelf{filepath.Join(o.dir, "papers", reader.Model())}
	var sum paperTally
	for i := o.from; i < o.papers; i++ {
		exam, declared, err := paperExam(i)
		if err != nil {
			return err
		}
		pages, err := shelf.pages(ctx, i, reader, assets, exam)
		if err != nil {
			return err
		}
		for n, mishaps := range mishaps() {
			batch, err := weighPapers(exam.Scan(uint64(n), mishaps), pages, declared, o.params)
			if err != nil {
				return err
			}
			if o.verbose {
				batch.describe(os.Stderr, i)
			}
			sum.add(batch)
		}
	}
	sum.print()
	return nil
}

// paperShelf keeps what was read on pages of papers, one file an exam.
type paperShelf struct{ dir string }

// keptPage is what is kept of a page.
type keptPage struct {
	Reading []byte `json:"reading"`
	Sketch  []byte `json:"sketch"`
}

// pages are an exam's, kept from an earlier run or drawn and read.
func (s paperShelf) pages(ctx context.Context, index int, reader *recognizer.Reader, assets *synth.Assets, exam *synth.Papers) ([]recognizer.FilePage, error) {
	path := filepath.Join(s.dir, fmt.Sprintf("%d-%d.json", index, synth.Version))
	data, err := os.ReadFile(path)
	if err == nil {
		return unpackPages(data)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var pages []recognizer.FilePage
	var kept []keptPage
	for i := range exam.Pages {
		drawn, err := exam.Draw(assets, i)
		if err != nil {
			return nil, err
		}
		reading, err := reader.Read(ctx, drawn)
		if err != nil {
			return nil, err
		}
		page := recognizer.FilePage{Reading: reading, Sketch: recognizer.SketchOf(drawn)}
		evidence, err := reading.MarshalBinary()
		if err != nil {
			return nil, err
		}
		pages, kept = append(pages, page), append(kept, keptPage{evidence, page.Sketch})
	}
	if err := os.MkdirAll(s.dir, 0o750); err != nil {
		return nil, err
	}
	if data, err = json.Marshal(kept); err != nil {
		return nil, err
	}
	return pages, unlessThere(path, func() ([]byte, error) { return data, nil })
}

func unpackPages(data []byte) ([]recognizer.FilePage, error) {
	var kept []keptPage
	if err := json.Unmarshal(data, &kept); err != nil {
		return nil, err
	}
	pages := make([]recognizer.FilePage, len(kept))
	for i, k := range kept {
		pages[i] = recognizer.FilePage{Reading: new(recognizer.Reading), Sketch: k.Sketch}
		if err := pages[i].Reading.UnmarshalBinary(k.Reading); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// paperBatch is what became of one exam's pages.
type paperBatch struct {
	exam     *synth.Papers
	declared int
	division recognizer.Division
	// student is who was accepted for each page's paper, "" if nobody.
	student []string
	doubted []bool // which paper a page belongs to is in doubt
}

// weighPapers divides a scan of an exam and decides its papers. Pages are the exam's.
func weighPapers(exam *synth.Papers, drawn []recognizer.FilePage, declared int, p recognizer.Params) (*paperBatch, error) {
	ids := make([]string, len(exam.Roster))
	for i, s := range exam.Roster {
		ids[i] = s.ID
	}
	ro, err := roster.New(ids...)
	if err != nil {
		return nil, err
	}
	pages := make([]recognizer.FilePage, len(exam.Pages))
	for i, g := range exam.Pages {
		pages[i] = drawn[g.Drawn]
	}
	b := &paperBatch{exam: exam, declared: declared, division: recognizer.Divide(pages, ro, declared, p)}
	readings := make([]*recognizer.Reading, len(b.division.Papers))
	for i, d := range b.division.Papers {
		readings[i] = pages[d.First].Reading
	}
	for i, d := range recognizer.Solve(readings, ro, p).Decisions {
		paper := b.division.Papers[i]
		d = recognizer.WithinPaper(d, paper.Confidence, p)
		for range paper.Pages() {
			b.student = append(b.student, d.StudentID)
			b.doubted = append(b.doubted, paper.Confidence < p.Level())
		}
	}
	return b, nil
}

// known says whether page i is a student's of the roster whose front page shows an ID.
func (b *paperBatch) known(i int) bool {
	kind := b.exam.Sheets[b.exam.Pages[i].Paper].Kind
	return kind == synth.Normal
}

// describe shows a batch in one line of letters: each paper's own, capital where it
// begins, a bar where a paper was begun, and a question mark where that is in doubt.
func (b *paperBatch) describe(out *os.File, index int) {
	var line strings.Builder
	at := 0
	for _, d := range b.division.Papers {
		line.WriteByte('|')
		if b.doubted[d.First] {
			fmt.Fprintf(&line, "?%.2f:", d.Confidence)
		}
		for ; at <= d.Last; at++ {
			g := b.exam.Pages[at]
			letter := rune('a' + g.Paper%26)
			if g.Page == 0 {
				letter += 'A' - 'a'
			}
			line.WriteRune(letter)
			if g.Side == synth.Unwritten {
				line.WriteByte('_')
			}
			if b.student[at] != "" && b.student[at] != g.Author {
				line.WriteByte('!')
			}
		}
		if b.student[d.First] == "" {
			line.WriteByte('-')
		}
	}
	fmt.Fprintf(out, "%4d of %d uneven %-5v %v\n     %s\n", index, b.declared, b.division.Uneven, b.exam.Slips, line.String())
}

// paperTally adds batches up.
type paperTally struct{ batches []*paperBatch }

func (t *paperTally) add(b *paperBatch) { t.batches = append(t.batches, b) }

// print prints a row for each way of declaring pages, and one for all.
func (t *paperTally) print() {
	fmt.Print("### Papers of several pages\n\n| pages_per_sheet | batches | pages | which paper: sure | filed, of those with an ID | under another student | of them without alarm | batches with alarm, of those with mishaps | of those without |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, row := range []struct {
		name string
		of   func(*paperBatch) bool
	}{
		{"2", func(b *paperBatch) bool { return b.declared == 2 }},
		{"4", func(b *paperBatch) bool { return b.declared == 4 }},
		{"auto", func(b *paperBatch) bool { return b.declared == 0 }},
		{"all", func(*paperBatch) bool { return true }},
	} {
		var sums paperSums
		for _, b := range t.batches {
			if row.of(b) {
				sums.add(b)
			}
		}
		fmt.Printf("| %s | %d | %d | %s | %s | %d | %d | %s | %s |\n", row.name, sums.batches, sums.pages, share{sums.sure, sums.pages},
			share{sums.filed, sums.known}, sums.wrong, sums.silent, share{sums.alarms, sums.slipped}, share{sums.falseAlarms, sums.batches - sums.slipped})
	}
	fmt.Println()
}

// paperSums are the numbers of a table's row.
type paperSums struct {
	batches, pages, sure, known, filed, wrong, silent int
	slipped, alarms, falseAlarms                      int
}

func (s *paperSums) add(b *paperBatch) {
	s.batches++
	for i, g := range b.exam.Pages {
		s.pages++
		if !b.doubted[i] {
			s.sure++
		}
		if b.known(i) {
			s.known++
			if b.student[i] == g.Author {
				s.filed++
			}
		}
		if b.student[i] != "" && b.student[i] != g.Author {
			s.wrong++
			if !b.division.Uneven {
				s.silent++
			}
		}
	}
	switch {
	case len(b.exam.Slips) == 0 && b.division.Uneven:
		s.falseAlarms++
	case len(b.exam.Slips) > 0:
		s.slipped++
		if b.division.Uneven {
			s.alarms++
		}
	}
}
