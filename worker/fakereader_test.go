package worker_test

import (
	"context"
	"errors"
	"image"
	"sync"

	"hakbeon/recognizer"
)

// fakeReader reads what drawPage wrote. "?" is a digit that can't be told, "!"
// makes the reader panic, "~" hang until the test's end, and "#" fail.
type fakeReader struct {
	hang <-chan struct{}
	// before is called at the beginning of each reading, if it is set.
	before func()

	mu    sync.Mutex
	reads map[string]int // by the page's text
}

func (r *fakeReader) Model() string { return "fake-1" }

func (r *fakeReader) Read(_ context.Context, page image.Image) (*recognizer.Reading, error) {
	text := pageText(page)
	if r.before != nil {
		r.before()
	}
	r.mu.Lock()
	r.reads[text]++
	r.mu.Unlock()
	size := page.Bounds().Size()
	reading := &recognizer.Reading{Model: r.Model(), Width: size.X, Height: size.Y}
	if text == "" {
		return reading, nil
	}
	switch text[0] {
	case '!':
		panic("the page said so")
	case '~':
		<-r.hang
	case '#':
		return nil, errors.New("the page said so")
	}
	reading.Lines = []recognizer.Line{recognizer.NewLine(image.Rect(0, 0, size.X, size.Y), 0, columns(text))}
	return reading, nil
}

func (r *fakeReader) count(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reads[text]
}

// columns are what a line model gives for the digits: a column each, and a blank
// between.
func columns(text string) [][recognizer.Classes]float64 {
	var out [][recognizer.Classes]float64
	blank := [recognizer.Classes]float64{0: 1}
	for _, sign := range text {
		var column [recognizer.Classes]float64
		if sign == '?' {
			for d := range 10 {
				column[1+d] = 0.1
			}
		} else {
			column[1+sign-'0'] = 1
		}
		out = append(out, blank, column)
	}
	return append(out, blank)
}
