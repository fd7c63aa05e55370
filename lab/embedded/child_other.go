//go:build !linux

package embedded

import "syscall"

// childAttributes give the child a process group of its own, so that an
// interrupt at the terminal reaches only us and we stop it when we are done
// with it. That it goes when we are gone rests on its standard input alone.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
