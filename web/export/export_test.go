package export_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
	"hakbeon/web/export"
)

const list = "번호,학과,학번,이름,점수\n1,수학,30000003,다,-3.5\n2,물리,30000001,가,+1\n3,화학,30000002,\"=cmd|' /C calc'!A0\",@x\n4,수학,30000004,라,=1+1\n"

// exam of all kinds: accepted, by a person, several pages, in review, of nobody, failed.
func everything(t testing.TB) *room {
	t.Helper()
	r := newRoom(t, list)
	r.accepted("30000003", []byte("c"))
	r.sheet(exam.PlannedSheet{Key: "uploads/scan.pdf", Page: 3, Status: exam.StatusMatched, Reason: exam.ReasonCorrected, Stage: exam.StagePerson, StudentID: "30000001", Confidence: 0.4},
		[]byte("a1"), []byte("a2"), []byte("a3"))
	r.sheet(exam.PlannedSheet{Status: exam.StatusNeedsReview, Reason: exam.ReasonAmbiguous, Candidates: []exam.Candidate{{StudentID: "30000002", Confidence: 0.612}}}, []byte("review"))
	r.sheet(exam.PlannedSheet{Status: exam.StatusFailed, Reason: exam.ReasonNotOnRoster, Stage: exam.StagePerson}, []byte("stranger"))
	r.sheet(exam.PlannedSheet{Status: exam.StatusFailed, Reason: exam.ReasonImageMissing, Detail: &exam.Detail{EN: "gone.", KO: "없음."}})
	r.sheet(exam.PlannedSheet{Status: exam.StatusMatched, Reason: exam.ReasonCorrected, Stage: exam.StagePerson, StudentID: "99999999"}, []byte("unknown"))
	r.end()
	return r
}

func TestAFolderAStudent(t *testing.T) {
	files := everything(t).zip(export.Request{Language: "ko"})
	want := []string{
		"30000001_가/30000001_가_01.pdf", "30000001_가/30000001_가_02.pdf", "30000001_가/30000001_가_03.pdf", "30000003_다/30000003_다_01.jpg",
		"_확인필요/명단 밖 학생으로 확정_006-", "_확인필요/비슷한 학생이 둘_003-", "_확인필요/사람이 명단에 없다고 판단_004-",
	}
	got := papersOf(files)
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i, name := range got {
		if !strings.HasPrefix(name, want[i]) {
			t.Errorf("got %q, want %q", name, want[i])
		}
	}
	if files[want[0]]+files[want[1]]+files[want[2]] != "a1a2a3" || files["report.xlsx"] != "the report" {
		t.Errorf("pages in another order, or no report: %q", files)
	}
	// The file that is missing, and no other.
	if got := table(t, files["left_out.csv"]); len(got) != 2 || !slices.Equal(got[1], []string{"_확인필요", "uploads/005.jpg", "사본이 없음"}) {
		t.Errorf("left out: %q", got)
	}
}

func TestTheRostersColumnsComeBack(t *testing.T) {
	r := everything(t)
	got := table(t, r.zip(export.Request{Language: "ko"})["students.csv"])
	want := [][]string{
		{"번호", "학과", "학번", "이름", "점수", "상태", "확률", "파일", "폴더"},
		{"1", "수학", "30000003", "다", "-3.5", "확정", "0.9998", "001.jpg", "30000003_다"},
		{"2", "물리", "30000001", "가", "+1", "사람이 확정", "", "scan.pdf (3쪽)", "30000001_가"},
		{"3", "화학", "30000002", "'=cmd|' /C calc'!A0", "'@x", "확인 필요에 있음", "", "", ""},
		{"4", "수학", "30000004", "라", "'=1+1", "답안 없음", "", "", ""},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	var alone bytes.Buffer
	must(t, r.open(export.Request{Language: "ko"}).WriteStudents(&alone))
	if !slices.EqualFunc(table(t, alone.String()), want, slices.Equal) || !strings.Contains(alone.String(), "\r\n") {
		t.Errorf("alone it is %q", alone.String())
	}
}

func TestUnsettledSheetsStandApart(t *testing.T) {
	got := table(t, everything(t).zip(export.Request{})["unsettled.csv"])
	want := [][]string{
		{"Files", "State", "Reason", "Candidate", "Confidence", "Source"},
		{"003.jpg", "to review", "between two students", "30000002", "0.6120", "uploads/003.jpg"},
		{"004.jpg", "stranger", "not on the roster, said by a person", "", "", "uploads/004.jpg"},
		{"005.jpg", "failed", "file missing: gone.", "", "", "uploads/005.jpg"},
		{"006.jpg", "settled by a person", "not on the roster, named by a person", "99999999", "", "uploads/006.jpg"},
	}
	for i, row := range got {
		folder := row[6]
		if !slices.Equal(row[:6], want[i]) || i > 0 && (folder == "") != (i == 3) || i == 1 && !strings.HasPrefix(folder, "_unsettled/between two students_003-") {
			t.Errorf("got %q, want %q", row, want[i])
		}
	}
	settled := newRoom(t, list)
	settled.accepted("30000001", []byte("x"))
	settled.end()
	if text, there := settled.zip(export.Request{})["unsettled.csv"]; there {
		t.Errorf("all is settled: %s", text)
	}
}

func TestAStudentWithSeveralSheetsIsOneLine(t *testing.T) {
	r := newRoom(t, list)
	r.accepted("30000001", []byte("one"))
	r.accepted("30000001", []byte("two"), []byte("three"))
	r.end()
	files := r.zip(export.Request{})
	if got := papersOf(files); !slices.Equal(got, []string{"30000001_가/30000001_가_01.jpg", "30000001_가/30000001_가_02.jpg", "30000001_가/30000001_가_03.jpg"}) {
		t.Errorf("got %q", got)
	}
	rows := table(t, files["students.csv"])
	if len(rows) != 5 || !slices.Equal(rows[2][5:8], []string{"accepted (2 sheets)", "", "001.jpg; 002.jpg (p. 1)"}) {
		t.Errorf("got %q", rows)
	}
}

func TestFilesOfOneNameAreToldApart(t *testing.T) {
	r := newRoom(t, list)
	for i, key := range []string{"uploads/e/a/1.jpg", "uploads/e/b/1.jpg", "uploads/f/b/1.jpg", "uploads/e/b/2.jpg", "uploads/e/c/3.pdf", "uploads/e/c/3.pdf"} {
		r.sheet(exam.PlannedSheet{Key: key, Page: 1 + i/5, Status: exam.StatusFailed, Reason: exam.ReasonImageUnreadable})
	}
	r.end()
	var got []string
	for _, row := range table(t, r.zip(export.Request{})["unsettled.csv"])[1:] {
		got = append(got, row[0])
	}
	if want := []string{"e/a/1.jpg", "e/b/1.jpg", "f/b/1.jpg", "2.jpg", "3.pdf", "3.pdf (p. 2)"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// Without a roster the students are those whom people have named.
func TestWithoutARoster(t *testing.T) {
	r := newRoom(t, "")
	r.sheet(exam.PlannedSheet{Status: exam.StatusMatched, Stage: exam.StagePerson, StudentID: "1002"}, []byte("x"))
	r.sheet(exam.PlannedSheet{Status: exam.StatusNeedsReview, Reason: exam.ReasonRosterMissing}, []byte("y"))
	r.end()
	files := r.zip(export.Request{Language: "ko"})
	if got := papersOf(files); len(got) != 2 || got[0] != "1002/1002_01.jpg" || !strings.HasPrefix(got[1], "_확인필요/명단이 없음_002-") {
		t.Errorf("got %q", got)
	}
	if rows := table(t, files["students.csv"]); len(rows) != 2 || rows[0][0] != "학번" || rows[1][0] != "1002" {
		t.Errorf("got %q", rows)
	}
}

func TestNamesOfFoldersAreApart(t *testing.T) {
	r := newRoom(t, "학번,이름,상태,상태 (2)\n1001,홍길동,x,y\n1002,홍길동,x,y\nA1,kim,x,y\na1,KIM,x,y\n1005,../../x,x,y\n1006,report.xlsx,x,y\n1007,,x,y\n1008,CON,x,y\n")
	for _, id := range []string{"1001", "1002", "A1", "a1", "1005", "1006", "1007", "1008"} {
		r.accepted(id, []byte(id))
	}
	r.end()
	files := r.zip(export.Request{Language: "ko", Pattern: "{name}"})
	want := []string{
		"1007/1007_01.jpg", "KIM_a1/KIM_a1_01.jpg", "_CON/_CON_01.jpg", "_x/_x_01.jpg", "kim/kim_01.jpg", "report.xlsx_1006/report.xlsx_1006_01.jpg",
		"홍길동/홍길동_01.jpg", "홍길동_1002/홍길동_1002_01.jpg",
	}
	if got := papersOf(files); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if rows := table(t, files["students.csv"]); !slices.Equal(rows[0], []string{"학번", "이름", "상태", "상태 (2)", "상태 (3)", "확률", "파일", "폴더"}) {
		t.Errorf("got %q", rows[0])
	}
}

func TestWhatIsNotEndedIsNotExported(t *testing.T) {
	r := newRoom(t, list)
	x := export.New(export.Options{Store: r.bucket, AtOnce: 1})
	for name, tt := range map[string]struct {
		request export.Request
		want    error
	}{
		"before the end":      {export.Request{Batch: r.batch}, batch.ErrNotEnded},
		"no such batch":       {export.Request{Batch: layout.Batch{ExamCode: "x", BatchID: "y"}}, s3store.ErrNotFound},
		"a pattern of no use": {export.Request{Batch: r.batch, Pattern: "{x}"}, export.ErrPattern},
	} {
		if _, err := x.Open(t.Context(), tt.request); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	r.end()
	first, err := x.Open(t.Context(), export.Request{Batch: r.batch}) // the failures hold no place
	must(t, err)
	if first.Name("papers.zip") != "SaS_2017_Final-b-v1-papers.zip" {
		t.Errorf("called %s", first.Name("papers.zip"))
	}
	if _, err := x.Open(t.Context(), export.Request{Batch: r.batch}); !errors.Is(err, export.ErrBusy) {
		t.Errorf("while another is made: got %v", err)
	}
	first.Close()
	first.Close()
	second, err := x.Open(t.Context(), export.Request{Batch: r.batch})
	must(t, err)
	second.Close()
}

// A batch that is being decided anew is waited for, for a few seconds.
func TestABatchThatChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, list)
		r.accepted("30000001", []byte("x"))
		r.end()
		r.record(t, r.batch.Plan(2), exam.Plan{Epoch: 2})
		if _, err := export.New(export.Options{Store: r.bucket}).Open(t.Context(), export.Request{Batch: r.batch}); !errors.Is(err, export.ErrChanging) {
			t.Errorf("got %v", err)
		}
		looked := 0
		r.fail = func(key string) error {
			if key != r.batch.Report() {
				return nil
			}
			if looked++; looked == 2 {
				r.objects[r.batch.Done(2)] = nil
			}
			return nil
		}
		x, err := export.New(export.Options{Store: r.bucket}).Open(t.Context(), export.Request{Batch: r.batch})
		must(t, err)
		if x.Epoch() != 2 {
			t.Errorf("got end %d", x.Epoch())
		}
		x.Close()
	})
}

// What breaks off in the middle is no ZIP, and leaves nothing running.
func TestABrokenExportIsNoZIP(t *testing.T) {
	for name, fail := range map[string]func(stop func()) error{
		"S3 fails":          func(func()) error { return &s3store.Error{Op: "get", Kind: s3store.ErrForbidden} },
		"the client leaves": func(stop func()) error { stop(); return context.Canceled },
	} {
		ctx, stop := context.WithCancel(t.Context())
		r := newRoom(t, list)
		for i := range 20 {
			r.accepted("30000001", bytes.Repeat([]byte{byte(i)}, 10_000))
		}
		r.end()
		x := r.open(export.Request{})
		n := 0
		r.fail = func(string) error {
			if n++; n == 12 {
				return fail(stop)
			}
			return nil
		}
		var out bytes.Buffer
		if err := x.WriteZip(ctx, &out); err == nil {
			t.Errorf("%s: no error", name)
		}
		if out.Len() < 50_000 || bytes.Contains(out.Bytes(), []byte("PK\x01\x02")) || bytes.Contains(out.Bytes(), []byte("PK\x05\x06")) {
			t.Errorf("%s: %d bytes with a directory", name, out.Len())
		}
		r.fail = nil
		if got := papersOf(r.zip(export.Request{})); len(got) != 20 {
			t.Errorf("%s: the next try has %d pages", name, len(got))
		}
	}
}

// One page that will never be had keeps none of the others away; one that has just moved
// ends the try.
func TestPagesThatAreNotThere(t *testing.T) {
	r := newRoom(t, list)
	p := r.accepted("30000001", []byte("1"), []byte("2"), []byte("3"), []byte("4"))
	r.end()
	key := func(page int) string {
		return layout.OriginalKey(r.batch.ExamCode, "30000001", layout.FileName(p.Key, page, 4, p.Sheet), "jpg")
	}
	r.fail = func(got string) error {
		switch got {
		case key(2):
			return &s3store.Error{Kind: s3store.ErrTooLarge}
		case key(4):
			return &s3store.Error{Kind: s3store.ErrInvalid}
		}
		return nil
	}
	delete(r.objects, key(1))
	delete(r.objects, r.batch.Report())
	files := r.zip(export.Request{})
	if got := papersOf(files); !slices.Equal(got, []string{"30000001_가/30000001_가_03.jpg"}) {
		t.Errorf("got %q", got)
	}
	rows := table(t, files["left_out.csv"])
	if len(rows) != 5 || rows[1][0] != "report.xlsx" || !slices.Equal(rows[2], []string{"30000001_가/30000001_가", key(1), "no longer in the bucket"}) || rows[3][2] != "larger than 64 MB" || !strings.HasPrefix(rows[4][2], "archived") {
		t.Errorf("got %q", rows)
	}
	x := r.open(export.Request{})
	r.record(t, r.batch.Plan(2), exam.Plan{Epoch: 2})
	if err := x.WriteZip(t.Context(), &bytes.Buffer{}); !errors.Is(err, export.ErrChanging) {
		t.Errorf("got %v", err)
	}
}

// An object is asked for again where that may help.
func TestObjectsAreAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, list)
		r.accepted("30000001", []byte("page"))
		r.end()
		n := 0
		x := r.open(export.Request{})
		r.fail = func(string) error {
			if n++; n < 3 {
				return &s3store.Error{Kind: s3store.ErrUnavailable}
			}
			return nil
		}
		must(t, x.WriteZip(t.Context(), &bytes.Buffer{}))
		x, n = r.open(export.Request{}), -1
		r.fail = func(string) error { n++; return &s3store.Error{Kind: s3store.ErrUnavailable} }
		if err := x.WriteZip(t.Context(), &bytes.Buffer{}); !errors.Is(err, s3store.ErrUnavailable) || n != 2 {
			t.Errorf("got %v after %d tries", err, n+1)
		}
	})
}
