// Command bench measures how well and how fast answer sheets are read, on sheets
// that it draws, and prints Markdown tables:
//
//   - accuracy: exams of several collections, one drawn as the line model's training
//     never is and one by real hands, with strangers, duplicates and blank sheets;
//   - checks: real pages and strips, where they are;
//   - robustness: the same pages turned, scaled, compressed, on other paper;
//   - stages: CPU time and memory of reading whole pages, and kinds of pages;
//   - worker: a worker process from submit to the batch's end;
//   - papers: files of papers of several pages, with a scanner's mishaps;
//   - peers: other readers on the same pictures;
//   - names: what the name beside the number brings;
//   - fit: the parameters of deciding with the least log loss.
//
// Drawings and readings are kept in -dir, so a second run with the same model only
// decides again, as -params says.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"

	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
)

// options say what to measure.
type options struct {
	only   string // parts, separated by commas
	sets   string // collections, separated by commas
	from   int    // first exam of each collection
	exams  int    // exam of each collection before which it ends
	hands  int    // the same of collections of real hands
	stroke string // folder with lists of real pen strokes
	files  int    // whole pages, for stages and worker
	robust int    // whole pages for robustness
	shared string // folder with real scans
	peers  int    // sheets for the peers
	papers int    // exam of papers of several pages before which they end
	fonts  string // of names: test or calibration
	dir    string // what is kept
	draw   string // only draw what standard input orders into this folder
	params recognizer.Params

	verbose bool // each file of several pages, as it was divided, on standard error
}

// part is one of the things to measure.
type part struct {
	name string
	run  func(context.Context, options) error
}

func parts() []part {
	return []part{
		{"accuracy", accuracy}, {"checks", checks}, {"robustness", robustness}, {"stages", stages},
		{"worker", worker}, {"peers", peers}, {"papers", papers}, {"second", second}, {"fit", fit},
		{"names", names},
	}
}

func main() {
	o, err := parse()
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		err = run(ctx, o)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse() (options, error) {
	o := options{params: recognizer.DefaultParams()}
	flag.StringVar(&o.only, "only", "accuracy,checks,robustness,stages,worker,peers", "what to measure; papers measures papers of several pages, second the second reader, for its price; fit finds parameters of deciding")
	flag.StringVar(&o.sets, "sets", "standard,shifted,hands", "which collections: standard, shifted, hands, calibration, letters")
	flag.IntVar(&o.from, "from", 0, "so many exams of each collection are left out")
	flag.IntVar(&o.exams, "exams", 300, "up to which exam, of 100 sheets, each collection goes")
	flag.IntVar(&o.hands, "hands", 60, "the same for collections of real hands")
	flag.StringVar(&o.stroke, "strokes", "../shared/strokes", "folder with lists of real pen strokes, see recognizer/training/README.md")
	flag.IntVar(&o.files, "files", 120, "whole pages for stages and worker")
	flag.IntVar(&o.robust, "robust", 150, "whole pages for robustness, each read in twenty states")
	flag.StringVar(&o.shared, "shared", "../shared", "folder with real-pages and real-strips, for checks")
	flag.IntVar(&o.peers, "peers", 200, "sheets for peers, which take up to a second for each")
	flag.IntVar(&o.papers, "papers", 40, "up to which exam papers of several pages go, each scanned five times")
	flag.BoolVar(&o.verbose, "verbose", false, "show on standard error how each file of papers was divided")
	flag.StringVar(&o.fonts, "fonts", "test", "fonts of names: test, or calibration, which the name model's numbers are fitted to")
	flag.StringVar(&o.dir, "dir", "", "keep drawings and readings here, and use what is there (default: a temporary folder)")
	flag.StringVar(&o.draw, "draw", "", "only draw an exam into this folder, as sheets/ and roster.xlsx: its seed and spec, as JSON, on standard input")
	params := flag.String("params", "{}", "fields of recognizer.Params to decide with, as JSON")
	flag.Parse()
	if err := merge(&o.params, *params); err != nil {
		return o, fmt.Errorf("-params: %w", err)
	}
	for name := range strings.SplitSeq(o.only, ",") {
		if !slices.ContainsFunc(parts(), func(p part) bool { return p.name == name }) {
			return o, fmt.Errorf("-only: there is no part %q", name)
		}
	}
	for name := range strings.SplitSeq(o.sets, ",") {
		if !slices.ContainsFunc(collections(), func(c collection) bool { return c.name == name }) {
			return o, fmt.Errorf("-sets: there is no collection %q", name)
		}
	}
	if end := o.end(); o.from < 0 || o.from >= end {
		return o, fmt.Errorf("-from is %d: it should lie between 0 and the end of what is measured, %d (-exams, -hands, -papers)", o.from, end)
	}
	if min(o.exams, o.hands, o.files, o.robust, o.peers) < 1 {
		return o, errors.New("a number of sheets is less than 1; use -only to leave a part out")
	}
	return o, nil
}

// end is the exam at which the first of what is measured ends.
func (o options) end() int {
	end := math.MaxInt
	for name := range strings.SplitSeq(o.only, ",") {
		switch name {
		case "papers":
			end = min(end, o.papers)
		case "accuracy", "fit":
			for set := range strings.SplitSeq(o.sets, ",") {
				end = min(end, collectionNamed(set).end(o))
			}
		}
	}
	return end
}

// merge takes fields from JSON and refuses what isn't one.
func merge(p *recognizer.Params, fields string) error {
	d := json.NewDecoder(bytes.NewBufferString(fields))
	d.DisallowUnknownFields()
	return d.Decode(p)
}

func run(ctx context.Context, o options) error {
	if o.draw != "" {
		return drawOrdered(os.Stdin, o.draw)
	}
	if o.dir == "" {
		temp, err := os.MkdirTemp("", "hakbeon-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		o.dir = temp
	}
	if err := os.MkdirAll(o.dir, 0o750); err != nil {
		return err
	}
	if err := printSetting(o); err != nil {
		return err
	}
	for _, p := range parts() {
		if !slices.Contains(strings.Split(o.only, ","), p.name) {
			continue
		}
		if err := p.run(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// printSetting says what was measured, and on what.
func printSetting(o options) error {
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	params, err := json.Marshal(o.params)
	if err != nil {
		return err
	}
	fmt.Printf("Model %s; JPEG by %s; %s, %s, %d cores\n\nDecided with `%s`\n\n",
		reader.Model(), imagefile.JPEGDecoder(), processor(), runtime.Version(), runtime.NumCPU(), params)
	return nil
}

// processor is the name that the machine gives its CPU.
func processor() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
