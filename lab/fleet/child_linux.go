package fleet

import "syscall"

// attributes keep a terminal's interrupt from the workers, which we stop
// ourselves, and have the kernel end them when we are gone.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
