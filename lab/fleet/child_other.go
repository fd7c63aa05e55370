//go:build !linux

package fleet

import "syscall"

// attributes keep a terminal's interrupt from the workers, which we stop
// ourselves.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
