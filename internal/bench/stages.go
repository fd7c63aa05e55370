package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"hakbeon/internal/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/roster"
)

// samples are times in milliseconds.
type samples []float64

func (s samples) at(quantile float64) float64 {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(len(sorted)-1, int(quantile*float64(len(sorted))))]
}

func (s samples) mean() float64 {
	total := 0.0
	for _, v := range s {
		total += v
	}
	return total / float64(len(s))
}

// stages reads every sheet, one after the other, in this process.
func stages(ctx context.Context, s *set) error {
	ids := make([]string, len(s.exam.Roster))
	for i, p := range s.exam.Roster {
		ids[i] = p.ID
	}
	students, err := roster.New(ids...)
	if err != nil {
		return err
	}
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	times := map[string]samples{}
	var readings []*recognizer.Reading
	var alone []recognizer.Decision
	params := recognizer.DefaultParams()
	if _, err := readOne(ctx, reader, s.files[0], nil); err != nil { // warm up
		return err
	}
	before := cpuTime()
	for _, file := range s.files {
		since := time.Now()
		reading, err := readOne(ctx, reader, file, times)
		if err != nil {
			return err
		}
		decided := time.Now()
		alone = append(alone, recognizer.Decide(reading, students, params))
		note(times, "decide", decided)
		note(times, "whole sheet", since)
		readings = append(readings, reading)
	}
	cpu := (cpuTime() - before).Seconds() * 1000 / float64(len(s.files))
	since := time.Now()
	solved := recognizer.Solve(readings, students, params).Decisions
	printStages(times, cpu, time.Since(since))
	printAccuracy(s.exam, alone, solved)
	return nil
}

func readOne(ctx context.Context, reader *recognizer.Reader, path string, times map[string]samples) (*recognizer.Reading, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	since := time.Now()
	file, err := imagefile.Open(data, imagefile.Limits{})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	page, err := file.Page(0)
	if err != nil {
		return nil, err
	}
	if times != nil {
		note(times, "decode", since)
	}
	reading, err := reader.Read(ctx, page)
	if err == nil && times != nil {
		times["detect"] = append(times["detect"], reading.Timings.Prepare+reading.Timings.Detect)
		times["read lines"] = append(times["read lines"], reading.Timings.Read)
	}
	return reading, err
}

func note(times map[string]samples, stage string, since time.Time) {
	times[stage] = append(times[stage], float64(time.Since(since).Microseconds())/1000)
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func printStages(times map[string]samples, cpu float64, solve time.Duration) {
	fmt.Println("| stage, one sheet at a time | mean ms | p50 | p99 |\n|---|---|---|---|")
	for _, stage := range []string{"decode", "detect", "read lines", "decide", "whole sheet"} {
		t := times[stage]
		fmt.Printf("| %s | %.1f | %.1f | %.1f |\n", stage, t.mean(), t.at(0.5), t.at(0.99))
	}
	fmt.Printf("\nCPU: %.0f ms a sheet; the batch's end: %.0f ms for all\n\n", cpu, float64(solve.Microseconds())/1000)
}

func printAccuracy(exam *synth.Exam, alone, solved []recognizer.Decision) {
	fmt.Println("| decision | first candidate right | accepted | accepted wrongly |\n|---|---|---|---|")
	for _, row := range []struct {
		name      string
		decisions []recognizer.Decision
	}{{"each sheet alone", alone}, {"at the batch's end", solved}} {
		var students, right, accepted, wrong int
		for i, d := range row.decisions {
			sheet := exam.Sheets[i]
			if sheet.Kind != synth.Stranger {
				students++
				if len(d.Candidates) > 0 && d.Candidates[0].StudentID == sheet.ID {
					right++
				}
			}
			if d.Status == recognizer.Matched {
				accepted++
				if d.StudentID != sheet.ID || sheet.Kind == synth.Stranger {
					wrong++
				}
			}
		}
		fmt.Printf("| %s | %d of %d | %d of %d | %d |\n", row.name, right, students, accepted, len(row.decisions), wrong)
	}
	fmt.Println()
}
