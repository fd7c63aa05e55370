// Package queue moves messages safely between a broker and a handler. What a broker has
// to be able to do is a [Driver]: package awssqs is SQS, and package drivertest says, as
// tests, what another one would have to do.
//
// A [Consumer] receives by long polling, at most Options.Hold messages at once,
// keeps the visibility of everything that it holds alive from the moment of
// receipt, hands each message to a [Handler] and settles it by what the handler
// returns:
//
//	nil            the message is deleted
//	*DeadError     it goes to the dead-letter queue with its reason, at once
//	*RetryError    it comes back after a time
//	*PauseError    something outside is at fault: it comes back, and receiving
//	               pauses until the outside has recovered
//	ErrHandBack    it comes back at once, as if never received
//	another error  it comes back after a back-off that grows with each receipt
//
// A [Sender] puts messages on a queue. Both gather the calls of many goroutines
// into batches of [BatchSize] and read every entry's own outcome.
//
// A broker delivers at least once: a handler must bear to see a message again. Beyond
// that this package keeps to the following.
//   - No message is lost: it leaves its queue only when its handler is done or
//     the dead-letter queue has it.
//   - A handler whose message went to another receiver, because its beats did not
//     get through or twelve hours are over, has its context ended; nothing more
//     is then said of the message.
//   - Settling comes last: it waits for a beat under way, and goes on when the
//     consumer's context has ended.
//   - On a FIFO queue a message that is not off the queue keeps the rest of its
//     group behind it, and no other group.
//   - Receiving stops while the [Gate] is closed. Errors of receiving hold back
//     their own queue only.
//   - At the end, what has not begun is handed back at once, what has begun may
//     finish within Options.DrainTimeout, and Run returns soon after that.
package queue
