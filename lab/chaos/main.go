// Command chaos breaks hakbeon on purpose. It runs worker processes behind fault
// proxies on the embedded servers and has them do many small exams. For each exam it
// waits until a worker comes to a point (a call that it makes), holds the call, so
// that the process stands still there, and kills the process with SIGKILL. The held
// call is lost, or its answer is, or it arrives late, when others have gone on. Some
// processes are frozen instead until others have taken over. Beside that, all calls
// meet faults by chance.
//
// After each exam it compares what lies in S3, what the receiver's own ledger and the
// result queue say and how the exam ends when nothing goes wrong. The last line has the
// figures; the exit code is 0 only if nothing was lost, contradictory or doubled.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hakbeon/exam"
	"hakbeon/lab/embedded"
	"hakbeon/lab/fleet"
	"hakbeon/s3store/layout"
)

const (
	visibility   = 10 * time.Second
	drainTimeout = 30 * time.Second
	// tries is how many exams may end without coming to their point.
	tries = 6
	// shown is how many complaints are printed.
	shown = 30
)

type options struct {
	kills    int // at each point
	freezes  int // at all points together
	workers  int
	together int // exams at a time
	rate     float64
	seed     uint64
	only     string
	patience time.Duration
	verbose  bool
}

func main() {
	var o options
	flag.IntVar(&o.kills, "kills", 20, "how often a worker is killed at each point")
	flag.IntVar(&o.freezes, "freezes", 72, "how often one is frozen, at all points together")
	flag.IntVar(&o.workers, "workers", 3, "worker processes at a time")
	flag.IntVar(&o.together, "together", 16, "exams at a time")
	flag.Float64Var(&o.rate, "rate", 0.03, "share of all calls that meet a fault by chance, and again of those that are delayed")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what the faults are drawn from")
	flag.StringVar(&o.only, "only", "", "names of points, separated by commas (default: all)")
	flag.DurationVar(&o.patience, "patience", 10*time.Minute, "how long an exam may take to its end")
	flag.BoolVar(&o.verbose, "v", false, "say what happens")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ok, err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (ok bool, err error) {
	chosen, err := choose(o.only)
	if err != nil {
		return false, err
	}
	w, err := newWorld(ctx, o)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	since := time.Now()
	if err := w.reference(ctx); err != nil {
		return false, fmt.Errorf("an exam without faults: %w", err)
	}
	w.sayf("an exam without faults took %v", time.Since(since).Round(time.Second/10))
	noisy, quiet := context.WithCancel(ctx)
	var storms sync.WaitGroup
	w.director.noise.rate = o.rate
	storms.Go(func() { w.director.noise.run(noisy) })
	total := w.trials(ctx, chosen)
	quiet()
	storms.Wait()
	if err := w.director.failure(); err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	w.lookAgain(ctx, &total)
	w.print(chosen, &total, time.Since(since))
	return total.ok() && w.crashes() == 0 && len(w.unreached) == 0, nil
}

func choose(only string) ([]point, error) {
	if only == "" {
		return points(), nil
	}
	var chosen []point
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(points(), func(p point) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("-only: there is no point %q", name)
		}
		chosen = append(chosen, points()[i])
	}
	return chosen, nil
}

// world is all that runs.
type world struct {
	*bench

	opts   options
	stack  *embedded.Stack
	slots  []*slot
	log    *os.File
	cancel context.CancelFunc
	ending sync.WaitGroup

	mu        sync.Mutex
	exams     []string
	unreached []string
}

func newWorld(ctx context.Context, o options) (_ *world, err error) {
	w := &world{opts: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	faults := fmt.Sprintf(`{"Seed":%d,"Reorder":0.2,"Duplicate":0.05,"Underfill":0.2,"FailEntry":0.01,"LateVisibility":500000000}`, o.seed%1e9)
	args := []string{"--visibility", visibility.String(), "--faults", faults}
	if w.stack, err = embedded.Start(ctx, embedded.Options{Args: args}); err != nil {
		return w, err
	}
	if w.log, err = os.CreateTemp("", "hakbeon-chaos-*.log"); err != nil {
		return w, err
	}
	results, err := resultQueue(ctx, w.stack)
	if err != nil {
		return w, err
	}
	w.bench = &bench{director: newDirector(newNoise(o.seed, 0)), patience: o.patience}
	if w.ledger, err = newLedger(ctx, w.stack, results); err != nil {
		return w, err
	}
	if w.template, err = newTemplate(); err != nil {
		return w, err
	}
	if w.client, err = fleet.Client(ctx, w.stack); err != nil {
		return w, err
	}
	reading, cancel := context.WithCancel(ctx)
	w.cancel = cancel
	w.ending.Go(func() { w.ledger.run(reading) })
	settings := map[string]string{
		"VISIBILITY_TIMEOUT": visibility.String(), "CONCURRENCY": "1", "LOG_LEVEL": "info", "GOMAXPROCS": "2",
		"RESULT_QUEUE_URL": results,
	}
	for range o.workers {
		s, err := newSlot(w.stack.Env, settings, w.director, w.log)
		if err != nil {
			return w, err
		}
		w.slots = append(w.slots, s)
	}
	return w, nil
}

func (w *world) close() error {
	var errs []error
	var all sync.WaitGroup
	var mu sync.Mutex
	for _, s := range w.slots {
		all.Go(func() {
			err := s.close()
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	}
	all.Wait()
	if w.cancel != nil {
		w.cancel()
		w.ending.Wait()
	}
	if w.stack != nil {
		errs = append(errs, w.stack.Stop())
	}
	if w.log != nil {
		w.log.Close()
	}
	return errors.Join(errs...)
}

func (w *world) sayf(format string, args ...any) {
	if w.opts.verbose {
		fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05.0 ")+format+"\n", args...)
	}
}

// reference does the exam once without faults: all others must end in the same way.
func (w *world) reference(ctx context.Context) error {
	o := &outcome{sheets: map[int][]line{}, summaries: map[int]exam.Summary{}}
	batch := layout.Batch{ExamCode: "CALM", BatchID: "one"}
	w.watch = func(epoch int, st *stored) { o.note(w.template, batch, epoch, st) }
	v, err := w.trial(ctx, batch.ExamCode, point{}, "")
	w.watch = nil
	if err != nil {
		return err
	}
	if !v.ok() {
		return fmt.Errorf("%s", strings.Join(v.complaints, "; "))
	}
	w.calm = o
	return o.check(w.template)
}

// trials strikes at every point as often as asked.
func (w *world) trials(ctx context.Context, chosen []point) verdict {
	type order struct {
		p point
		w way
	}
	var orders []order
	for _, p := range chosen {
		for n := range w.opts.kills {
			orders = append(orders, order{p, p.ways()[(n+len(orders))%len(p.ways())]})
		}
	}
	for _, n := range rand.New(rand.NewPCG(w.opts.seed, 3)).Perm(w.opts.freezes) {
		orders = append(orders, order{chosen[n%len(chosen)], frozen})
	}
	// In any order: points side by side are then struck together.
	rand.New(rand.NewPCG(w.opts.seed, 2)).Shuffle(len(orders), func(i, k int) { orders[i], orders[k] = orders[k], orders[i] })
	var total verdict
	var mu sync.Mutex
	var all sync.WaitGroup
	free := make(chan struct{}, w.opts.together)
	for i, o := range orders {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			v := w.strike(ctx, "C"+strconv.Itoa(i), o.p, o.w)
			mu.Lock()
			defer mu.Unlock()
			total.add(v)
		})
	}
	all.Wait()
	return total
}

// strike does exams until a worker was struck at the point.
func (w *world) strike(ctx context.Context, name string, p point, how way) (total verdict) {
	for try := range tries {
		if ctx.Err() != nil || w.director.failure() != nil {
			return total
		}
		exam := name + "-" + strconv.Itoa(try)
		since := time.Now()
		v, err := w.trial(ctx, exam, p, how)
		total.add(v)
		missed := errors.Is(err, errMissed)
		if err != nil && !missed {
			w.director.fail(fmt.Errorf("exam %s: %w", exam, err))
			return total
		}
		w.sayf("exam %s, %s %s: %v, %d complaints, %v", exam, p.name, how, map[bool]string{true: "missed", false: "struck"}[missed], len(v.complaints), time.Since(since).Round(time.Second/10))
		for _, c := range v.complaints[:min(len(v.complaints), 3)] {
			w.sayf("%s", c)
		}
		w.mu.Lock()
		w.exams = append(w.exams, exam)
		w.mu.Unlock()
		if !missed {
			return total
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unreached = append(w.unreached, p.name+" "+string(how))
	return total
}

// lookAgain judges all exams once more at the end: what was held up may have come
// after an exam was judged first.
func (w *world) lookAgain(ctx context.Context, total *verdict) {
	pause(ctx, mostPause) // the last late calls
	var again verdict
	for _, exam := range w.exams {
		v, err := w.judge(ctx, layout.Batch{ExamCode: exam, BatchID: "one"}, 2)
		if err != nil {
			w.director.fail(err)
			return
		}
		again.add(v)
	}
	if len(again.complaints) > len(total.complaints) {
		again.sheets = total.sheets
		*total = again
	}
}

func (w *world) crashes() int {
	n := 0
	for _, s := range w.slots {
		s.mu.Lock()
		n += s.crashes
		s.mu.Unlock()
	}
	return n
}

// print ends the run with a table of the points and the line of figures.
func (w *world) print(chosen []point, total *verdict, took time.Duration) {
	fmt.Printf("%-22s %5s %5s %5s %7s\n", "point", "lost", "done", "late", "frozen")
	for _, p := range chosen {
		n := w.director.counts[p.name]
		fmt.Printf("%-22s %5d %5d %5d %7d\n", p.name, n[lost], n[done], n[late], n[frozen])
	}
	for _, c := range total.complaints[:min(len(total.complaints), shown)] {
		fmt.Println(c)
	}
	if len(w.unreached) > 0 {
		fmt.Println("never reached:", strings.Join(w.unreached, ", "))
	}
	if !total.ok() || w.crashes() > 0 {
		fmt.Println("the workers' log:", w.log.Name())
	} else {
		_ = os.Remove(w.log.Name()) // a temporary file
	}
	kinds := map[string]int{"delay": w.director.noise.delays}
	faults := w.director.noise.delays
	for _, s := range w.slots {
		for _, p := range s.proxies() {
			for kind, n := range p.Counts() {
				kinds[string(kind)] += n
				faults += n
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Printf("%s=%d ", kind, kinds[kind])
	}
	fmt.Printf("storms=%d\n", w.director.noise.stormy)
	kills, freezes := w.director.struck()
	fmt.Printf("points=%d kills=%d freezes=%d faults=%d exams=%d sheets=%d lost=%d contradictory=%d duplicated_ids=%d leftovers=%d crashes=%d missed=%d seconds=%.0f seed=%d\n",
		len(chosen), kills, freezes, faults, len(w.exams), total.sheets, total.lost, total.contradictory, total.doubled, total.leftovers,
		w.crashes(), len(w.unreached), took.Seconds(), w.opts.seed)
}
