// Package sandbox runs the part of a program that touches strangers' bytes in a
// child process of the same program: one that can be killed, that has little
// memory, no network and no files, and that takes nothing with it when it ends.
//
// The parent calls [Start] with a command line that ends up in [Serve], and sends
// one request at a time with [Process.Call]. Requests and answers are frames on
// the child's standard input and output: a small head in JSON and a body of
// bytes. A call that outlives its deadline ends the child, and so does a child
// that breaks one of its [Limits]; the error then is a [*StoppedError] that says
// why, and the next request needs a new child.
package sandbox
