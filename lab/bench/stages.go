package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
)

// The stages that a sheet goes through. Reading is finding and reading lines.
const (
	stageDecode = "decode"
	stageFind   = "find lines"
	stageRead   = "read lines"
	stageDecide = "decide"
	stageWhole  = "whole sheet"
	stageWall   = "whole sheet, elapsed"
)

// stageTimes are the CPU milliseconds that each stage took, a value a sheet.
type stageTimes map[string]samples

func (t stageTimes) note(stage string, ms float64) { t[stage] = append(t[stage], ms) }

// stages reads whole pages, one after the other on one thread, and then other kinds of
// pages.
func stages(ctx context.Context, o options) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	set, err := drawPages(o)
	if err != nil {
		return err
	}
	fmt.Printf("### Stages, JPEG by %s\n\n%d whole pages of 2257x3125 pixels, mean file %.2f MB, a roster of %d; one thread, CPU time.\n\n",
		imagefile.JPEGDecoder(), len(set.files), set.megabytes(), len(set.exam.Roster))
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	times, err := ourStages(ctx, o, set, reader)
	if err != nil {
		return err
	}
	return costs(ctx, o, set, reader, times[stageDecode].mean())
}

// ourStages reads all pages and prints the table.
func ourStages(ctx context.Context, o options, set *pages, reader *recognizer.Reader) (stageTimes, error) {
	students, err := set.roster()
	if err != nil {
		return nil, err
	}
	s := &staged{reader: reader, times: stageTimes{}}
	first, err := os.ReadFile(set.files[0])
	if err != nil {
		return nil, err
	}
	if _, err := s.read(ctx, first); err != nil { // warm up
		return nil, err
	}
	if err := forgetPeak(); err != nil {
		return nil, err
	}
	s.times = stageTimes{}
	var readings []*recognizer.Reading
	before := ofProcess()
	for _, file := range set.files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		since, start := time.Now(), ofThread()
		reading, err := s.read(ctx, data)
		if err != nil {
			return nil, err
		}
		decided := ofThread()
		recognizer.Decide(reading, students, o.params)
		s.times.note(stageDecide, ofThread()-decided)
		s.times.note(stageWhole, ofThread()-start)
		s.times.note(stageWall, float64(time.Since(since))/float64(time.Millisecond))
		readings = append(readings, reading)
	}
	process := (ofProcess() - before) / float64(len(set.files))
	peak, err := peakMemory("self")
	if err != nil {
		return nil, err
	}
	start := ofThread()
	decisions(recognizer.Score(readings, students, o.params), len(readings), o.params)
	printStages(s.times, process, peak, ofThread()-start)
	return s.times, nil
}

// staged reads pages and notes how long it takes.
type staged struct {
	reader *recognizer.Reader
	times  stageTimes
}

// read notes CPU times. The reader tells elapsed times of its parts; its CPU time
// is divided as they are.
func (s *staged) read(ctx context.Context, data []byte) (*recognizer.Reading, error) {
	start := ofThread()
	page, err := decode(data)
	if err != nil {
		return nil, err
	}
	decoded := ofThread()
	reading, err := s.reader.Read(ctx, page)
	if err != nil {
		return nil, err
	}
	took, t := ofThread()-decoded, reading.Timings
	imagefile.Release(page)
	s.times.note(stageDecode, decoded-start)
	share := t.Read / max(t.Prepare+t.Detect+t.Read, 1e-9)
	s.times.note(stageRead, took*share)
	s.times.note(stageFind, took*(1-share))
	return reading, nil
}

func printStages(t stageTimes, process, peak, solve float64) {
	fmt.Print("| stage | mean ms | p50 | p99 |\n|---|---|---|---|\n")
	for _, stage := range []string{stageDecode, stageFind, stageRead, stageDecide, stageWhole, stageWall} {
		v := t[stage]
		fmt.Printf("| %s | %.1f | %.1f | %.1f |\n", stage, v.mean(), v.at(0.5), v.at(0.99))
	}
	fmt.Printf("\nWith the garbage collector's threads: %.1f ms CPU a sheet. Peak memory: %.0f MiB. "+
		"Deciding all of them alone and at the batch's end again: %.0f ms.\n\n", process, peak, solve)
}
