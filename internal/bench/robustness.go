package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"runtime"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/sync/errgroup"

	"hakbeon/internal/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// state is something that may have happened to a page on its way to us.
type state struct {
	name  string
	apply func(*image.RGBA) (image.Image, error)
}

// states are all that the table of robustness has, the untouched page first.
func states() []state {
	same := func(page *image.RGBA) (image.Image, error) { return page, nil }
	out := []state{{"as drawn", same}}
	for quarters := 1; quarters < 4; quarters++ {
		out = append(out, state{fmt.Sprintf("turned by %d degrees", 90*quarters), unfailing(func(m *image.RGBA) image.Image { return turned(m, quarters) })})
	}
	for _, percent := range []int{50, 71, 141, 200} {
		out = append(out, state{fmt.Sprintf("scaled to %d %%", percent), unfailing(func(m *image.RGBA) image.Image { return scaled(m, percent) })})
	}
	for _, quality := range []int{95, 80, 50, 30} {
		out = append(out, state{fmt.Sprintf("JPEG of quality %d", quality), func(m *image.RGBA) (image.Image, error) { return throughJPEG(m, quality) }})
	}
	return append(out,
		state{"grey", unfailing(func(m *image.RGBA) image.Image { return greyOfRGBA(m) })},
		state{"1 bit", unfailing(func(m *image.RGBA) image.Image { return bilevel(m, 160) })},
		state{"1 bit, dark", unfailing(func(m *image.RGBA) image.Image { return bilevel(m, 215) })},
		state{"yellow paper", unfailing(func(m *image.RGBA) image.Image { return tinted(m, color.RGBA{R: 255, G: 236, B: 170}) })},
		state{"blue paper", unfailing(func(m *image.RGBA) image.Image { return tinted(m, color.RGBA{R: 185, G: 215, B: 240}) })},
		state{"ruled paper", unfailing(func(m *image.RGBA) image.Image { return ruled(m, 1.0/40, false) })},
		state{"squared paper", unfailing(func(m *image.RGBA) image.Image { return ruled(m, 1.0/56, true) })},
		state{"half the contrast", unfailing(func(m *image.RGBA) image.Image { return paled(m) })},
	)
}

func unfailing(f func(*image.RGBA) image.Image) func(*image.RGBA) (image.Image, error) {
	return func(m *image.RGBA) (image.Image, error) { return f(m), nil }
}

// robustness reads the same whole pages in each state and prints what is accepted.
func robustness(ctx context.Context, o options) error {
	pages, err := robustPages(o)
	if err != nil {
		return err
	}
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	byState := make([][]verdict, len(states()))
	for i := range byState {
		byState[i] = make([]verdict, len(pages))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range pages {
		group.Go(func() error {
			return p.judge(ctx, reader, o.params, func(state int, v verdict) { byState[state][i] = v })
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	printRobustness(byState)
	return nil
}

// robustPage is a student's sheet of one of the benchmark's exams.
type robustPage struct {
	exam   *drawing
	at     int // of the sheet in the exam
	roster *roster.Roster
}

// robustPages are students' sheets of the real hands, spread over exams; of the
// standard set where there are no real strokes.
func robustPages(o options) ([]robustPage, error) {
	all, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	c := collectionNamed("hands")
	assets, err := c.assets(all, o.stroke)
	if errors.Is(err, synth.ErrNoStrokes) {
		fmt.Fprintln(os.Stderr, "bench: SKIPPED real hands, invented ones stand in:", err)
		c = standardCollection()
		assets, err = c.assets(all, o.stroke)
	}
	if err != nil {
		return nil, err
	}
	fmt.Printf("### Robustness: %d whole pages of the %s set, each in all states\n\n", o.robust, c.name)
	var out []robustPage
	for exam := 0; len(out) < o.robust; exam++ {
		d, err := c.exam(assets, exam)
		if err != nil {
			return nil, err
		}
		students, err := d.roster()
		if err != nil {
			return nil, err
		}
		taken := 0
		for at, k := range kindsOf(d.Exam) {
			if k == student && taken < robustOfExam && len(out) < o.robust {
				out, taken = append(out, robustPage{d, at, students}), taken+1
			}
		}
	}
	return out, nil
}

// robustOfExam is how many pages are taken from an exam, so that many forms, sizes
// and fields are among them.
const robustOfExam = 5

// judge draws the page, and reads and decides it in each state.
func (p robustPage) judge(ctx context.Context, reader *recognizer.Reader, params recognizer.Params, note func(state int, v verdict)) error {
	drawn, err := p.draw()
	if err != nil {
		return err
	}
	for i, s := range states() {
		page, err := s.apply(drawn)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		rd, err := reader.Read(ctx, page)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		note(i, newVerdict(recognizer.Decide(rd, p.roster, params), p.exam.Sheets[p.at].ID))
	}
	return nil
}

// draw draws the whole page, in colour where its form is ours.
func (p robustPage) draw() (*image.RGBA, error) {
	if p.exam.family != synth.OwnForms {
		page, err := p.exam.page(p.at)
		if err != nil {
			return nil, err
		}
		return coloured(page), nil
	}
	sheet, err := p.exam.assets.Sheet(p.exam.Sheets[p.at].Seed, p.exam.Spec(p.at))
	if err != nil {
		return nil, err
	}
	return sheet.Image, nil
}

func printRobustness(byState [][]verdict) {
	fmt.Print("| page | first candidate right | accepted | wrong | accepted as drawn, but not so |\n|---|---|---|---|---|\n")
	for i, s := range states() {
		var first, accepted, wrong, lost int
		for k, v := range byState[i] {
			first, accepted, wrong = first+count(v.first), accepted+count(v.accepted), wrong+count(v.wrong)
			lost += count(byState[0][k].accepted && !v.accepted)
		}
		n := len(byState[i])
		fmt.Printf("| %s | %s | %s | %d | %d |\n", s.name, share{first, n}, share{accepted, n}, wrong, lost)
	}
	fmt.Println()
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// turned turns a page clockwise by quarters of a circle.
func turned(m *image.RGBA, quarters int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	size := image.Pt(w, h)
	if quarters%2 == 1 {
		size = image.Pt(h, w)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			to := [...]image.Point{{x, y}, {h - 1 - y, x}, {w - 1 - x, h - 1 - y}, {y, w - 1 - x}}[quarters]
			copy(out.Pix[out.PixOffset(to.X, to.Y):][:4], m.Pix[m.PixOffset(m.Rect.Min.X+x, m.Rect.Min.Y+y):][:4])
		}
	}
	return out
}

// scaled is the page with another resolution.
func scaled(m *image.RGBA, percent int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, m.Rect.Dx()*percent/100, m.Rect.Dy()*percent/100))
	xdraw.CatmullRom.Scale(out, out.Rect, m, m.Rect, xdraw.Src, nil)
	return out
}

// throughJPEG is the page as the worker gets it from a file.
func throughJPEG(m *image.RGBA, quality int) (image.Image, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return decode(b.Bytes())
}

// painted is the page with each pixel changed.
func painted(m *image.RGBA, change func(x, y int, pixel []uint8)) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: m.Rect.Size()})
	for y := range m.Rect.Dy() {
		row := out.Pix[y*out.Stride:][:4*m.Rect.Dx()]
		copy(row, m.Pix[y*m.Stride:])
		for x := range m.Rect.Dx() {
			change(x, y, row[4*x:4*x+3])
		}
	}
	return out
}

// bilevel is black where the page is darker than a level.
func bilevel(m *image.RGBA, level uint8) *image.Gray {
	out := greyOfRGBA(m)
	for i, v := range out.Pix {
		out.Pix[i] = 0
		if v >= level {
			out.Pix[i] = 255
		}
	}
	return out
}

// tinted is the page on coloured paper.
func tinted(m *image.RGBA, paper color.RGBA) *image.RGBA {
	tint := [3]int{int(paper.R), int(paper.G), int(paper.B)}
	return painted(m, func(_, _ int, pixel []uint8) {
		for i := range pixel {
			pixel[i] = uint8(int(pixel[i]) * tint[i] / 255)
		}
	})
}

// ruled is the page on ruled paper, lines a share of its height apart; squared has
// upright ones, too.
func ruled(m *image.RGBA, apart float64, squared bool) *image.RGBA {
	step := max(8, int(apart*float64(m.Rect.Dy())))
	width := max(1, step/20)
	line := [3]uint8{150, 170, 205}
	return painted(m, func(x, y int, pixel []uint8) {
		if y%step < width || squared && x%step < width {
			for i := range pixel {
				pixel[i] = min(pixel[i], line[i])
			}
		}
	})
}

// paled is the page with ink half as dark.
func paled(m *image.RGBA) *image.RGBA {
	return painted(m, func(_, _ int, pixel []uint8) {
		for i := range pixel {
			pixel[i] = 128 + pixel[i]/2
		}
	})
}
