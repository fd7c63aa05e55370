// Command hakbeon reads the handwritten student IDs off the answer sheets of an
// exam: a worker over SQS and S3, and the tools around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run()) }

// run returns the exit code: 0 done, 1 failed, 2 called wrongly.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal asks to end; after it, a second one kills.
	context.AfterFunc(ctx, stop)
	err := newRoot().ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(*usageError)):
		fmt.Fprintf(os.Stderr, "hakbeon: %v\n", err)
		return 2
	default:
		fmt.Fprintf(os.Stderr, "hakbeon: %v\n", err)
		return 1
	}
}

// usageError is a mistake in the call.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() + " (see 'hakbeon help')" }
func (e *usageError) Unwrap() error { return e.err }
