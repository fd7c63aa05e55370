//go:build race

package imagefile_test

// raced is set where time and memory are the race detector's.
const raced = true
