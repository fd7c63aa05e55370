package main

import (
	"os"
	"path/filepath"

	"hakbeon/internal/config"
)

// onnxLibrary is ONNX Runtime as the settings name it, beside our program, or the
// system's. Unlike the recognizer's default it never lies in the working folder, which
// may be one of strangers' scans.
func onnxLibrary(cfg config.Config) string {
	const name = "libonnxruntime.so.1"
	if cfg.ONNXRuntime != "" {
		return cfg.ONNXRuntime
	}
	if program, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(program), "lib", name)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside
		}
	}
	return name
}
