package fleet

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process takes at one moment.
type Usage struct {
	Resident   int64 // bytes
	Files      int   // open file descriptors
	Goroutines int
}

// Usage looks at the process from outside, and at its /metrics for goroutines.
func (p *Process) Usage(ctx context.Context) (u Usage, err error) {
	if u.Resident, err = p.Resident(); err != nil {
		return u, err
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.Pid()))
	if err != nil {
		return u, fmt.Errorf("count open files: %w", err)
	}
	u.Files = len(files)
	goroutines, err := p.Metric(ctx, "go_goroutines")
	u.Goroutines = int(goroutines)
	return u, err
}

// Resident is the process's memory in bytes.
func (p *Process) Resident() (int64, error) { return p.status("VmRSS:") }

// Peak is the most memory that the process has had, in bytes.
func (p *Process) Peak() (int64, error) { return p.status("VmHWM:") }

// status reads a size from the kernel's words on the process.
func (p *Process) status(name string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
	if err != nil {
		return 0, fmt.Errorf("look at memory: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == name {
			kib, err := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no %s has it ended?", p.Pid(), name)
}

// tick is the kernel's unit of CPU time, the same on all of Go's platforms of Linux.
const tick = 10 * time.Millisecond

// CPU is the time that the process has spent on cores, in its own code and the kernel's.
func (p *Process) CPU() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid()))
	if err != nil {
		return 0, fmt.Errorf("look at CPU time: %w", err)
	}
	// The program's name, in brackets, may hold anything.
	const user, system, least = 11, 12, 13
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < least {
		return 0, fmt.Errorf("process %d: its stat is cut off", p.Pid())
	}
	ticks := 0
	for _, i := range []int{user, system} {
		n, err := strconv.Atoi(fields[i])
		if err != nil {
			return 0, fmt.Errorf("process %d: its stat: %w", p.Pid(), err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

// Metric reads one metric without labels from the worker's /metrics.
func (p *Process) Metric(ctx context.Context, name string) (float64, error) {
	address, err := p.HTTP(ctx)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return 0, fmt.Errorf("read metrics: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("read metrics: %w", err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("the worker has no metric %s", name)
}
