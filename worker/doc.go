// Package worker carries a job from its message on SQS to its results in S3 and
// its webhooks.
//
// It reads three queues. The jobs queue is where backends write; its messages
// are registered in S3 and fanned out. The work queue holds our own messages:
// one sheet, one look whether a batch has ended. The callback queue holds
// webhooks to deliver.
//
// S3 and SQS hold all state. Every handler may be killed at any point and run
// again, here or elsewhere, at the same time even: what it creates it creates
// once (If-None-Match), what it changes it changes only as it read it
// (If-Match), and it deletes its message last.
//
// [Run] does all of it until its context ends, and drains.
package worker
