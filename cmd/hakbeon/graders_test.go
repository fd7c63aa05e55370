package main_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hakbeon/lab/synth"
)

// TestTwoGraders has two people at one exam: they get different sheets, see what the other
// says, skip and go back, and learn when their word was changed.
func TestTwoGraders(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	chrome := findChrome(t)
	drawn, sheets, roster := drawExam(t, 2037, synth.ExamSpec{Code: "Two_2037", Roster: 12, Absent: 3, Strangers: 4, Blanks: 1})
	env := local(t)
	appendTo(t, env, "API_KEY="+reviewKey+"\nHTTP_PATH_PREFIX=/of/a/proxy\n")
	host := httpOf(t, start(t, "worker", "--env-file", env))
	address := host + "/of/a/proxy"
	if _, code := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--wait").end(t, browserPatience); code != 0 {
		t.Fatalf("submit ended with %d", code)
	}
	// Two browsers: a tab behind another one shows nobody anything.
	grader := func() *window {
		w := newBrowser(t, chrome, host).window("ko-KR")
		w.run(chromedp.Navigate(address+"/exams/"+drawn.Code), chromedp.WaitVisible("#key"), chromedp.SendKeys("#key", reviewKey+kb.Enter), chromedp.WaitVisible(".review img"))
		w.front()
		return w
	}
	kim := grader()
	first := kim.text("#sheet-name")
	time.Sleep(2 * time.Second) // lee comes to an exam that kim is at
	lee := grader()
	second := lee.text("#sheet-name")
	if first == second {
		t.Errorf("both were given %s", first)
	}

	time.Sleep(haste)
	lee.key("n")
	third := lee.text("#sheet-name")
	if third == second || third == first {
		t.Errorf("after %s was put off, %s came", second, third)
	}
	lee.key("b")
	if back := lee.text("#sheet-name"); back != second {
		t.Errorf("back leads to %s, not %s", back, second)
	}
	lee.shot("grader")
	lee.accessible("a sheet beside another grader")

	time.Sleep(haste)
	lee.key("x")
	kim.until("the other's verdict", func() bool { return strings.HasSuffix(kim.text("#tab-failed"), " 1") })
	kim.click("#tab-failed")
	kim.click(".tile")
	kim.until("the sheet", func() bool { return kim.text("#sheet-name") == second })
	time.Sleep(haste)
	kim.key("0")
	lee.until("the word that was changed", func() bool {
		return strings.Contains(lee.text("#problem"), second) && strings.Contains(lee.text("#problem"), "명단에 없음")
	})
	lee.accessible("a verdict overruled")

	// Under a prefix every way leads back under it.
	lee.click(".back")
	lee.run(chromedp.WaitVisible(".exams li"))
	if at := lee.eval("location.pathname"); at != "/of/a/proxy/exams" {
		t.Errorf("the way back leads to %s", at)
	}
	lee.run(chromedp.Navigate(address), chromedp.WaitVisible(".exams li"))
	lee.asksNobodyElse()
}
