package sandbox

import "golang.org/x/sys/unix"

const nativeArch = unix.AUDIT_ARCH_AARCH64

var forbiddenHere = []uint32{unix.SYS_KEXEC_FILE_LOAD}
