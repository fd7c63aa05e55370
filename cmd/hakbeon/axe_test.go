package main_test

import (
	"context"
	"encoding/json"
	"os"
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

// accessible has axe-core find nothing in what the window shows, in light and in dark.
func (w *window) accessible(state string) {
	w.t.Helper()
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
