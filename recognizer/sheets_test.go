package recognizer_test

import (
	"bytes"
	"image/jpeg"
	"runtime"
	"testing"
	"time"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
)

// TestDrawnExam reads a small exam from drawn JPEG files: students, a stranger
// and a blank sheet.
func TestDrawnExam(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads 13 pages")
	}
	r, assets := open(t), drawing(t)
	exam, err := synth.NewExam(77, synth.ExamSpec{Roster: 60, Absent: 48, Strangers: 1, Blanks: 1, DPI: 150})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range exam.Roster {
		ids = append(ids, p.ID)
	}
	ro := students(t, ids...)
	var count tally
	var readings []*recognizer.Reading
	for i, s := range exam.Sheets {
		rd := readFile(t, r, exam, assets, i)
		readings = append(readings, rd)
		d := recognizer.Decide(rd, ro, recognizer.DefaultParams())
		if s.Kind == synth.Normal {
			count.add(d, s.ID)
		} else if d.Status == recognizer.Matched {
			t.Errorf("%s: a %s sheet was accepted", s.File, s.Kind)
		}
	}
	count.check(t, "drawn sheets", 9)
	for i, d := range recognizer.Solve(readings, ro, recognizer.DefaultParams()).Decisions {
		if d.Status == recognizer.Matched && d.StudentID != exam.Sheets[i].ID {
			t.Errorf("%s: the batch gave it to a wrong student", exam.Sheets[i].File)
		}
	}
}

func readFile(t testing.TB, r *recognizer.Reader, exam *synth.Exam, assets *synth.Assets, i int) *recognizer.Reading {
	t.Helper()
	data, err := exam.File(assets, i)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rd, err := r.Read(t.Context(), img)
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := rd.MarshalBinary()
	if err != nil || len(evidence) > 200_000 {
		t.Errorf("evidence of %d bytes (%v), want at most 200 kB", len(evidence), err)
	}
	return rd
}

// TestSkewedSheet reads a sheet that lies five degrees askew.
func TestSkewedSheet(t *testing.T) {
	r, assets := open(t), drawing(t)
	ro := students(t, "32141837", "32157264", "32169902", "32170418")
	for _, skew := range []float64{-5, 5} {
		sheet, err := assets.Sheet(5, synth.Spec{ID: "32157264", Name: "김하늘", Pose: &synth.Pose{Skew: skew}, Source: synth.PenSource})
		if err != nil {
			t.Fatal(err)
		}
		rd, err := r.Read(t.Context(), sheet.Image)
		if err != nil {
			t.Fatal(err)
		}
		d := recognizer.Decide(rd, ro, recognizer.DefaultParams())
		if len(d.Candidates) == 0 || d.Candidates[0].StudentID != "32157264" {
			t.Fatalf("%g degrees: got %+v, want 32157264 first", skew, d)
		}
		if h := rd.HeaderRect(d.Line); !sheet.Truth.IDBox.In(h) {
			t.Errorf("%g degrees: the header %v doesn't show the ID at %v", skew, h, sheet.Truth.IDBox)
		}
	}
}

// TestShortIDs reads IDs of five digits in two boxes, written so wide that no part of
// them looks like an ID by itself: below a printed date, above answers that do.
func TestShortIDs(t *testing.T) {
	r, assets := open(t), drawing(t)
	ids := []string{"41022", "44224", "51817", "64060", "88390", "05784", "37349", "62574"}
	ro := students(t, ids...)
	var count tally
	for _, seed := range []uint64{1007, 1024, 1040, 1046, 1049, 1073, 1091, 1099, 1103} {
		id := ids[(seed-1000)%8]
		sheet, err := assets.Header(seed, synth.Spec{ID: id, Name: "김하늘", Title: "자료구조 33", Field: synth.Split, DPI: 200})
		if err != nil {
			t.Fatal(err)
		}
		rd, err := r.Read(t.Context(), sheet.Image)
		if err != nil {
			t.Fatal(err)
		}
		count.add(recognizer.Decide(rd, ro, recognizer.DefaultParams()), id)
	}
	count.check(t, "IDs of five digits", 9)
}

// BenchmarkSheet reports where the time of one sheet goes, in milliseconds.
func BenchmarkSheet(b *testing.B) {
	r, assets := open(b), drawing(b)
	exam, err := synth.NewExam(1, synth.ExamSpec{Roster: 150})
	if err != nil {
		b.Fatal(err)
	}
	data, err := exam.File(assets, 0)
	if err != nil {
		b.Fatal(err)
	}
	var ids []string
	for _, p := range exam.Roster {
		ids = append(ids, p.ID)
	}
	ro := students(b, ids...)
	runtime.GC()
	var decode, decide time.Duration
	var parts recognizer.Timings
	for b.Loop() {
		start := time.Now()
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		decode += time.Since(start)
		rd, err := r.Read(b.Context(), img)
		if err != nil {
			b.Fatal(err)
		}
		parts.Prepare, parts.Detect, parts.Read = parts.Prepare+rd.Timings.Prepare, parts.Detect+rd.Timings.Detect, parts.Read+rd.Timings.Read
		start = time.Now()
		recognizer.Decide(rd, ro, recognizer.DefaultParams())
		decide += time.Since(start)
	}
	n := float64(b.N)
	b.ReportMetric(decode.Seconds()*1000/n, "ms-jpeg")
	b.ReportMetric(parts.Prepare/n, "ms-prepare")
	b.ReportMetric(parts.Detect/n, "ms-detect")
	b.ReportMetric(parts.Read/n, "ms-lines")
	b.ReportMetric(decide.Seconds()*1000/n, "ms-decide")
}
