package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRequest: whatever a body is, and whatever it says it is, the answer is one of ours
// and none blames the worker; what is kept is kept under rosters/.
func FuzzRequest(f *testing.F) {
	paths := []string{"/upload-roster/", "/extract-student-id/", "/jobs", "/exams/a/batches/b/corrections"}
	for i, r := range []*http.Request{
		postFile(f, paths[0], "file", "r.csv", []byte("학번\n32141837\n"), "exam_code", "E"),
		postFile(f, paths[1], "image", "../a.jpg", []byte("x"), "exam_code", "E"),
		postJSON(paths[2], `{"exam_code": "E", "keys": ["a.jpg"]}`),
		postJSON(paths[3], `[{"file": "a.jpg", "page": 1e9, "student_id": "32141837"}]`),
	} {
		var body bytes.Buffer
		if _, err := body.ReadFrom(r.Body); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), r.Header.Get("Content-Type"), body.Bytes())
	}
	f.Add(uint8(0), `multipart/form-data; boundary=""`, []byte("--\r\n\r\n--"))
	f.Fuzz(func(t *testing.T, path uint8, kind string, body []byte) {
		a := newAPI()
		r := httptest.NewRequest(http.MethodPost, paths[int(path)%len(paths)], bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		got := a.do(t, r)
		if got.status >= http.StatusInternalServerError {
			t.Errorf("got %d %q", got.status, got.text)
		}
		for key := range a.store.objects {
			if !strings.HasPrefix(key, "rosters/") {
				t.Errorf("kept at %q", fmt.Sprintf("%.60s", key))
			}
		}
	})
}
