// Package webhook signs and delivers events to a backend, and lets a receiver
// verify them, after the Standard Webhooks specification.
//
// A Client makes one attempt at a time and tells precisely why it failed;
// Delay says when to try again. What is sent is the caller's matter: Body and
// EventID make bodies and ids that are the same at every attempt, so that a
// receiver can recognise a repeat.
//
// Addresses are checked when they are dialled, after the name is resolved, so
// neither a redirect nor a changing DNS answer leads into the private network.
// Allowed lists the exceptions. Nothing that a receiver answers is kept, and no
// error names more of a URL than its scheme and host.
package webhook
