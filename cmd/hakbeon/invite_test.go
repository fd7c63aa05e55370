package main_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"hakbeon/exam"
	"hakbeon/lab/synth"
	"hakbeon/s3store/layout"
)

// TestInvitedGrader is a grader who comes in by a link: they settle a sheet by their name,
// lose their session while they answer, and go on with the same link; then the invitation
// is revoked, and the page says that it is over.
func TestInvitedGrader(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	chrome := findChrome(t)
	drawn, sheets, roster := drawExam(t, 2038, synth.ExamSpec{Code: "Kim_2038", Roster: 8, Absent: 2, Strangers: 3})
	env := local(t)
	appendTo(t, env, "API_KEY="+reviewKey+"\nSESSION_SECRET="+strings.Repeat("only for a test ", 3)+"\n")
	address := httpOf(t, start(t, "worker", "--env-file", env))
	if _, code := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--batch-id", "b", "--wait").end(t, browserPatience); code != 0 {
		t.Fatalf("submit ended with %d", code)
	}
	invite := start(t, "invite", "--name", "김조교", "--exams", drawn.Code, "--until", time.Now().AddDate(0, 1, 0).Format(time.DateOnly), "--url", address, "--env-file", env)
	out, code := invite.end(t, time.Minute)
	link := strings.TrimSpace(out)
	id := regexp.MustCompile(`revoke ([a-z2-7]{16})`).FindStringSubmatch(invite.stderr.String())
	if code != 0 || !strings.HasPrefix(link, address+"/review/invite/1.") || id == nil {
		t.Fatalf("invite ended with %d\n%s%s", code, out, invite.stderr.String())
	}

	w := newBrowser(t, chrome, address).window("ko-KR")
	w.run(chromedp.Navigate(address+"/exams"), chromedp.WaitVisible("main p"))
	if w.text("#key") != "" || strings.Contains(w.text("main"), "API 키") {
		t.Error("an API key is asked for")
	}
	w.accessible("the login without a key")
	w.run(chromedp.Navigate(link), chromedp.WaitVisible("form button"))
	w.accessible("an invitation")
	w.click("form button")
	w.run(chromedp.WaitVisible("#exams li"))
	if w.text(".who") != "김조교" {
		t.Errorf("the page calls them %q", w.text(".who"))
	}
	w.run(chromedp.Navigate(address+"/exams/Other_2038"), chromedp.WaitVisible("[role=alert]"))
	w.accessible("an exam of others")
	examPage := address + "/exams/" + drawn.Code
	w.run(chromedp.Navigate(examPage), chromedp.WaitVisible(".review img"))
	w.front()
	first := w.answersX()
	second := w.text("#sheet-name")
	w.run(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
	w.answersX()
	w.run(chromedp.WaitVisible("#sign-in"))
	w.accessible("the end of a session")
	w.run(chromedp.Navigate(link), chromedp.WaitVisible("form button"))
	w.click("form button")
	w.run(chromedp.WaitVisible("#exams li"), chromedp.Navigate(examPage), chromedp.WaitVisible(".review img"))
	spoken := func(file string) string {
		var sum exam.Summary
		_, err := storeOf(t, env).Load(t.Context(), layout.Batch{ExamCode: drawn.Code, BatchID: "b"}.Summary(), &sum)
		mustDo(t, err)
		for _, line := range sum.Sheets {
			if filepath.Base(line.SheetKey) == file {
				var s exam.Sheet
				_, err := storeOf(t, env).Load(t.Context(), line.Result, &s)
				mustDo(t, err)
				return s.Meta.Reason + " by " + s.Meta.By
			}
		}
		return ""
	}
	for _, file := range []string{first, second} {
		await(t, time.Minute, "the verdict on "+file, func() bool { return spoken(file) == exam.ReasonCorrected+" by 김조교" })
	}
	w.click("#tab-failed")
	w.until("whose word it is", func() bool { return strings.Contains(w.text("#main"), "김조교") })

	list, code := start(t, "invite", "list", "--json", "--env-file", env).end(t, time.Minute)
	var listed struct{ State string }
	if err := json.Unmarshal([]byte(list), &listed); code != 0 || err != nil || listed.State != "open" {
		t.Errorf("list ended with %d, %v: %s", code, err, list)
	}
	if _, code := start(t, "invite", "revoke", id[1], "--env-file", env).end(t, time.Minute); code != 0 {
		t.Fatalf("revoke ended with %d", code)
	}
	w.run(chromedp.WaitVisible("#sign-in")) // within a minute, by the stream
	if got := w.text("#problem"); !strings.Contains(got, "로그인이 끝났습니다") {
		t.Errorf("the page says %q", got)
	}
	w.run(chromedp.Navigate(link), chromedp.WaitVisible("[role=alert]"))
	if !strings.Contains(w.text("main"), "초대가 끝났습니다") {
		t.Errorf("the link says %q", w.text("main"))
	}
	if list, _ := start(t, "invite", "list", "--env-file", env).end(t, time.Minute); !strings.Contains(list, "revoked") || strings.Contains(list, link) {
		t.Errorf("the list: %s", list)
	}
}

// TestManagersPage is a manager who invites a grader without a command line.
func TestManagersPage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	chrome := findChrome(t)
	env := local(t)
	appendTo(t, env, "API_KEY="+reviewKey+"\nSESSION_SECRET="+strings.Repeat("only for a test ", 3)+"\n")
	address := httpOf(t, start(t, "web", "--env-file", env))
	out, code := start(t, "invite", "--name", "이교수", "--role", "manager", "--until", time.Now().AddDate(0, 1, 0).Format(time.DateOnly), "--url", address, "--env-file", env).end(t, time.Minute)
	if code != 0 {
		t.Fatalf("invite ended with %d", code)
	}
	w := newBrowser(t, chrome, address).window("ko-KR")
	w.run(chromedp.Navigate(strings.TrimSpace(out)), chromedp.WaitVisible("form button"))
	w.click("form button")
	w.run(chromedp.WaitVisible(`a[href="people"]`))
	w.click(`a[href="people"]`)
	w.run(chromedp.WaitVisible("#name"), chromedp.SendKeys("#name", "김조교"), chromedp.SendKeys("#exams", "Kim_2038"))
	w.shot("people")
	w.click("#form .main")
	w.run(chromedp.WaitVisible("#link"))
	w.accessible("a link that was made")
	if link := w.eval(`document.getElementById("link").value`); !strings.HasPrefix(link, address+"/review/invite/1.") {
		t.Errorf("the link is %q", link)
	}
	if list, _ := start(t, "invite", "list", "--env-file", env).end(t, time.Minute); !strings.Contains(list, "김조교") || !strings.Contains(list, "이교수") {
		t.Errorf("the list: %s", list)
	}
	w.run(chromedp.Evaluate[chromedp.Void](`document.querySelector('form[action$="/revoke"] button').click()`))
	w.until("the end of an invitation", func() bool { return strings.Contains(w.text("table"), "취소함") })
	w.asksNobodyElse()
}

// answersX says of the sheet that stands there that it is unreadable.
func (w *window) answersX() (file string) {
	w.t.Helper()
	file = w.text("#sheet-name")
	time.Sleep(haste)
	w.key("x")
	w.until("the next sheet", func() bool { return w.text("#sheet-name") != file })
	time.Sleep(haste) // until it is sent
	return file
}
