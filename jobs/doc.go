// Package jobs holds the messages that may lie on hakbeon's queues: their
// types, their validation, their encoding and their JSON Schema.
//
// Backends write [Recognize], [Resolve] and [Rematch] on the jobs queue; these
// are read by [ParseJob]. hakbeon itself writes [Fanout], [Sheet], [Finish] and
// [Sweep] on the work queue ([ParseTask]) and [Delivery] on the callback queue
// ([ParseDelivery]). A message of one queue is refused on the others.
//
// Every error of this package is permanent: the same bytes fail again. It is a
// [*FieldError] where a field is to blame, and says what the field should be.
package jobs
