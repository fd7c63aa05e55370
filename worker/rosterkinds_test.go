package worker_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/korean"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
)

// A roster that is replaced while a batch runs counts from the batch's end on, for
// all of its sheets.
func TestRosterChangesMeanwhile(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	keys := r.sheets(kim, lee)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys[:1], BatchID: "moved", BatchTotal: 2})
	r.until("the first sheet", func() bool {
		var rec exam.Sheet
		_, err := r.store.Load(t.Context(), b.Result(jobs.SheetID(r.exam, b.BatchID, keys[0], 1)), &rec)
		return err == nil
	})
	if rec := r.sheet(b, keys[0], 1); rec.Final || outcome(&rec.Result) != "matched "+kim {
		t.Errorf("before the end: got %s", outcome(&rec.Result))
	}
	r.roster(lee, park)
	r.submit(jobs.Recognize{Keys: keys[1:], BatchID: "moved", BatchTotal: 2})
	sum := r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "needs_review not_on_roster", "2.png": "matched " + lee})
	if sum.Students != 2 || sum.Present != 1 {
		t.Errorf("got summary %+v, want the new roster's students", sum)
	}
}

// A .csv from Korean Windows is a roster, with departments for the report; exams have
// names there.
func TestTextRosterAndExamName(t *testing.T) {
	r := newRig(t)
	text, err := korean.EUCKR.NewEncoder().String("학과,학번,성명\r\n통계학과," + kim + ",가 학생\r\n수학과," + lee + ",나 학생\r\n")
	must(t, err)
	must(t, r.store.Put(t.Context(), "rosters/"+r.exam+".csv", []byte(text), s3store.TypeBinary))
	keys := r.sheets(kim)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim})
	if sum.RosterKey != "rosters/"+r.exam+".csv" || sum.ExamName != r.exam {
		t.Errorf("got roster %s, exam %s", sum.RosterKey, sum.ExamName)
	}
	must(t, r.store.Put(t.Context(), "exams.json", []byte(`{"`+r.exam+`": "통계학 기말"}`), s3store.TypeJSON))
	defer func() { must(t, r.store.Delete(t.Context(), "exams.json")) }()
	r.say(b, keys[0], lee)
	if sum := r.end(b, 2); sum.ExamName != "통계학 기말" {
		t.Errorf("the exam is called %q", sum.ExamName)
	}
	report, err := r.store.Get(t.Context(), b.Report(), 1<<20)
	must(t, err)
	book, err := excelize.OpenReader(bytes.NewReader(report.Body))
	must(t, err)
	defer book.Close()
	rows, err := book.GetRows("Students 학생")
	must(t, err)
	if len(rows) != 5 || !slices.Equal(rows[4][:4], []string{"수학과", lee, "나 학생", "사람이 확정 settled by a person"}) {
		t.Errorf("the report has %q", rows)
	}
	if name, err := book.GetCellValue("Exam 시험", "B1"); err != nil || name != "통계학 기말" {
		t.Errorf("the report is of %q, %v", name, err)
	}
}

// A table of exams that is no use holds no batch up.
func TestBrokenExamTable(t *testing.T) {
	r := newRig(t)
	must(t, r.store.Put(t.Context(), "exams.csv", []byte("no,header\n"), s3store.TypeBinary))
	defer func() { must(t, r.store.Delete(t.Context(), "exams.csv")) }()
	r.roster(kim)
	keys := r.sheets(kim)
	r.start()
	if sum := r.end(r.submit(jobs.Recognize{Keys: keys}), 1); sum.ExamName != r.exam {
		t.Errorf("the exam is called %q", sum.ExamName)
	}
}
