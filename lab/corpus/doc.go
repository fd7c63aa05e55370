// Package corpus holds what docs/files.md claims against files of other programs: its
// test has a dozen of them draw answer sheets and write rosters, and reads all. It
// needs what `make venv` fetches and skips where that is not.
package corpus
