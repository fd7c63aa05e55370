package training_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// python finds a Python that has PyTorch.
func python(t *testing.T) string {
	t.Helper()
	for _, path := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(path, "-c", "import torch, numpy").Run() == nil {
			return path
		}
	}
	t.Skip("SKIPPED: no python3 with torch and numpy, so nothing is trained; see requirements.txt")
	return ""
}

// run runs a command and returns what it printed.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// TestTrainingRuns trains for two steps and ranks the shapes of a few pages.
func TestTrainingRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("trains")
	}
	py, dir := python(t), t.TempDir()
	draw, model := filepath.Join(dir, "draw"), filepath.Join(dir, "line.onnx")
	run(t, "go", "build", "-o", draw, "./draw")
	log := run(t, py, "train.py", "--steps", "2", "--cooldown", "1", "--check", "2", "--batch", "8",
		"--held-out", "16", "--draw", draw, "--out", model)
	if info, err := os.Stat(model); err != nil || info.Size() < 500_000 || info.Size() > 2<<20 {
		t.Errorf("the model is not there or not of its size: %v\n%s", err, log)
	}
	shapes := filepath.Join(dir, "shapes.csv")
	if err := os.WriteFile(shapes, []byte(run(t, draw, "-shapes", "-n", "16")), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := run(t, py, "rank.py", shapes); !strings.Contains(out, "package lines") {
		t.Errorf("rank.py printed no Go:\n%s", out)
	}
}
