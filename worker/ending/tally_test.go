package ending_test

import (
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hakbeon/s3store/layout"
	"hakbeon/worker/ending"
)

func TestTally(t *testing.T) {
	a, b := layout.Batch{ExamCode: "A", BatchID: "1"}, layout.Batch{ExamCode: "A", BatchID: "2"}
	for _, test := range []struct {
		name string
		run  func(*ending.Tally, func())
		want int32
	}{
		{"not while something is held", func(l *ending.Tally, look func()) {
			l.Hold(a)
			l.Hold(a)
			l.Release(a, true, 0, look)
		}, 0},
		{"at once after the last", func(l *ending.Tally, look func()) {
			l.Hold(a)
			l.Hold(a)
			l.Release(a, true, 0, look)
			l.Release(a, true, 0, look)
		}, 1},
		{"not after a failure", func(l *ending.Tally, look func()) {
			l.Hold(a)
			l.Release(a, false, 0, look)
		}, 0},
		{"batches are apart", func(l *ending.Tally, look func()) {
			l.Hold(a)
			l.Hold(b)
			l.Release(b, true, 0, look)
		}, 1},
		{"many within the interval are one at once and one at its end", func(l *ending.Tally, look func()) {
			for range 10 {
				l.Hold(a)
				l.Release(a, true, 0, look)
				time.Sleep(50 * time.Millisecond)
			}
			time.Sleep(time.Second)
		}, 2},
		{"not after the stop", func(l *ending.Tally, look func()) {
			l.Hold(a)
			l.Stop()
			l.Release(a, true, 0, look)
		}, 0},
		{"the stop ends those that wait", func(l *ending.Tally, look func()) {
			for range 2 {
				l.Hold(a)
				l.Release(a, true, 0, look)
				synctest.Wait()
			}
			l.Stop()
			time.Sleep(time.Minute)
		}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var looks atomic.Int32
				tally := ending.NewTally(time.Second)
				test.run(tally, func() { looks.Add(1) })
				synctest.Wait()
				if got := looks.Load(); got != test.want {
					t.Errorf("got %d looks, want %d", got, test.want)
				}
				tally.Stop()
			})
		})
	}
}

// A process that has done all of a batch need not wait for the interval.
func TestTallyOfWholeBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks []time.Duration
		began := time.Now()
		tally := ending.NewTally(time.Second)
		b := layout.Batch{ExamCode: "A", BatchID: "1"}
		for range 4 {
			tally.Hold(b)
			tally.Release(b, true, 4, func() { looks = append(looks, time.Since(began)) })
			synctest.Wait()
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		if len(looks) != 2 || looks[0] != 0 || looks[1] != 300*time.Millisecond {
			t.Errorf("got looks at %v, want one after the first sheet and one after the last", looks)
		}
		tally.Stop()
	})
}

// The stop tells of whose look it ended.
func TestTallyStopTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tally := ending.NewTally(time.Second)
		a, b := layout.Batch{ExamCode: "A", BatchID: "1"}, layout.Batch{ExamCode: "A", BatchID: "2"}
		for _, of := range []layout.Batch{a, b, b} {
			tally.Hold(of)
			tally.Release(of, true, 0, func() {})
			synctest.Wait()
		}
		if got := tally.Stop(); len(got) != 1 || got[0] != b {
			t.Errorf("got %v, want %v: its second look was still to come", got, b)
		}
	})
}

func TestTallyForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tally := ending.NewTally(time.Second)
		for i := range 100 {
			b := layout.Batch{ExamCode: "A", BatchID: strconv.Itoa(i)}
			tally.Hold(b)
			tally.Release(b, true, 0, func() {})
			time.Sleep(2 * time.Second)
		}
		if got := tally.Kept(); got > 40 {
			t.Errorf("the tally keeps %d batches", got)
		}
		tally.Stop()
	})
}

// The stop waits for a look that has begun.
func TestTallyStopWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tally := ending.NewTally(time.Second)
		b := layout.Batch{ExamCode: "A", BatchID: "1"}
		ended := false
		tally.Hold(b)
		tally.Release(b, true, 0, func() { time.Sleep(time.Minute); ended = true })
		synctest.Wait()
		tally.Stop()
		if !ended {
			t.Error("the stop did not wait")
		}
	})
}
