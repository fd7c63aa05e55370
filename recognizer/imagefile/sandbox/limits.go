package sandbox

import "time"

// Limits are what a child may take. All fields are required.
type Limits struct {
	// Memory is the bytes of memory beyond what the process begins with.
	Memory int64
	// CPU is the processor time of one request.
	CPU time.Duration
	// MaxBody is the size of a request's body.
	MaxBody int64
	// Folder is the only one that the child may read from and write to; "" is none.
	Folder string
}
