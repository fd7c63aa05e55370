// Command scale puts large batches, and many at once, through worker processes on the
// embedded servers, and measures what grows with them: how long a batch's end takes
// after its last reading, calls of S3 and SQS, CPU time and memory of the workers, and how
// long a small exam takes beside. With -reader stub the workers are the product's with
// recorded readings in place of the models: what is left is the engine. Its table is that
// of docs/operations.md; the exit code is 0 only if every sheet has its result, none went
// to a wrong student, and the largest batch ended within -end and in -memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"hakbeon/lab/load/pool"
)

type options struct {
	reader  string
	sizes   []int
	batches int
	each    int
	oneExam bool
	near    bool
	workers []int
	images  int
	small   int
	end     time.Duration
	memory  int // MiB
	dir     string
	profile string
	verbose bool
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		if err := runStub(); err != nil {
			fmt.Fprintln(os.Stderr, "scale: worker:", err)
			os.Exit(1)
		}
		return
	}
	o, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ok, err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func parse(args []string) (o options, err error) {
	flags := flag.NewFlagSet("scale", flag.ContinueOnError)
	flags.StringVar(&o.reader, "reader", "stub", "stub: recorded readings; models: the product as it is, on whole pages")
	sizes := flags.String("sizes", "1000,5000,20000", "sheets of one batch, a run each; empty: none")
	workers := flags.String("workers", "2", "worker processes, each number a run of its own")
	flags.IntVar(&o.batches, "batches", 1000, "batches at once, in a run of their own; 0: none")
	flags.IntVar(&o.each, "each", 10, "sheets of each of these")
	flags.BoolVar(&o.oneExam, "one-exam", false, "these batches are all of one exam")
	flags.BoolVar(&o.near, "near", false, "students' IDs are as close as those of a university's exam of all its students")
	flags.IntVar(&o.images, "images", 200, "different pages")
	flags.IntVar(&o.small, "small", 10, "sheets of the small exam that is done alone and beside a batch")
	flags.DurationVar(&o.end, "end", time.Minute, "how long a batch may take from its last reading to batch.completed")
	flags.IntVar(&o.memory, "memory", 600, "MiB that a worker may take")
	flags.StringVar(&o.dir, "dir", "bench", "where pages and readings are kept")
	flags.StringVar(&o.profile, "profile", "", "a file prefix for CPU profiles of the first worker while a batch ends (stub alone)")
	flags.BoolVar(&o.verbose, "v", false, "show all calls by kind, and the workers' logs")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.sizes, err = numbers(*sizes); err != nil {
		return o, err
	}
	if o.workers, err = numbers(*workers); err != nil {
		return o, err
	}
	if o.reader != "stub" && o.reader != "models" {
		return o, fmt.Errorf("-reader is %q: it should be stub or models", o.reader)
	}
	if min(o.each, o.images, o.small) < 1 || len(o.workers) == 0 {
		return o, errors.New("-each, -images, -small and -workers should be at least 1")
	}
	return o, nil
}

// numbers reads such as "1000,5000".
func numbers(list string) (out []int, err error) {
	for word := range strings.SplitSeq(list, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of at least 1", word)
		}
		out = append(out, n)
	}
	return out, nil
}

func run(ctx context.Context, o options) (ok bool, err error) {
	if o.dir, err = absolute(o.dir); err != nil {
		return false, err
	}
	p, err := pool.New(o.images, o.dir)
	if err != nil {
		return false, err
	}
	if o.reader == "stub" { // now, not by each worker
		pages, err := record(ctx, p)
		if err != nil {
			return false, err
		}
		fmt.Printf("readings of %d of %d pages, each written as if by many hands\n\n", len(pages), len(p.Files))
	}
	ok = true
	head := true
	for _, workers := range o.workers {
		for _, sheets := range o.sizes {
			m, err := oneBatch(ctx, o, p, workers, sheets)
			if err != nil {
				return false, fmt.Errorf("a batch of %d sheets: %w", sheets, err)
			}
			printBatch(os.Stdout, m, head)
			head, ok = false, ok && m.fine(o)
		}
	}
	head = true
	for _, workers := range o.workers {
		if o.batches == 0 {
			break
		}
		m, err := manyBatches(ctx, o, p, workers)
		if err != nil {
			return false, fmt.Errorf("%d batches: %w", o.batches, err)
		}
		printMany(os.Stdout, m, head)
		head, ok = false, ok && m.lost == 0 && m.wrong == 0
	}
	return ok, nil
}
