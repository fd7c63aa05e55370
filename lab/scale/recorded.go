package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"hakbeon/lab/load/pool"
	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/read"
)

// recorded is what the reader made of a drawn page, once.
type recorded struct {
	owner   synth.Person
	reading *read.Reading
}

// record reads the pool's pages, unless that was done before, and returns those on which
// the ID is read as it is written: only there is it known which columns say which digit.
func record(ctx context.Context, p *pool.Pool) ([]recorded, error) {
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return nil, fmt.Errorf("load the reader: %w", err)
	}
	defer reader.Close()
	dir := filepath.Join(p.Dir, "readings-"+strings.NewReplacer("/", "_", " ", "_").Replace(reader.Model()))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	all := make([]recorded, len(p.Files))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, page := range p.Files {
		group.Go(func() (err error) {
			sheet := p.Exam.Sheets[i]
			all[i].owner = synth.Person{ID: sheet.ID, Name: sheet.Name}
			all[i].reading, err = recordOne(ctx, reader, page, filepath.Join(dir, filepath.Base(page)+".bin"))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var readable []recorded
	for _, r := range all {
		if r.reading = r.legible(); r.reading != nil {
			readable = append(readable, r)
		}
	}
	if len(readable) == 0 {
		return nil, errors.New("not one page of the pool is read as it is written")
	}
	return readable, nil
}

func recordOne(ctx context.Context, reader *recognizer.Reader, page, kept string) (*read.Reading, error) {
	var reading read.Reading
	if evidence, err := os.ReadFile(kept); err == nil {
		return &reading, reading.UnmarshalBinary(evidence)
	}
	body, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	img, err := jpeg.Decode(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", page, err)
	}
	made, err := reader.Read(ctx, img)
	if err != nil {
		return nil, err
	}
	if err := reader.ReadNames(ctx, img, made); err != nil {
		return nil, err
	}
	evidence, err := made.MarshalBinary()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(kept+".part", evidence, 0o600); err != nil {
		return nil, err
	}
	return made, os.Rename(kept+".part", kept)
}

// legible is the reading without those looks at the ID's place that read it otherwise;
// nil if none reads it as it is written.
func (r *recorded) legible() *read.Reading {
	places := map[int]bool{}
	for i := range r.reading.Lines {
		if l := &r.reading.Lines[i]; read.LongestRun(l).Text == r.owner.ID {
			places[l.Place] = true
		}
	}
	if len(places) == 0 {
		return nil
	}
	out := *r.reading
	out.Lines = nil
	for i := range r.reading.Lines {
		l := r.reading.Lines[i]
		if !places[l.Place] || read.LongestRun(&l).Text == r.owner.ID {
			out.Lines = append(out.Lines, l)
		}
	}
	return &out
}

// of is the reading as if another person had written the page, in the same hand: where
// it says a digit of the one's ID it says that of the other's, as surely, and likewise
// for the syllables of the name. The page is a stamp, in which its places lie.
func (r *recorded) of(p synth.Person) *read.Reading {
	size := stampSize().Size()
	out := &read.Reading{Model: "recorded", Width: size.X, Height: size.Y}
	for i := range r.reading.Lines {
		l := &r.reading.Lines[i]
		columns := make([][read.Classes]float64, l.Columns())
		for t := range columns {
			columns[t] = l.Column(t)
		}
		if run := read.LongestRun(l); run.Text == r.owner.ID {
			exchange(columns[run.First:run.Last+1], r.owner.ID, p.ID)
		}
		line := read.NewLine(r.within(l.Box, size), l.Place, columns)
		line.Turn, line.Prior = l.Turn, l.Prior
		out.Lines = append(out.Lines, line)
	}
	syllables := pairs(r.owner.Name, p.Name)
	for _, n := range r.reading.Names {
		n.Box, n.Columns = r.within(n.Box, size), renamed(n.Columns, syllables)
		out.Names = append(out.Names, n)
	}
	return out
}

// within is a box of the page on the stamp.
func (r *recorded) within(b image.Rectangle, size image.Point) image.Rectangle {
	w, h := max(r.reading.Width, 1), max(r.reading.Height, 1)
	return image.Rect(b.Min.X*size.X/w, b.Min.Y*size.Y/h, b.Max.X*size.X/w, b.Max.Y*size.Y/h)
}

// exchange gives each place of an ID the other ID's digit. A place's columns are those
// from the first that says its digit to the next place's.
func exchange(columns [][read.Classes]float64, from, to string) {
	at, last := -1, read.Blank
	for t := range columns {
		c := &columns[t]
		likeliest := read.Blank
		for k, v := range c {
			if v > c[likeliest] {
				likeliest = k
			}
		}
		if likeliest != read.Blank && likeliest != last && at+1 < len(from) {
			at++
		}
		last = likeliest
		if at >= 0 && at < len(to) {
			a, b := read.Zero+int(from[at]-'0'), read.Zero+int(to[at]-'0')
			c[a], c[b] = c[b], c[a]
		}
	}
}

// pairs says which character stands for which in another's name; none if they are not
// equally long.
func pairs(from, to string) map[uint16]uint16 {
	a, b := []rune(from), []rune(to)
	out := map[uint16]uint16{}
	if len(a) != len(b) {
		return out
	}
	for i := range a {
		out[uint16(a[i])], out[uint16(b[i])] = uint16(b[i]), uint16(a[i]) //nolint:gosec // Hangul, of the basic plane
	}
	return out
}

func renamed(columns []read.NameColumn, pairs map[uint16]uint16) []read.NameColumn {
	out := make([]read.NameColumn, len(columns))
	for t, c := range columns {
		out[t].Blank = c.Blank
		taken := map[uint16]bool{}
		for _, char := range c.Chars {
			if other, ok := pairs[char.Char]; ok {
				char.Char = other
			}
			if !taken[char.Char] {
				taken[char.Char] = true
				out[t].Chars = append(out[t].Chars, char)
			}
		}
	}
	return out
}
