package download_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"hakbeon/web/download"
)

// A file that is made while it is sent.
func ExampleSend() {
	handler := func(w http.ResponseWriter, r *http.Request) {
		err := download.Send(w, r, download.File{
			Name: "students.csv", Type: "text/csv",
			Write: func(_ context.Context, w io.Writer) error {
				_, err := io.WriteString(w, "학번,이름\r\n")
				return err
			},
		}, func(err error) { fmt.Println("broke off:", err) })
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
		}
	}
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequest(http.MethodGet, "/students.csv", nil))
	fmt.Println(w.Header().Get("Content-Disposition"))
	// Output: attachment; filename="students.csv"
}
