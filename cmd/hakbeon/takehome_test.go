package main_test

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// takesItHome opens the menu of what is taken home by keys, on a phone's width, and gets
// what it leads to.
func (w *window) takesItHome(exam string) {
	w.t.Helper()
	w.front()
	tab := w.text("#tab-review")
	w.run(chromedp.Focus("#take summary"))
	w.key(kb.Enter)
	w.run(chromedp.WaitVisible("#takes a[href]"))
	if wide := value(w, chromedp.Evaluate[float64]("document.documentElement.scrollWidth")); wide > 360 {
		w.t.Errorf("with the menu the page is %v wide", wide)
	}
	w.shot("take")
	w.accessible("the menu")
	w.key(kb.Tab)
	for _, link := range []string{"papers.zip", "papers.zip?pdf=true", "students.csv"} {
		if at := w.eval("document.activeElement.getAttribute('href')"); !strings.HasSuffix(at, "/"+link) {
			w.t.Errorf("the focus is on %q, want %s", at, link)
		}
		file, options, _ := strings.Cut(link, "?")
		if options == "pdf=true" {
			file = "papers-pdf.zip"
		}
		got := w.eval(`(() => {
			const x = new XMLHttpRequest();
			x.open("GET", document.activeElement.href, false);
			x.send();
			return x.status + " " + x.getResponseHeader("Content-Disposition");
		})()`)
		if !strings.HasPrefix(got, "200 ") || !strings.Contains(got, exam) || !strings.Contains(got, file) {
			w.t.Errorf("%s: got %s", link, got)
		}
		w.key(kb.Tab)
	}
	w.run(chromedp.Focus("#takes a"))
	w.key(kb.Escape)
	if open := w.eval(`String(document.querySelector("#take").open) + document.activeElement.tagName`); open != "falseSUMMARY" {
		w.t.Errorf("after Escape: %s", open)
	}
	w.run(chromedp.Evaluate[chromedp.Void]("document.activeElement.blur()"))
	if got := w.text("#tab-review"); got != tab {
		w.t.Errorf("the keys in the menu answered for a sheet: %q, then %q", tab, got)
	}
}
