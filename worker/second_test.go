package worker_test

import (
	"context"
	"errors"
	"image"
	"sync"
	"testing"

	"hakbeon/jobs"
	"hakbeon/recognizer"
)

// leaning reads "?" as a 1 that may be a 2, and knows where on the page the ID is.
type leaning struct{ *fakeReader }

func (r leaning) Read(ctx context.Context, page image.Image) (*recognizer.Reading, error) {
	text := pageText(page)
	reading, err := r.fakeReader.Read(ctx, page)
	if err != nil || len(reading.Lines) == 0 {
		return reading, err
	}
	of := columns(text)
	for i, sign := range text {
		if sign == '?' {
			of[2*i+1] = [recognizer.Classes]float64{2: 0.97, 3: 0.03}
		}
	}
	reading.Lines[0] = recognizer.NewLine(reading.Lines[0].Box.Inset(1), 0, of)
	return reading, nil
}

// second answers each question the same.
type second struct {
	answer string
	err    error

	mu    sync.Mutex
	asked int
}

func (s *second) Ask(_ context.Context, picture image.Image) (*recognizer.Opinion, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if picture == nil || picture.Bounds().Empty() {
		return nil, errors.New("no picture")
	}
	return &recognizer.Opinion{Text: s.answer, Model: "second", Mistakes: recognizer.Mistakes{Right: 0.99, Sign: 0.99, Lost: 0.001, Extra: 0.001}}, s.err
}

func (s *second) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func TestSecondReader(t *testing.T) {
	tests := []struct {
		name   string
		second *second
		want   string
		used   bool
	}{
		{"confirms", &second{answer: kim}, "matched " + kim, true},
		{"says another student", &second{answer: park}, "needs_review ambiguous", true},
		{"fails", &second{err: errors.New("no")}, "needs_review low_confidence", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.options.Reader, r.options.Second = leaning{r.reader}, tt.second
			r.roster(kim, lee, park, choi)
			keys := r.sheets("2017000?", choi)
			r.start()
			b := r.submit(jobs.Recognize{Keys: keys})
			r.end(b, 1)
			rec := r.sheet(b, keys[0], 1)
			if got := outcome(&rec.Result); got[:7] != tt.want[:7] || tt.used && tt.second.answer == kim && got != tt.want || rec.Meta.UsedVLM != tt.used {
				t.Errorf("got %s, used %v; want %s, %v", got, rec.Meta.UsedVLM, tt.want, tt.used)
			}
			if n := tt.second.count(); n != 1 {
				t.Errorf("asked %d times, want only about the sheet that would go to review", n)
			}
			if other := r.sheet(b, keys[1], 1); other.Meta.UsedVLM || outcome(&other.Result) != "matched "+choi {
				t.Errorf("the sure sheet: got %s", outcome(&other.Result))
			}
			// The same again from the evidence, without asking.
			r.put(r.options.Queues.Jobs, &jobs.Rematch{Type: jobs.TypeRematch, ExamCode: r.exam, BatchID: b.BatchID})
			r.end(b, 2)
			again := r.sheet(b, keys[0], 1)
			if outcome(&again.Result) != outcome(&rec.Result) || again.Confidence != rec.Confidence || tt.second.count() != 1 {
				t.Errorf("a rematch gives %s at %v, not %s at %v; asked %d times", outcome(&again.Result), again.Confidence,
					outcome(&rec.Result), rec.Confidence, tt.second.count())
			}
			obj, err := r.store.Get(t.Context(), b.Evidence(rec.Sheet), 1<<20)
			must(t, err)
			var reading recognizer.Reading
			must(t, reading.UnmarshalBinary(obj.Body))
			if (reading.Second != nil) != tt.used {
				t.Errorf("the evidence holds %+v", reading.Second)
			}
		})
	}
}

func TestSecondReaderHasABudget(t *testing.T) {
	r := newRig(t)
	asked := &second{answer: kim}
	r.options.Reader, r.options.Second, r.options.SecondBudget, r.options.Concurrency = leaning{r.reader}, asked, 2, 1
	r.roster(kim, lee, park, choi)
	keys := r.sheets("2017000?", "201700?1", "20170?01", "2017?001", "201?0001", "20?70001")
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	if n := asked.count(); n != 2 {
		t.Errorf("asked %d times, the budget is 2", n)
	}
	var marks int
	for range r.list(b.Prefix() + "seconds/") {
		marks++
	}
	if marks != asked.count() {
		t.Errorf("%d questions are counted, %d were asked", marks, asked.count())
	}
}
