package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
)

// examsOfPeers is over how many exams the peers' sheets are spread.
const examsOfPeers = 10

// picture is a sheet of the standard collection in a file, for readers to be
// compared on.
type picture struct {
	exam *drawing
	at   int // of the sheet in the exam
	kind kind
	file string
}

func (p picture) written() string { return p.exam.Sheets[p.at].ID }

// peers compares readers on the same pictures.
func peers(ctx context.Context, o options) error {
	pictures, err := drawPictures(o)
	if err != nil {
		return err
	}
	fmt.Printf("### Peers\n\nThe same %d sheets of the standard set for all, as JPEG files, one thread each; CPU time with decoding. "+
		"So few because a peer takes up to a second for a sheet.\n\n", len(pictures))
	fmt.Print("| reader | decided by | students' sheets right | wrong, of all sheets | CPU ms a sheet |\n|---|---|---|---|---|\n")
	runtime.LockOSThread() // CPU time is counted by thread
	defer runtime.UnlockOSThread()
	if err := peerOfOurs(ctx, o, pictures); err != nil {
		return err
	}
	err = peerRapidOCR(ctx, o, pictures)
	if errors.Is(err, errNoPython) {
		fmt.Fprintln(os.Stderr, "bench: SKIPPED a peer:", err)
		fmt.Printf("\n**RapidOCR was left out: %v**\n", err)
		err = nil
	}
	fmt.Println()
	return err
}

// drawPictures takes the sheets evenly from the first exams.
func drawPictures(o options) ([]picture, error) {
	c := standardCollection()
	assets, err := assetsOf(c.part)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(o.dir, fmt.Sprintf("peers-%d", synth.Version))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	var out []picture
	for i := range examsOfPeers {
		d, err := c.exam(assets, i)
		if err != nil {
			return nil, err
		}
		kinds := kindsOf(d.Exam)
		for at := range min(len(d.Sheets), (o.peers-len(out))/(examsOfPeers-i)) {
			file := filepath.Join(dir, fmt.Sprintf("%d-%d.jpg", i, at))
			out = append(out, picture{d, at, kinds[at], file})
		}
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, p := range out {
		group.Go(func() error { return unlessThere(p.file, p.jpeg) })
	}
	return out, group.Wait()
}

func (p picture) jpeg() ([]byte, error) {
	sheet, err := p.exam.sheet(p.at)
	if err != nil {
		return nil, err
	}
	return sheet.JPEG(0)
}

// score counts a peer's answers.
type score struct {
	students, right, wrong, sheets int
	cpu                            float64
}

func (s *score) add(p picture, a answer, cpu float64) {
	s.sheets++
	s.cpu += cpu
	if a.wrong {
		s.wrong++
	}
	if p.kind == student || p.kind == twin {
		s.students++
		if a.accepted && !a.wrong {
			s.right++
		}
	}
}

func (s *score) print(reader, rule string) {
	fmt.Printf("| %s | %s | %s | %s | %.0f |\n", reader, rule,
		share{s.right, s.students}, share{s.wrong, s.sheets}, s.cpu/float64(max(1, s.sheets)))
}

// peerOfOurs prints a row for our decision on each sheet alone, and one for the
// usual rule.
func peerOfOurs(ctx context.Context, o options, pictures []picture) error {
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	read := func(page image.Image) (*recognizer.Reading, error) { return reader.Read(ctx, page) }
	var decided, looked score
	if _, err := readPicture(pictures[0], read); err != nil { // warm up
		return err
	}
	for _, p := range pictures {
		start := ofThread()
		reading, err := readPicture(p, read)
		if err != nil {
			return err
		}
		took := ofThread() - start
		students, err := p.exam.roster()
		if err != nil {
			return err
		}
		d := recognizer.Decide(reading, students, o.params)
		v := newVerdict(d, p.written())
		decided.add(p, answer{v.accepted, v.wrong}, took)
		looked.add(p, newUsualRule(p.exam.ids()).answer(p.written(), d.Text), took)
	}
	decided.print("hakbeon", "probability")
	looked.print("hakbeon", "usual rule")
	return nil
}

func readPicture(p picture, read func(image.Image) (*recognizer.Reading, error)) (*recognizer.Reading, error) {
	page, err := decodeFile(p.file)
	if err != nil {
		return nil, err
	}
	reading, err := read(page)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.file, err)
	}
	return reading, nil
}

func peerRapidOCR(ctx context.Context, o options, pictures []picture) error {
	files := make([]string, len(pictures))
	for i, p := range pictures {
		path, err := filepath.Abs(p.file)
		if err != nil {
			return err
		}
		files[i] = path
	}
	read, err := rapidOCR(ctx, o.dir, files)
	if err != nil {
		return err
	}
	var s score
	for i, p := range pictures {
		s.add(p, newUsualRule(p.exam.ids()).answer(p.written(), read[i].Lines...), read[i].CPU)
	}
	s.print("RapidOCR "+rapidVersion()+" (PP-OCRv6 small)", "usual rule")
	return nil
}
