// Command bench measures the reader and the worker on answer sheets that it
// draws: time by stage, sheets a second, CPU time a sheet, peak memory, and how
// many IDs were read right. It prints a table in Markdown.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"hakbeon/internal/synth"
)

// options are what the flags say.
type options struct {
	sheets   int
	seed     uint64
	dir      string
	stub     bool
	thin     bool
	burn     time.Duration
	delay    time.Duration
	profile  bool
	drawInto string
	asWorker bool
}

func main() {
	var o options
	flag.IntVar(&o.sheets, "n", 200, "how many different sheets")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the drawings")
	flag.StringVar(&o.dir, "dir", "", "keep the drawn sheets here, and use what is there (default: a temporary folder)")
	flag.BoolVar(&o.stub, "stub", false, "measure the worker alone: its reader knows the readings beforehand")
	flag.BoolVar(&o.thin, "thin", false, "with -stub: sheets of as many bytes that cost next to nothing to decode")
	flag.DurationVar(&o.burn, "burn", 0, "CPU time that the stub takes for a sheet")
	flag.DurationVar(&o.delay, "delay", 0, "wait before each call of S3 and SQS, such as 30ms")
	flag.BoolVar(&o.profile, "profile", false, "write cpu.pprof and heap.pprof of the worker with the stub to -dir")
	flag.StringVar(&o.drawInto, "draw", "", "only draw an exam into this folder: its seed and spec, as JSON, on standard input")
	flag.BoolVar(&o.asWorker, "as-worker", false, "what this command starts itself as")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.asWorker {
		return stubWorker(ctx, o)
	}
	if o.drawInto != "" {
		return drawOrdered(os.Stdin, o.drawInto)
	}
	if o.dir == "" {
		temp, err := os.MkdirTemp("", "hakbeon-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		o.dir = temp
	}
	set, err := draw(o)
	if err != nil {
		return err
	}
	fmt.Printf("%d sheets of an exam with %d students, mean file %.2f MB; %s, %d cores\n\n",
		len(set.exam.Sheets), len(set.exam.Roster), set.megabytes(), runtime.Version(), runtime.NumCPU())
	if o.stub {
		err = prepareStub(ctx, set, o)
	} else {
		err = stages(ctx, set)
	}
	if err != nil {
		return err
	}
	return throughput(ctx, set, o)
}

func prepareStub(ctx context.Context, s *set, o options) error {
	readings := filepath.Join(o.dir, "readings")
	err := preread(ctx, s.files, readings)
	if err != nil || !o.thin {
		return err
	}
	if err := thinAll(ctx, s); err != nil {
		return err
	}
	return preread(ctx, s.files, readings)
}

// set is the exam on disk.
type set struct {
	exam  *synth.Exam
	files []string
}

func (s *set) megabytes() float64 {
	var total int64
	for _, f := range s.files {
		if info, err := os.Stat(f); err == nil {
			total += info.Size()
		}
	}
	return float64(total) / float64(len(s.files)) / 1e6
}

// draw invents an exam and draws its sheets. Rosters have near neighbours, and a
// twentieth of the sheets are strangers'.
func draw(o options) (*set, error) {
	exam, err := synth.NewExam(o.seed, synth.ExamSpec{
		Code: "BENCH_2032", Roster: o.sheets * 11 / 10, Sheets: o.sheets, Strangers: o.sheets / 20, NearNeighbours: true,
	})
	if err != nil {
		return nil, err
	}
	since := time.Now()
	if err := drawExam(exam, o.name); err != nil {
		return nil, err
	}
	s := &set{exam: exam}
	for _, sheet := range exam.Sheets {
		s.files = append(s.files, o.name(sheet))
	}
	fmt.Fprintf(os.Stderr, "drew the sheets in %v\n", time.Since(since).Round(time.Second))
	return s, nil
}
