package main

import (
	"fmt"
	"iter"
	"os"
	"testing"

	"hakbeon/exam"
	"hakbeon/internal/report"
	"hakbeon/lab/load/pool"
	"hakbeon/recognizer"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// The parts of a batch's end by themselves: what a sheet takes should not grow with the
// batch.
var partSizes = []int{1000, 5000, 20000}

// partsOf are the sizes, with students whose IDs are far from each other and near.
func partsOf() iter.Seq2[int, bool] {
	return func(yield func(int, bool) bool) {
		for _, near := range []bool{false, true} {
			for _, n := range partSizes {
				if !yield(n, near) {
					return
				}
			}
		}
	}
}

// recordedExam is a batch as the stub reads it, with its roster.
func recordedExam(b *testing.B, n int, near bool) ([]*read.Reading, *roster.Roster) {
	b.Helper()
	const dir = "../../bench"
	if _, err := os.Stat(dir); err != nil {
		b.Skip("no pages are drawn: run bin/scale first")
	}
	p, err := pool.New(200, dir)
	if err != nil {
		b.Fatal(err)
	}
	pages, err := record(b.Context(), p)
	if err != nil {
		b.Skip(err)
	}
	people, err := newPeople(n+n/20, near)
	if err != nil {
		b.Fatal(err)
	}
	ro := &roster.Roster{}
	for _, p := range people {
		ro.Students = append(ro.Students, roster.Student{ID: p.ID, Name: p.Name})
	}
	readings := make([]*read.Reading, n)
	for i := range readings {
		readings[i] = pages[i%len(pages)].of(people[i%len(people)])
	}
	return readings, ro
}

func perSheetOf(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/sheet")
}

// BenchmarkSheet scores and decides sheets one by one, as they are read.
func BenchmarkSheet(b *testing.B) {
	for n, near := range partsOf() {
		b.Run(fmt.Sprintf("%d/near=%t", n, near), func(b *testing.B) {
			readings, ro := recordedExam(b, n, near)
			scorer := recognizer.NewScorer(ro, recognizer.DefaultParams())
			bytes := 0
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				of := scorer.Sheet(readings[i%n])
				scorer.Decide(of)
				bytes += len(scorer.Marshal(of))
			}
			b.ReportMetric(float64(bytes)/float64(b.N), "kept-B/op")
		})
	}
}

// BenchmarkTogether solves a batch of sheets that are scored.
func BenchmarkTogether(b *testing.B) {
	for n, near := range partsOf() {
		b.Run(fmt.Sprintf("%d/near=%t", n, near), func(b *testing.B) {
			readings, ro := recordedExam(b, n, near)
			scorer := recognizer.NewScorer(ro, recognizer.DefaultParams())
			all := make([]*recognizer.Scores, n)
			for i := range all {
				all[i] = scorer.Sheet(readings[i])
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				scorer.Together(all).Solve(recognizer.DefaultParams())
			}
			perSheetOf(b, n)
		})
	}
}

func BenchmarkReport(b *testing.B) {
	for _, n := range partSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			out := report.Batch{Exam: "BIG", Roster: &roster.Roster{}}
			people, err := newPeople(n, false)
			if err != nil {
				b.Fatal(err)
			}
			for i, p := range people {
				out.Roster.Students = append(out.Roster.Students, roster.Student{ID: p.ID, Name: p.Name})
				s := report.Sheet{File: fmt.Sprintf("%05d.jpg", i), Page: 1, Status: "matched", StudentID: p.ID, Confidence: 0.999}
				if i%10 == 0 {
					s.Status, s.Reason, s.StudentID = "needs_review", "low_confidence", ""
					s.Candidates = []exam.Candidate{{StudentID: p.ID, Confidence: 0.9}}
				}
				out.Sheets = append(out.Sheets, s)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if _, err := report.Make(out); err != nil {
					b.Fatal(err)
				}
			}
			perSheetOf(b, n)
		})
	}
}
