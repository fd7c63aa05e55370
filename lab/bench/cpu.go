package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"

	"golang.org/x/sys/unix"
)

// ofThread is the CPU time in milliseconds of the calling thread, to which the goroutine must be
// locked. Other programs on the machine don't add to it.
func ofThread() float64 { return cpuTime(unix.CLOCK_THREAD_CPUTIME_ID) }

// ofProcess is the CPU time of all threads, the garbage collector's among them.
func ofProcess() float64 { return cpuTime(unix.CLOCK_PROCESS_CPUTIME_ID) }

// cpuTime reads a clock that is exact; getrusage goes by the scheduler's ticks.
func cpuTime(clock int32) float64 {
	var t unix.Timespec
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0
	}
	return float64(t.Nano()) / 1e6
}

// samples are times in milliseconds.
type samples []float64

func (s samples) at(quantile float64) float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(len(sorted)-1, int(quantile*float64(len(sorted))))]
}

func (s samples) mean() float64 {
	total := 0.0
	for _, v := range s {
		total += v
	}
	return total / float64(max(1, len(s)))
}

// forgetPeak has the peak of memory start again from what is in use.
func forgetPeak() error {
	runtime.GC()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return fmt.Errorf("reset the peak of memory: %w", err)
	}
	return nil
}

// peakMemory is the most memory that a process has held, in MiB; "self" is our own.
// What the kernel says of a child at its end counts our own memory, too.
func peakMemory(process string) (float64, error) {
	status, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return 0, err
	}
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	var kib float64
	if _, err := fmt.Sscan(string(after), &kib); err != nil {
		return 0, fmt.Errorf("read the peak of memory: %w", err)
	}
	return kib / 1024, nil
}
