package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed rapidocr/read.py
var rapidScript string

//go:embed rapidocr/requirements.txt
var rapidRequirements string

// errNoPython says that RapidOCR can't be run here.
var errNoPython = errors.New("RapidOCR can't be run")

// textOfSheet is what a peer read.
type textOfSheet struct {
	Lines []string `json:"lines"`
	CPU   float64  `json:"cpu_ms"`
}

// rapidOCR reads pictures with RapidOCR, the models that its package brings, and one
// thread. The error is errNoPython if it can't be set up.
func rapidOCR(ctx context.Context, dir string, files []string) ([]textOfSheet, error) {
	python, err := rapidPython(ctx, filepath.Join(dir, "rapidocr"))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, python, "-c", rapidScript)
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	var output, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &complaints
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("RapidOCR: %w: %s", err, lastLine(complaints.String()))
	}
	var out []textOfSheet
	for line := range strings.Lines(output.String()) {
		var t textOfSheet
		if err := json.Unmarshal([]byte(line), &t); err != nil {
			return nil, fmt.Errorf("RapidOCR's answer: %w", err)
		}
		out = append(out, t)
	}
	if len(out) != len(files) {
		return nil, fmt.Errorf("RapidOCR read %d of %d pictures", len(out), len(files))
	}
	return out, nil
}

// rapidPython is the Python of a virtual environment that has RapidOCR, which is
// made if there is none.
func rapidPython(ctx context.Context, dir string) (string, error) {
	python, ready := filepath.Join(dir, "bin", "python"), filepath.Join(dir, "requirements.txt")
	if have, err := os.ReadFile(ready); err == nil && string(have) == rapidRequirements {
		return python, nil
	}
	wanted := dir + "-requirements.txt"
	if err := os.WriteFile(wanted, []byte(rapidRequirements), 0o600); err != nil {
		return "", err
	}
	for _, command := range [][]string{
		{"python3", "-m", "venv", "--clear", dir},
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--requirement", wanted},
	} {
		output, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%w: %s: %w: %s", errNoPython, command[0], err, lastLine(string(output)))
		}
	}
	return python, os.Rename(wanted, ready)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// rapidVersion is the pinned one.
func rapidVersion() string {
	_, after, _ := strings.Cut(rapidRequirements, "rapidocr==")
	version, _, _ := strings.Cut(after, "\n")
	return version
}
