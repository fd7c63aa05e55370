// Package export is what a grader takes home of an exam that has been read and reviewed:
// a ZIP with a folder, or one PDF, for each student, the report, and lists that their
// learning platform takes back. It knows no HTTP: it reads a batch and writes to an
// [io.Writer].
//
// An [Export] is one state: the batch's last end, whatever is said of its sheets while it
// is written. All of its records are read before the first byte; then the pages come from
// the bucket one after another, a few small ones ahead of their turn, and none is kept. What goes
// wrong in the middle leaves a ZIP without its directory, which no program takes for a
// whole one. A page that will never be had (removed, archived, too large) is no reason to
// have none of the others: left_out.csv names it.
//
// Names come from a roster, which may hold anything: [Safe] makes them names of files.
package export
