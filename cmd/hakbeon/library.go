package main

import (
	"fmt"
	"os"
	"path/filepath"

	"hakbeon/internal/config"
	"hakbeon/recognizer"
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

// openReader loads the models, and another name model where the settings name one.
func openReader(cfg config.Config) (*recognizer.Reader, error) {
	o := recognizer.Options{Library: onnxLibrary(cfg)}
	if cfg.NameModel != "" {
		var err error
		if o.NameModel, err = os.ReadFile(cfg.NameModel); err != nil {
			return nil, fmt.Errorf("NAME_MODEL: %w", err)
		}
		if o.NameDictionary, err = os.ReadFile(cfg.NameDictionary); err != nil {
			return nil, fmt.Errorf("NAME_DICTIONARY: %w", err)
		}
	}
	return recognizer.Open(o)
}
