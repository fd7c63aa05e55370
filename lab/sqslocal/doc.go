// Package sqslocal is an Amazon SQS that lives in this process: for
// development and for tests, never for production.
//
// [New] returns an [http.Handler] that speaks the AWS JSON 1.0 protocol, so that
// the AWS SDKs, boto3 and the AWS command line talk to it unchanged:
//
//	server := sqslocal.New(sqslocal.Options{})
//	defer server.Close()
//	listener := httptest.NewServer(server)
//	defer listener.Close()
//	client := sqs.New(sqs.Options{BaseEndpoint: &listener.URL, ...})
//
// It keeps SQS's rules (limits, receipt handles, visibility, FIFO groups and
// deduplication, dead-letter queues) and can be made as
// unreliable as SQS is allowed to be, see [Faults]. All state is in memory.
//
// Time is taken from the standard library and no goroutine runs between
// calls, so the server works inside a testing/synctest bubble; there, give
// the client [Server.Transport], which needs no socket.
//
// Where SQS's behaviour isn't documented, or differs between reports, the
// stricter variant was taken:
//   - A receipt handle from before the latest receive deletes nothing (standard
//     queue, and the call succeeds) or is refused (FIFO queue, and any change of
//     visibility).
//   - Twelve hours of visibility are counted from the receive that issued the
//     handle.
//   - Standard queues answer a short poll at the in-flight limit with OverLimit; long
//     polls, and FIFO queues, receive nothing.
//
// Kinder than SQS it stays in this: counts are exact, a deleted message is gone at
// once, and no permissions are checked. Not there: permissions, encryption, tags,
// purges, message moves, pages of a list, AWSTraceHeader, ReceiveRequestAttemptId,
// throughput quotas.
package sqslocal
