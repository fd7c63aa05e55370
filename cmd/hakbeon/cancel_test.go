package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hakbeon/exam"
	"hakbeon/lab/synth"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// TestCancelsABatch: a batch of which most never comes is ended on its page, another by
// command, and an open one is closed.
func TestCancelsABatch(t *testing.T) {
	t.Parallel()
	chrome := findChrome(t)
	drawn, sheets, roster := drawExam(t, 2041, synth.ExamSpec{Code: "Halt_2041", Roster: 3, Sheets: 2})
	env := local(t)
	appendTo(t, env, "API_KEY="+reviewKey+"\n")
	store := storeOf(t, env)
	put := func(key, file string) string {
		body, err := os.ReadFile(file) //nolint:gosec // the test's own
		mustDo(t, err)
		mustDo(t, store.Put(t.Context(), key, body, s3store.TypeBinary))
		return key
	}
	put("rosters/"+drawn.Code+".xlsx", roster)
	key := put("uploads/"+drawn.Code+"/1.jpg", filepath.Join(sheets, drawn.Sheets[0].File))
	address := httpOf(t, start(t, "worker", "--env-file", env))
	send := func(batch, more string) {
		sendJob(t, env, fmt.Sprintf(`{"exam_code":%q,"batch_id":%q,"keys":[%q],%s}`, drawn.Code, batch, key, more))
	}
	summary := func(batch string) (sum exam.Summary) {
		_, _ = store.Load(t.Context(), layout.Batch{ExamCode: drawn.Code, BatchID: batch}.Summary(), &sum)
		return sum
	}

	send("page", `"batch_total":99`)
	w := newBrowser(t, chrome, address).window("ko-KR")
	w.run(chromedp.Navigate(address+"/exams/"+drawn.Code), chromedp.WaitVisible("#key"), chromedp.SendKeys("#key", reviewKey+kb.Enter), chromedp.WaitVisible("#halt"))
	w.until("the one sheet that came", func() bool { return strings.Contains(w.text("#progress-text"), "99장 중 1장 읽음") })
	w.shot("running")
	w.click("#halt")
	w.run(chromedp.WaitVisible("#halt-dialog"))
	w.shot("halt")
	w.accessible("a batch to cancel")
	w.click("#halt-do")
	w.until("the batch's end", func() bool { return strings.Contains(w.text("#problem"), "취소된 배치") })
	w.run(chromedp.WaitNotVisible("#halt"))
	w.asksNobodyElse()
	if sum := summary("page"); sum.Total != 1 || !sum.Incomplete || sum.Cancelled == nil {
		t.Errorf("got %+v", sum)
	}

	say := func(args ...string) {
		t.Helper()
		if out, code := start(t, append(args, "--env-file", env)...).end(t, time.Minute); code != 0 || !strings.Contains(out, "on the queue") {
			t.Errorf("%v ended with %d: %s", args, code, out)
		}
	}
	for batch, more := range map[string]string{"command": `"batch_total":99`, "open": `"open":true`} {
		send(batch, more)
		await(t, time.Minute, "the batch", func() bool {
			_, err := store.Head(t.Context(), layout.Batch{ExamCode: drawn.Code, BatchID: batch}.Job())
			return err == nil
		})
	}
	say("cancel", drawn.Code, "command", "--by", "박조교")
	say("close", drawn.Code, "open")
	await(t, time.Minute, "both ends", func() bool { return summary("command").Version > 0 && summary("open").Version > 0 })
	if who := summary("command").Cancelled; who == nil || who.By != "박조교" {
		t.Errorf("cancelled by %+v", who)
	}
	if sum := summary("open"); sum.Matched != 1 || sum.Cancelled != nil {
		t.Errorf("closed: %+v", sum)
	}
	if _, code := start(t, "cancel", drawn.Code, "none", "--env-file", env).end(t, time.Minute); code != 1 {
		t.Errorf("a batch that is not there: ended with %d", code)
	}
}
