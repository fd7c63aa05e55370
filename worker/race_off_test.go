//go:build !race

package worker_test

// raceDetector says that these tests run under it.
const raceDetector = false
