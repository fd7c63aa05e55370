// Package jobs holds the messages that may lie on hakbeon's queues: their
// types, their validation, their encoding and their JSON Schema.
//
// Backends write [Recognize], [Resolve], [Rematch], [Close] and [Cancel] on the jobs queue; these
// are read by [ParseJob]. hakbeon itself writes [Fanout], [Sheet], [Finish] and
// [Sweep] on the work queue ([ParseTask]) and [Delivery] on the callback queue
// ([ParseDelivery]). A message of one queue is refused on the others.
//
// The parsers are strict, since a field that is passed over would have sheets
// matched against the wrong roster: names count to the letter, unknown ones are
// refused, and so is an empty value. Null counts as left out. [Schema] says the
// same as a JSON Schema; docs/job.schema.json is its copy.
//
// A batch, a part of it and a sheet are named by what they are ([DefaultBatchID],
// [PartID], [SheetID]), so the same message twice makes the same names.
//
// Every error of this package is permanent: the same bytes fail again. It is a
// [*FieldError] where a field is to blame, and says what the field should be.
package jobs
