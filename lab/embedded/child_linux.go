package embedded

import "syscall"

// childAttributes give the child a process group of its own, so that an
// interrupt at the terminal reaches only us and we stop it when we are done
// with it; and have the kernel end it when we are gone.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
