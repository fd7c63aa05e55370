// Package embeddedtest runs a package's tests over embedded servers of their own.
package embeddedtest

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"hakbeon/lab/embedded"
)

// Main starts the servers, gives them to ready, runs the tests, and returns the process's
// exit code: not 0 either if the servers did not stop well, or if a goroutine is left. What
// is done is called before that is looked at.
func Main(m *testing.M, ready func(*embedded.Stack) error, done ...func()) int {
	stack, err := embedded.Start(context.Background(), embedded.Options{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	code := 1
	if err := ready(stack); err != nil {
		fmt.Println(err)
	} else {
		code = m.Run()
	}
	if err := stack.Stop(); err != nil {
		fmt.Println(err)
		return 1
	}
	for _, f := range done {
		f()
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		return 1
	}
	return code
}
