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
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

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
	if o.dir == "" {
		temp, err := os.MkdirTemp("", "hakbeon-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		o.dir = temp
	}
	set, err := draw(o.sheets, o.seed, o.dir)
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

// draw puts the sheets into files of dir, as many at once as there are cores.
// Rosters have near neighbours, and a twentieth of the sheets are strangers'.
func draw(sheets int, seed uint64, dir string) (*set, error) {
	assets, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	strangers := sheets / 20
	exam, err := synth.NewExam(seed, synth.ExamSpec{
		Code: "BENCH_2032", Roster: sheets * 11 / 10, Sheets: sheets, Strangers: strangers, NearNeighbours: true,
	})
	if err != nil {
		return nil, err
	}
	s := &set{exam: exam, files: make([]string, len(exam.Sheets))}
	since := time.Now()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, sheet := range exam.Sheets {
		s.files[i] = filepath.Join(dir, strconv.FormatUint(seed, 10)+"-"+strconv.Itoa(sheets)+"-"+sheet.File)
		group.Go(func() error {
			if _, err := os.Stat(s.files[i]); err == nil {
				return nil
			}
			body, err := exam.File(assets, i)
			if err != nil {
				return err
			}
			return os.WriteFile(s.files[i], body, 0o600)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "drew the sheets in %v\n", time.Since(since).Round(time.Second))
	return s, nil
}
