package main_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/chromedp/chromedp"

	"hakbeon/exam"
	"hakbeon/lab/synth"
	"hakbeon/s3store/layout"
)

// TestScansGoStraightToTheBucket: with UPLOADS_DIRECT the browser puts scans into the
// bucket by itself. A bucket that gives pages no leave gets them by way of the server.
func TestScansGoStraightToTheBucket(t *testing.T) {
	t.Parallel()
	chrome := findChrome(t)
	drawn, sheets, roster := drawExam(t, 2042, synth.ExamSpec{Code: "Direct_2042", Roster: 4, Sheets: 4})
	for name, allowed := range map[string]bool{"allowed": true, "not allowed": false} {
		t.Run(name, func(t *testing.T) {
			env := local(t)
			appendTo(t, env, "UPLOADS_DIRECT=true\n")
			between, address := cableTo(t, httpOf(t, start(t, "worker", "--env-file", env)))
			if allowed {
				letPagesPut(t, env, address)
			}
			w := newBrowser(t, chrome, address).window("ko-KR")
			files, err := filepath.Glob(filepath.Join(sheets, "*"))
			mustDo(t, err)
			w.run(chromedp.Navigate(address+"/"), chromedp.WaitVisible("#drop"), chromedp.SetUploadFiles("#files", append(files, roster)), chromedp.WaitVisible("#form .roster"))
			w.eval(`document.getElementById("code").value = ""`)
			w.run(chromedp.SendKeys("#code", drawn.Code))
			w.click("#begin")
			w.run(chromedp.WaitVisible("#progress"))
			w.until("the exam's end", func() bool {
				return strings.Contains(w.text("#progress-text"), fmt.Sprintf("답안 %d장", len(drawn.Sheets)))
			})
			var sum exam.Summary
			batch := layout.Batch{ExamCode: drawn.Code, BatchID: w.eval(`new URLSearchParams(location.search).get("batch")`)}
			_, err = storeOf(t, env).Load(t.Context(), batch.Summary(), &sum)
			mustDo(t, err)
			if sum.Total != len(drawn.Sheets) || sum.Matched == 0 || sum.Failed > 0 {
				t.Errorf("got %+v", sum)
			}
			if through := between.scans.Load() > 0; through == allowed {
				t.Errorf("%d scans went through the server", between.scans.Load())
			}
		})
	}
}

// letPagesPut has the bucket let pages of an origin put files into it, as operations.md has
// it.
func letPagesPut(t *testing.T, env, origin string) {
	t.Helper()
	client, bucket := s3Of(t, env)
	_, err := client.PutBucketCors(t.Context(), &s3.PutBucketCorsInput{Bucket: &bucket, CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{{
		AllowedMethods: []string{"PUT"}, AllowedOrigins: []string{origin}, AllowedHeaders: []string{"content-type"},
		ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: aws.Int32(3600),
	}}}})
	mustDo(t, err)
}
