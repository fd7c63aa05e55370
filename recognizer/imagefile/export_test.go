package imagefile

import (
	"fmt"
	"os"
	"strings"
)

// ChildPeak is the most memory that the child has had, as the kernel says it.
func ChildPeak(d *Decoder) string {
	p := d.child.process.Load()
	if p == nil {
		return "is gone"
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
	if err != nil {
		return "is gone"
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	peak, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	_, rest, _ = strings.Cut(string(status), "VmData:")
	data, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	return "has had " + peak + ", data " + data
}

// ChildPid is the child's process id.
func ChildPid(d *Decoder) int { return d.child.process.Load().Pid() }
