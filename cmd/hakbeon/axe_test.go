package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axeScript is axe-core's, which npm provides; "" where it is missing.
func axeScript(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("../../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Logf("NOT RUN: axe-core finds nothing, for it is not here: npm ci --ignore-scripts")
		return ""
	}
	return string(script)
}

// accessible has axe-core find nothing in what the window shows, in light and in dark, and
// at a magnification of 400 % nothing that has to be scrolled sideways.
func (w *window) accessible(state string) {
	w.t.Helper()
	w.views(state)
	script := axeScript(w.t)
	if script == "" {
		return
	}
	if w.eval("typeof axe") == "undefined" {
		w.eval(script + `; ""`)
	}
	for _, scheme := range []string{"dark", "light"} {
		w.scheme(scheme)
		raw := value(w, chromedp.Evaluate[string](`axe.run().then((found) => JSON.stringify(found.violations.map((v) => ({ rule: v.id, help: v.help, nodes: v.nodes.map((n) => n.html.slice(0, 200) + " " + n.failureSummary) }))))`, chromedp.EvalAwaitPromise))
		var found []struct {
			Rule, Help string
			Nodes      []string
		}
		mustDo(w.t, json.Unmarshal([]byte(raw), &found))
		for _, f := range found {
			w.t.Errorf("%s, %s: axe finds %s (%s): %q", state, scheme, f.Rule, f.Help, f.Nodes)
		}
	}
}

// scheme is what the browser's user likes: "light" or "dark".
func (w *window) scheme(name string) {
	w.t.Helper()
	w.run(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		})
		return err
	}))
	time.Sleep(50 * time.Millisecond) // until it is drawn so
}

// magnified is a window of 1280 pixels at 400 %, as WCAG 2.2 has it (1.4.10).
const magnified = 320

// views looks at the window in other widths: magnified nothing is cut off. Where
// HAKBEON_SCREENSHOTS_ALL names a folder, it takes pictures of a desk's, a tablet's and a
// phone's, in light and dark.
func (w *window) views(state string) {
	w.t.Helper()
	width, height := w.number("innerWidth"), w.number("innerHeight")
	sized := func(wide, high float64) { w.run(chromedp.EmulateViewport(int64(wide), int64(high))) }
	defer sized(width, height)
	sized(magnified, 640)
	if wide := w.number("document.documentElement.scrollWidth"); wide > magnified {
		w.t.Errorf("%s: magnified it is %v pixels wide, of %d", state, wide, magnified)
	}
	dir := os.Getenv("HAKBEON_SCREENSHOTS_ALL")
	if dir == "" {
		return
	}
	mustDo(w.t, os.MkdirAll(dir, 0o755))
	for _, size := range [][2]float64{{1440, 1040}, {1024, 768}, {390, 844}} {
		for _, scheme := range []string{"dark", "light"} {
			sized(size[0], size[1])
			w.scheme(scheme)
			name := fmt.Sprintf("%s %v %s.png", strings.ReplaceAll(state, " ", "-"), size[0], scheme)
			mustDo(w.t, os.WriteFile(filepath.Join(dir, name), value(w, chromedp.CaptureScreenshot()), 0o644))
		}
	}
}
