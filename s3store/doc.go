// Package s3store keeps hakbeon's inputs and results in S3: the layout of the
// keys, the records that lie there, conditional writes, and errors told apart
// by what the caller should do about them.
//
// Every method of [Store] may be called again after an error: reads and copies
// change nothing, and a conditional write that was lost on its way back is
// recognised as one's own. A Store is safe for concurrent use and bounds
// neither concurrency nor time beyond what its client and context do.
package s3store
