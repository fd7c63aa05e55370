// Package deadletters looks into the dead-letter queue and brings back what lies
// there: by sending a message to the queue that it came from once more, or by
// queueing the webhooks of stored results again.
//
// A look takes every message off sight for as long as it goes on, a minute or
// two at most, and gives all of them back at its end, also when it is broken
// off. Nothing is removed but what was sent back before.
//
// What it tells of a message are ids, times and the reason: never a body, unless
// that is asked for, and never a key, which may be a person's file name.
package deadletters
