package main_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/chromedp/chromedp"

	"hakbeon/s3store/layout"
)

// largeScan is a file of four parts, the last one shorter.
func largeScan(t *testing.T) (name string, body []byte) {
	t.Helper()
	body = make([]byte, 3<<23+12345)
	_, _ = rand.Read(body) // it never fails
	name = filepath.Join(t.TempDir(), "scan 1.bmp")
	mustDo(t, os.WriteFile(name, body, 0o600))
	return name, body
}

// bring has the window send a file of an exam.
func (w *window) bring(code, file string) {
	w.t.Helper()
	w.run(chromedp.Navigate(w.address+"/exams?exam="+code), chromedp.WaitVisible("#drop"), chromedp.SetUploadFiles("#files", []string{file}), chromedp.WaitVisible("#form"))
	w.click("#begin")
}

// cameWhole compares what lies in the bucket with what was sent.
func (w *window) cameWhole(env, code string, body []byte) {
	w.t.Helper()
	w.until("the exam's page", func() bool { return strings.Contains(w.eval("location.search"), "batch=") })
	batch := layout.Batch{ExamCode: code, BatchID: w.eval(`new URLSearchParams(location.search).get("batch")`)}
	got, err := storeOf(w.t, env).Get(w.t.Context(), batch.ScansOf()+"scan 1.bmp", 1<<30)
	if err != nil || !bytes.Equal(got.Body, body) {
		w.t.Errorf("%d of %d bytes have come, or others: %v", len(got.Body), len(body), err)
	}
}

// TestLargeFileGoesOn: the line breaks in the third part of a large file, the page is
// loaded again, and the same file dropped: it goes on with the third part. What the bucket
// has forgotten meanwhile is sent anew.
func TestLargeFileGoesOn(t *testing.T) {
	t.Parallel()
	chrome := findChrome(t)
	for name, tt := range map[string]struct {
		forgotten bool
		parts     int64 // that are begun after the break
	}{
		"as it was": {parts: 2}, "forgotten": {forgotten: true, parts: 1 + 4},
	} {
		t.Run(name, func(t *testing.T) {
			env := local(t)
			between, address := cableTo(t, httpOf(t, start(t, "web", "--env-file", env)))
			between.breaks = 3
			scan, body := largeScan(t)
			w := newBrowser(t, chrome, address).window("ko-KR")
			w.bring("Large_2045", scan)
			w.until("the broken line told", func() bool { return strings.Contains(w.text("#trouble"), "연결이 끊겼습니다") })
			w.click("#stop") // or the browser asks before it leaves the page
			w.run(chromedp.WaitVisible("#form"))
			if tt.forgotten {
				forgetParts(t, env)
			}
			before := between.parts.Load() // the page may have tried the third one again
			between.broken.Store(false)
			w.bring("Large_2045", scan)
			w.cameWhole(env, "Large_2045", body)
			// A bucket that has forgotten says so while the part is still being sent: that may
			// look like a broken line, after which the page tries once more.
			if got := between.parts.Load() - before; got < tt.parts || got > tt.parts && !tt.forgotten {
				t.Errorf("%d parts were begun after the break, want %d", got, tt.parts)
			}
		})
	}
}

// forgetParts does what a lifecycle rule does to uploads that have not ended.
func forgetParts(t *testing.T, env string) {
	t.Helper()
	client, bucket := s3Of(t, env)
	out, err := client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &bucket})
	mustDo(t, err)
	if len(out.Uploads) != 1 {
		t.Fatalf("there are %d uploads", len(out.Uploads))
	}
	_, err = client.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: &bucket, Key: out.Uploads[0].Key, UploadId: out.Uploads[0].UploadId})
	mustDo(t, err)
}

// TestLargeFileGoesStraight: a bucket that gives the page leave, and lets it see its tags,
// takes the parts by itself; any other gets them by way of the server.
func TestLargeFileGoesStraight(t *testing.T) {
	t.Parallel()
	chrome := findChrome(t)
	scan, body := largeScan(t)
	for name, allowed := range map[string]bool{"allowed": true, "not allowed": false} {
		t.Run(name, func(t *testing.T) {
			env := local(t)
			appendTo(t, env, "UPLOADS_DIRECT=true\n")
			between, address := cableTo(t, httpOf(t, start(t, "web", "--env-file", env)))
			if allowed {
				letPagesPut(t, env, address)
			}
			w := newBrowser(t, chrome, address).window("ko-KR")
			w.bring("Large_2046", scan)
			w.cameWhole(env, "Large_2046", body)
			if through := between.parts.Load(); (through == 0) != allowed {
				t.Errorf("%d parts went through the server", through)
			}
		})
	}
}
