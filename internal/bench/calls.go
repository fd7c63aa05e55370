package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// calls counts the calls of AWS by service and operation, repeats included.
type calls struct {
	mu    sync.Mutex
	count map[string]int
}

// in has the clients made from cfg count their calls.
func (c *calls) in(cfg *aws.Config) {
	c.count = map[string]int{}
	count := middleware.FinalizeMiddlewareFunc("bench.calls", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
		middleware.FinalizeOutput, middleware.Metadata, error,
	) {
		c.mu.Lock()
		c.count[awsmiddleware.GetServiceID(ctx)+" "+awsmiddleware.GetOperationName(ctx)]++
		c.mu.Unlock()
		return next.HandleFinalize(ctx, in)
	})
	cfg.APIOptions = append(cfg.APIOptions, func(s *middleware.Stack) error { return s.Finalize.Add(count, middleware.After) })
}

// printCalls prints the calls of a whole batch, the most frequent first.
func printCalls(count map[string]int, sheets int) {
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	total := 0
	fmt.Println("\n| call | in all | a sheet |\n|---|---|---|")
	for _, name := range names {
		total += count[name]
		fmt.Printf("| %s | %d | %.2f |\n", name, count[name], float64(count[name])/float64(sheets))
	}
	fmt.Printf("| all | %d | %.2f |\n", total, float64(total)/float64(sheets))
}
