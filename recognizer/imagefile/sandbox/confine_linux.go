package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

const (
	maxFiles    = 64       // open at once
	maxFileSize = 64 << 20 // of one in the folder: compiled code has 20 MB
)

// attributes has the kernel end the child when we are gone. Its own process group
// keeps an interrupt at the terminal from it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// confine gives up what the process does not need, for good. What an older kernel
// does not know is left out.
func confine(l Limits) (room, error) {
	for resource, limit := range map[int]uint64{
		unix.RLIMIT_NOFILE: maxFiles, unix.RLIMIT_FSIZE: maxFileSize, unix.RLIMIT_CORE: 0,
	} {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			return room{}, fmt.Errorf("limit resource %d: %w", resource, err)
		}
	}
	// If memory runs out after all, it is this process that goes.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	if err := endOverCPU(); err != nil {
		return room{}, err
	}
	used, err := os.Open("/proc/self/statm") // before all files are out of reach
	if err != nil {
		return room{}, fmt.Errorf("open the memory's figures: %w", err)
	}
	if err := closeFiles(l); err != nil {
		return room{}, err
	}
	if err := filterCalls(); err != nil && !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EINVAL) {
		return room{}, err
	}
	r := room{figures: used, limit: unix.RLIM_INFINITY}
	begun, err := r.used()
	r.limit = begun + memoryFactor*uint64(l.Memory)
	return r, errors.Join(err, r.allowAll())
}

// room is the memory that the process may have, counted as addresses: Go sets them
// aside before it uses them, so the kernel's limit of memory that is in use comes too
// late for it.
type room struct {
	figures *os.File // the kernel's
	limit   uint64
}

// used is how many bytes of addresses are taken.
func (r room) used() (uint64, error) {
	var text [256]byte
	n, err := r.figures.ReadAt(text[:], 0)
	if err != nil && !isEOF(err) {
		return 0, fmt.Errorf("read the memory's figures: %w", err)
	}
	first, _, _ := strings.Cut(string(text[:n]), " ")
	pages, err := strconv.ParseUint(first, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the memory's figures: %w", err)
	}
	return pages * uint64(os.Getpagesize()), nil
}

// allow is the process's [Allow].
func (r room) allow(more int64, cpu time.Duration) error {
	used, err := r.used()
	if err != nil {
		return err
	}
	if err := allowCPU(cpu); err != nil {
		return err
	}
	return r.set(min(used+memoryFactor*uint64(more), r.limit))
}

// allowAll takes the last bound back.
func (r room) allowAll() error { return r.set(r.limit) }

func (r room) set(soft uint64) error {
	if err := unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: soft, Max: r.limit}); err != nil {
		return fmt.Errorf("limit the memory: %w", err)
	}
	return nil
}

func closeFiles(l Limits) error {
	var rules []landlock.Rule
	if l.Folder != "" {
		rules = append(rules, landlock.RWDirs(l.Folder))
	}
	if l.Files != "" {
		rules = append(rules, landlock.RODirs(l.Files).IgnoreIfMissing())
	}
	if err := landlock.V5.BestEffort().RestrictPaths(rules...); err != nil {
		return fmt.Errorf("restrict access to files: %w", err)
	}
	return nil
}

// allowCPU sets what the process may have used at the end of this request.
func allowCPU(more time.Duration) error {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return fmt.Errorf("read the CPU time: %w", err)
	}
	seconds := used.Utime.Sec + used.Stime.Sec + 1 + int64((more+time.Second-1)/time.Second)
	limit := unix.Rlimit{Cur: uint64(seconds), Max: unix.RLIM_INFINITY}
	if err := unix.Setrlimit(unix.RLIMIT_CPU, &limit); err != nil {
		return fmt.Errorf("limit the CPU time: %w", err)
	}
	return nil
}

// endOverCPU has the kernel end the process when its CPU time is used up. Go's
// runtime takes that signal for one that a program may like to know of.
func endOverCPU() error {
	var byDefault [4]uintptr // the kernel's struct sigaction: no handler, no flags
	const maskSize = 8
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGXCPU), uintptr(unsafe.Pointer(&byDefault)), 0, maskSize, 0, 0) //nolint:gosec // the call takes an address
	if errno != 0 {
		return fmt.Errorf("have the limit of CPU time end the process: %w", errno)
	}
	return nil
}

// lateCause is why a child was killed at a call's deadline. A request's processor time is
// bounded, by less than what its deadline gives it on a machine that has some to spare.
func lateCause(state *os.ProcessState) Cause {
	if outerCause(state) == Timeout {
		return Timeout
	}
	return Starved
}

// outerCause is why a child ended that said nothing: killed by a limit or by the
// kernel for want of memory.
func outerCause(state *os.ProcessState) Cause {
	status, ok := state.Sys().(syscall.WaitStatus)
	switch {
	case !ok || !status.Signaled():
		return Crash
	case status.Signal() == unix.SIGXCPU:
		return Timeout
	case status.Signal() == unix.SIGKILL:
		return Memory
	}
	return Crash
}

// brokenPipe is what calls see of a child that ended.
func brokenPipe(err error) bool {
	return errors.Is(err, unix.EPIPE) || errors.Is(err, os.ErrClosed) || isEOF(err)
}
