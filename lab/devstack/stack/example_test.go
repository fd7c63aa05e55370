package stack_test

import (
	"context"
	"fmt"
	"os"

	"hakbeon/lab/devstack/stack"
)

// A stack inside the calling process; most will want the child process that
// hakbeon/lab/embedded starts.
func Example() {
	dir, err := os.MkdirTemp("", "stack-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := stack.Start(context.Background(), stack.Options{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for _, v := range s.Env() {
		if v.Name == "AWS_REGION" || v.Name == "S3_BUCKET" {
			fmt.Println(v.Name, v.Value)
		}
	}
	// Output:
	// AWS_REGION local-1
	// S3_BUCKET hakbeon
}
