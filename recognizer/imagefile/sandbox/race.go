//go:build race

package sandbox

// memoryFactor is what the race detector multiplies memory by.
const memoryFactor = 10
