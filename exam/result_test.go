package exam_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

func result(student string) exam.Result {
	b := layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "2017-12-18-a"}
	sheet := "9f86d081884c7d65"
	name := layout.FileName("uploads/SaS_2017_Final/001.jpg", 1, 1, sheet)
	original, header := layout.OriginalKey(b.ExamCode, student, name, "jpg"), layout.HeaderKey(b.ExamCode, student, name)
	r := exam.Result{
		ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: sheet, SheetKey: "uploads/SaS_2017_Final/001.jpg", Page: 1, Filename: "001.jpg",
		Version: 1, UpdatedAt: time.Date(2017, 12, 18, 9, 0, 0, 0, time.UTC), Status: exam.StatusNeedsReview,
		Confidence: 0.75, Candidates: []exam.Candidate{{StudentID: "32141837", Confidence: 0.75}, {StudentID: "32141838", Confidence: 0.25}},
		Meta: exam.Meta{
			Stage: exam.StageMatch, Reason: exam.ReasonAmbiguous, OCRText: "3214183", OCRConf: 0.97, Pages: 1,
			Digits:     []exam.Digit{{Read: "3", Conf: 1}, {Read: "7", Conf: 0.6, Doubtful: true, Others: []exam.OtherDigit{{Read: "1", Conf: 0.39}}}},
			S3Uploaded: true, S3Bucket: "mlpa-gradi", S3Keys: exam.Keys{Original: &original, Header: &header, Result: b.Result(sheet)},
			Model: "m-1", Roster: "0123456789abcdef", TimingsMS: map[string]float64{"read": 12.5},
		},
	}
	if student != "" {
		r.Success, r.Status, r.StudentID, r.Confidence = true, exam.StatusMatched, &student, 0.9998
		r.Candidates = []exam.Candidate{{StudentID: student, Confidence: 0.9998}}
		r.Meta.Reason, r.Meta.OCRText = exam.ReasonSuccess, student
	}
	return r
}

// Existing backends read these names at these places.
func TestResultJSON(t *testing.T) {
	for name, r := range map[string]exam.Result{"matched": result("32141837"), "review": result("")} {
		t.Run(name, func(t *testing.T) {
			got, err := json.MarshalIndent(r, "", "  ")
			must(t, err)
			want, err := os.ReadFile(filepath.Join("testdata", name+".json"))
			must(t, err)
			if strings.TrimSpace(string(want)) != string(got) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// The largest result there can be is a webhook under 20 kB.
func TestResultSize(t *testing.T) {
	b := layout.Batch{ExamCode: strings.Repeat("E", 64), BatchID: strings.Repeat("B", 64)}
	student := strings.Repeat("9", 32)
	r := result(student)
	r.ExamCode, r.BatchID = b.ExamCode, b.BatchID
	r.SheetKey = "a/" + strings.Repeat("<", jobs.MaxKeyBytes-2)
	r.Filename = r.SheetKey[2:]
	long := "a/" + strings.Repeat("답", 300)
	for range 5 {
		r.Candidates = append(r.Candidates[:min(len(r.Candidates), 4)], exam.Candidate{StudentID: student, Confidence: 0.12345678901234567})
	}
	original := layout.OriginalKey(b.ExamCode, student, layout.FileName(long, 2000, 2000, r.Sheet), "jpg")
	r.Meta.S3Keys = exam.Keys{Original: &original, Header: &original, Result: b.Result(r.Sheet)}
	for range jobs.MaxPagesPerSheet - 1 {
		r.Meta.S3Keys.Others = append(r.Meta.S3Keys.Others, original)
	}
	r.Meta.OCRText = strings.Repeat("8", 64)
	body, err := s3store.Encode(r)
	must(t, err)
	if len(body) >= 20_000 {
		t.Errorf("got %d bytes", len(body))
	}
}

func TestVersions(t *testing.T) {
	record := &exam.Sheet{}
	students := []string{"", "1001", "1002", "1002", "1001"}
	for _, student := range students {
		record = record.Next(result(student))
	}
	if record.Version != 5 || len(record.Earlier) != 4 || record.Student() != "1001" {
		t.Fatalf("got version %d of %q, %d earlier", record.Version, record.Student(), len(record.Earlier))
	}
	for i, student := range students {
		if at := record.At(i + 1); at == nil || at.Version != i+1 || at.Student() != student {
			t.Errorf("version %d: got %+v, want %q", i+1, at, student)
		}
	}
	if record.At(0) != nil || record.At(6) != nil {
		t.Error("versions that are not there were found")
	}
	dirs := func(keys []string) (all []string) {
		for _, key := range keys {
			all = append(all, strings.Split(key, "/")[2])
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	if got := dirs(record.Copies()); !slices.Equal(got, []string{"1001"}) {
		t.Errorf("current copies lie under %v", got)
	}
	if got := dirs(record.Outdated()); !slices.Equal(got, []string{"1002", "unknown_id"}) || len(record.Outdated()) != 4 {
		t.Errorf("old copies lie under %v: %v", got, record.Outdated())
	}
	for _, key := range slices.Concat(record.Copies(), record.Outdated()) {
		if !record.Named(key) {
			t.Errorf("%s is not named", key)
		}
	}
	if record.Named("original/SaS_2017_Final/1003/x.jpg") {
		t.Error("a stranger's copy is named")
	}
}

func TestHistoryIsBounded(t *testing.T) {
	record := &exam.Sheet{}
	for range 200 {
		record = record.Next(result("1001"))
	}
	if record.Version != 200 || len(record.Earlier) != 50 || record.Earlier[0].Version != 199 {
		t.Errorf("got version %d with %d earlier ones, the first %d", record.Version, len(record.Earlier), record.Earlier[0].Version)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
