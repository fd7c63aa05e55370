package page_test

import (
	"archive/zip"
	"io"
	"net/http"
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store/layout"
)

func TestTakingItHome(t *testing.T) {
	s := serve(t, key)
	_, err := s.login(key, "/exams/e")
	must(t, err)
	ask := func(path, language string) (*http.Response, string) {
		request, err := http.NewRequest(http.MethodGet, s.url+"/review/exams/e/b/"+path, nil)
		must(t, err)
		request.Header.Set("Accept-Language", language)
		answer, err := s.client.Do(request)
		must(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		must(t, err)
		return answer, string(body)
	}
	for language, want := range map[string]string{"ko": "아직 끝나지", "en": "not ended"} {
		if answer, body := ask("papers.zip", language); answer.StatusCode != http.StatusConflict || !strings.Contains(body, want) {
			t.Errorf("before the end: got %d %s", answer.StatusCode, body)
		}
	}
	b := layout.Batch{ExamCode: "e", BatchID: "b"}
	ro, err := roster.New("1001", "1002")
	must(t, err)
	s.store.record(b.Roster(ro.Hash()), ro)
	original := "original/e/1001/a.jpg"
	r := exam.Result{Version: 1}
	r.Meta.S3Keys.Original = &original
	s.store.record(b.Result("0123456789abcdef"), exam.Sheet{Result: r})
	s.store.put(original, picture(t))
	s.store.record(b.Plan(1), exam.Plan{Epoch: 1, Roster: ro.Hash(), Sheets: []exam.PlannedSheet{{Sheet: "0123456789abcdef", Key: "up/a.jpg", Version: 1, Status: exam.StatusMatched, StudentID: "1001"}}})
	s.store.put(b.Report(), []byte("xlsx"))
	s.store.put(b.Done(1), nil)
	for path, want := range map[string]string{
		"papers.zip": "1001/1001_01.jpg", "papers.zip?pdf=true": "1001.pdf", "papers.zip?pattern=No-{student_id}": "No-1001/No-1001_01.jpg",
	} {
		answer, body := ask(path, "ko")
		z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
		file := "e-b-v1-papers.zip"
		if strings.Contains(path, "pdf=true") {
			file = "e-b-v1-papers-pdf.zip"
		}
		if err != nil || answer.Header.Get("Content-Disposition") != `attachment; filename="`+file+`"` {
			t.Errorf("%s: got %d %v, %v", path, answer.StatusCode, answer.Header, err)
			continue
		}
		if last := z.File[len(z.File)-1].Name; len(z.File) != 3 || last != want {
			t.Errorf("%s: got %d files and %s", path, len(z.File), last)
		}
	}
	for language, want := range map[string]string{"ko": "\ufeff학번,이름,학과,상태,확률,파일,폴더\r\n1001,,,확정,0.0000,a.jpg,1001\r\n1002,,,답안 없음,", "en": "\ufeffStudent ID,"} {
		if answer, body := ask("students.csv", language); answer.StatusCode != http.StatusOK || !strings.HasPrefix(body, want) {
			t.Errorf("%s: got %d %q", language, answer.StatusCode, body)
		}
	}
	for path, want := range map[string]int{"papers.zip?pattern=x": http.StatusUnprocessableEntity, "papers.zip?pattern={x}": http.StatusUnprocessableEntity} {
		if answer, body := ask(path, "ko"); answer.StatusCode != want {
			t.Errorf("%s: got %d %s", path, answer.StatusCode, body)
		}
	}
	if status, _ := s.get("/review/exams/e/nothing/papers.zip"); status != http.StatusNotFound {
		t.Errorf("of no batch: got %d", status)
	}
}
