package main_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// looksClosely looks at the page of the sheet that is asked about: by key, by wheel and
// by two fingers. Nothing of it is an answer.
func (w *window) looksClosely() {
	w.t.Helper()
	w.front()
	w.run(chromedp.WaitVisible(".paper .sheet img"))
	w.until("the whole page, in its place", func() bool {
		return w.number(`document.querySelector(".sheet img").naturalWidth`) > 800 && w.lens() != ""
	})
	file, whole := w.text("#sheet-name"), w.lens()
	changes := func(how string, larger bool, act func()) {
		w.t.Helper()
		before := w.lens()
		act()
		if after := w.lens(); after == before || larger && scaleOf(after) <= scaleOf(before) {
			w.t.Errorf("%s: the page lay at %s and lies at %s", how, before, after)
		}
	}
	changes("+", true, func() { w.key("+") })
	changes("an arrow", false, func() { w.key(kb.ArrowDown) })
	changes("-", false, func() { w.key("-") })
	changes("the wheel", true, func() {
		w.at(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, DeltaX: 1, DeltaY: -200})
	})
	changes("the mouse", false, func() {
		w.at(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMousePressed, Button: input.MouseButtonLeft})
		w.at(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, Button: input.MouseButtonLeft, X: 40, Y: 60})
		w.at(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseReleased, Button: input.MouseButtonLeft, X: 40, Y: 60})
	})
	changes("two fingers", true, func() {
		w.touch("touchStart", 20)
		w.touch("touchMove", 60)
		w.touch("touchEnd", 0)
	})
	w.until("the scan itself", func() bool { return w.eval(`"" + document.querySelectorAll(".sheet img.full").length`) == "1" })
	w.key("z")
	if at := w.lens(); at != whole {
		w.t.Errorf("z: the page lies at %s, lay at %s", at, whole)
	}
	for range 4 {
		changes("r", false, func() { w.key("r") })
	}
	if at := w.lens(); at != whole || w.text("#sheet-name") != file {
		w.t.Errorf("turned four times, the page of %s lies at %s", w.text("#sheet-name"), at)
	}
}

// lens is where the page lies.
func (w *window) lens() string {
	w.t.Helper()
	return w.eval(`document.querySelector(".sheet").style.transform.replace("rotate(360deg)", "rotate(0deg)")`)
}

func scaleOf(lens string) float64 {
	_, rest, _ := strings.Cut(lens, "scale(")
	number, _, _ := strings.Cut(rest, ")")
	scale, _ := strconv.ParseFloat(number, 64)
	return scale
}

func (w *window) number(script string) float64 {
	w.t.Helper()
	return value(w, chromedp.Evaluate[float64](script))
}

// middle is that of the page's window, in the browser's pixels.
func (w *window) middle() (x, y float64) {
	const side = `(() => { const b = document.querySelector("#window").getBoundingClientRect(); return b.%s + b.%s / 2; })()`
	return w.number(fmt.Sprintf(side, "left", "width")), w.number(fmt.Sprintf(side, "top", "height"))
}

// at has the mouse do something, so far from the middle of the page's window.
func (w *window) at(p input.DispatchMouseEventParams) {
	w.t.Helper()
	x, y := w.middle()
	p.X, p.Y = p.X+x, p.Y+y
	w.run(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.DispatchMouseEvent, p)
		return err
	}))
}

// touch has two fingers, so far from the middle each, on the page's window.
func (w *window) touch(what input.DispatchTouchEventType, apart float64) {
	w.t.Helper()
	x, y := w.middle()
	fingers := []*input.TouchPoint{}
	if apart > 0 {
		one, two := 1.0, 2.0
		fingers = []*input.TouchPoint{{X: x - apart, Y: y, ID: &one}, {X: x + apart, Y: y, ID: &two}}
	}
	w.run(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: what, TouchPoints: fingers})
		return err
	}))
}

// turnsTabs goes through the tabs by their arrows.
func (w *window) turnsTabs() {
	w.t.Helper()
	w.run(chromedp.Evaluate[chromedp.Void](`document.querySelector("#tab-review").focus()`))
	for _, step := range []struct{ key, want string }{{kb.ArrowRight, "tab-sure"}, {kb.End, "tab-all"}, {kb.ArrowRight, "tab-review"}, {kb.ArrowLeft, "tab-all"}, {kb.Home, "tab-review"}} {
		w.key(step.key)
		if got := w.eval(`document.activeElement.id`); got != step.want || w.eval(`document.querySelector("[aria-selected=true]").id`) != step.want {
			w.t.Errorf("the arrows lead to %s, want %s", got, step.want)
		}
	}
}
