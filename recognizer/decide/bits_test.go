package decide_test

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
)

// TestSameBitsEverywhere pins decisions to the last bit: they must be the same
// on every processor and after every rewrite. Whoever changes how decisions are
// made on purpose writes the new bits here, and says so in the changelog:
// decisions made again from stored evidence will differ.
func TestSameBitsEverywhere(t *testing.T) {
	ro := students(t, "32141837", "32141831", "32157264", "32169902", "3214183", "B911234")
	readings := []*read.Reading{
		page(written(0, 0.9, spaced("32141837"))),
		page(written(0, 0.7, "3_2_1_4#1_8_3_"), written(1, 0.95, "2_0_3_2_#_1_0"), written(1, 0.5, "32157264")),
		page(written(0, 0.8, "#_9_1_1_2_3_4")),
		page(written(0, 0.6, "3_2_1_6_9_9_0_2")),
		page(written(0, 0.3, "3_2_1_4_1_8_3_#")),
	}
	alone := []uint64{0x3fef7a647e555779, 0x3feb5f4dd6e9a60c, 0x3fefdfd63510e67d, 0x3fef8d44982ac77a, 0x3fd8d5d86a50d08d}
	batch := []uint64{0x3fef9d2ef27d3a4c, 0x3fed6cbc00c45119, 0x3fefe01194c557ac, 0x3fef8d5253bd320a, 0x3fe4acb00515fc9a}
	for i, rd := range readings {
		if got := math.Float64bits(decide.Decide(rd, ro, decide.DefaultParams()).Confidence); got != alone[i] {
			t.Errorf("sheet %d alone: confidence has the bits %#x, want %#x", i, got, alone[i])
		}
	}
	for i, d := range decide.Solve(readings, ro, decide.DefaultParams()).Decisions {
		if got := math.Float64bits(d.Confidence); got != batch[i] {
			t.Errorf("sheet %d in the batch: confidence has the bits %#x, want %#x", i, got, batch[i])
		}
	}
}

// TestReadingIsShared decides one reading in several goroutines at once.
func TestReadingIsShared(t *testing.T) {
	rd, ro := page(written(0, 0.9, spaced("32141837"))), students(t, "32141837", "32157264")
	want := decide.Decide(rd, ro, decide.DefaultParams()).Confidence
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := decide.Decide(rd, ro, decide.DefaultParams()).Confidence; got != want {
				t.Errorf("confidence %g, want %g", got, want)
			}
		})
	}
	wg.Wait()
}

// TestLargeExam decides a batch of 300 sheets for 3,000 students in a bearable
// time.
func TestLargeExam(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var ids []string
	for i := range 3000 {
		ids = append(ids, fmt.Sprintf("32%06d", i*331))
	}
	var sheets []*read.Reading
	for i := range 300 {
		sheets = append(sheets, page(written(0, 0.9999, spaced(ids[i*10])), written(1, 0.9, "#_1_2_#_#_7")))
	}
	start := time.Now()
	right := 0
	for i, d := range decide.Solve(sheets, students(t, ids...), decide.DefaultParams()).Decisions {
		if d.StudentID != "" && d.StudentID != ids[i*10] {
			t.Errorf("sheet %d was given to a wrong student", i)
		}
		if len(d.Candidates) > 0 && d.Candidates[0].StudentID == ids[i*10] {
			right++
		}
	}
	if right != len(sheets) {
		t.Errorf("%d of %d sheets have the right student first", right, len(sheets))
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	} else {
		t.Logf("300 sheets, 3000 students: %v", took)
	}
}
