package sandbox

import "time"

// Limits are what a child may take. All fields but Files are required.
type Limits struct {
	// Memory is the bytes of memory beyond what the process begins with.
	Memory int64
	// MaxBody is the size of a request's body.
	MaxBody int64
	// Folder is the only one that the child may read from and write to; "" is none.
	Folder string
	// Files is a folder that the child may read from; "" is none.
	Files string
}

// Allow says what a request may take beyond what the process has: bytes of memory, and
// processor time. Who takes more ends the process. Until it is called, a request may
// take all memory and any time.
type Allow func(memory int64, cpu time.Duration) error
