// Package exam has the words of the domain: batches and their sheets, outcomes and what
// people say of them, plans, summaries. It does nothing with them, and imports nothing of
// ours. The JSON forms of [Result] and [Summary] are the contract's; the others are what
// lies in S3 between two steps of the worker, where older versions of it may read them.
package exam
