package worker_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// The report has every student in the roster's order and every sheet with its
// crop, also where another process than the one that read them makes it.
func TestReportOfALaterEndByAnotherWorker(t *testing.T) {
	r := newRig(t)
	must(t, r.store.Put(t.Context(), layout.RosterKey(r.exam), rosterFile(t, "학번", park, kim, lee, choi), s3store.TypeXLSX))
	keys := append(r.sheets(kim, lee, "", "20164321"), r.upload("broken.png", []byte("no image")))
	stop := r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	stop()
	r.start()
	r.put(r.options.Queues.Jobs, &jobs.Resolve{
		Type: jobs.TypeResolve, ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: jobs.SheetID(b.ExamCode, b.BatchID, keys[2], 1), StudentID: park,
	})
	r.end(b, 2)
	r.put(r.options.Queues.Jobs, &jobs.Resolve{
		Type: jobs.TypeResolve, ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: jobs.SheetID(b.ExamCode, b.BatchID, keys[3], 1), Verdict: jobs.VerdictNotOnRoster,
	})
	sum := r.end(b, 3)

	obj, err := r.store.Get(t.Context(), sum.S3Keys.Report, 1<<20)
	must(t, err)
	book, err := excelize.OpenReader(bytes.NewReader(obj.Body))
	must(t, err)
	defer book.Close()
	students := "Students 학생"
	rows, err := book.GetRows(students)
	must(t, err)
	header := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 3 })
	file := slices.Index(rows[header], "파일 File")
	var got []string
	for _, row := range rows[header+1:] {
		got = append(got, row[0]+" "+append(row, make([]string, file+1)...)[file])
	}
	if want := []string{park + " 3.png", kim + " 1.png", lee + " 2.png", choi + " "}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	last, err := excelize.ColumnNumberToName(len(rows[header]))
	must(t, err)
	for row := header + 2; row < header+5; row++ {
		if pictures, err := book.GetPictures(students, fmt.Sprint(last, row)); err != nil || len(pictures) != 1 {
			t.Errorf("row %d: %d pictures, %v", row, len(pictures), err)
		}
	}
	open, err := book.GetRows("Review 확인 필요")
	must(t, err)
	// What a person has settled stands apart, and says so.
	n := len(open)
	if open[n-4][0] != "broken.png" || len(open[n-3]) != 0 || open[n-1][0] != "4.png" || !strings.Contains(open[n-1][3], "said by a person") {
		t.Errorf("to review: got %q", open[n-4:])
	}
	if state := rows[header+1][file-2 : file]; !strings.Contains(state[0], "settled by a person") || state[1] != "" {
		t.Errorf("a person's verdict: got state and probability %q", state)
	}
}
