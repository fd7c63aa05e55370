package training_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// python finds a Python that has PyTorch.
func python(t *testing.T) string {
	t.Helper()
	for _, path := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(path, "-c", "import torch, numpy, onnx").Run() == nil {
			return path
		}
	}
	t.Skip("SKIPPED: no python3 with torch, numpy and onnx, so nothing is trained; see requirements.txt")
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

// leastScore is the share of a few held-out crops that the committed model reads at
// least; one that is taken apart wrongly reads none.
const leastScore = 0.6

// strokes writes a list of a hundred people's digits, so that some are in each group,
// and returns its folder.
func strokes(t *testing.T) string {
	t.Helper()
	type sample struct {
		Label   string         `json:"label"`
		Writer  string         `json:"writer"`
		Strokes [][][2]float64 `json:"strokes"`
	}
	var list []sample
	for i := range 1000 {
		lean := float64(i % 7)
		path := [][2]float64{{0, 200}, {100 + lean, 200}, {100, 100 + lean}, {10, 0}}
		list = append(list, sample{strconv.Itoa(i % 10), "tra/" + strconv.Itoa(i/10), [][][2]float64{path}})
	}
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "pendigits.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	if err := errors.Join(json.NewEncoder(z).Encode(list), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTrainingRuns trains for two steps from the committed model, which must not get
// worse by being taken apart and widened.
func TestTrainingRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("trains")
	}
	py, dir := python(t), t.TempDir()
	draw, model := filepath.Join(dir, "draw"), filepath.Join(dir, "line.onnx")
	run(t, "go", "build", "-o", draw, "./draw")
	log := run(t, py, "train.py", "--steps", "2", "--cooldown", "1", "--check", "2", "--batch", "8",
		"--held-out", "16", "--draw", draw, "--out", model,
		"--init", "../models/line.onnx", "--strokes", strokes(t))
	var before float64
	if _, rest, ok := strings.Cut(log, `"step": 0, "held_out": `); !ok {
		t.Errorf("the log has no score of the model that it began from:\n%s", log)
	} else if _, err := fmt.Sscanf(rest, "%g", &before); err != nil || before < leastScore {
		t.Errorf("the model that it began from reads %g of the crops, want %g at least (%v)", before, leastScore, err)
	}
	if info, err := os.Stat(model); err != nil || info.Size() < 1_500_000 || info.Size() > 3<<20 {
		t.Errorf("the model is not there or not of its size: %v\n%s", err, log)
	}
}

// TestOtherTrainingsRun trains each of the other models for two steps from a committed one.
func TestOtherTrainingsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("trains")
	}
	py, dir := python(t), t.TempDir()
	draw := filepath.Join(dir, "draw")
	run(t, "go", "build", "-o", draw, "./draw")
	for _, tt := range []struct {
		model       string
		least, most int64  // bytes
		score       string // in its log
		args        []string
	}{
		{"letter", 1_500_000, 3 << 20, `"other_forms"`, []string{
			"letter.py", "--cooldown", "1", "--batch", "8", "--held-out", "16", "--line", "../models/line.onnx", "--strokes", strokes(t),
		}},
		{"page", 1_000_000, 2 << 20, `"held_out"`, []string{
			"find.py", "--cooldown", "1", "--batch", "2", "--threads", "1", "--held-out", "4", "--least", "64", "--init", "../models/page.onnx",
		}},
		{"name", 1_500_000, 3 << 20, `"held_out_loss"`, []string{
			"name.py", "--batch", "4", "--held-out", "16", "--least", "64", "--init", "../models/name.onnx",
		}},
	} {
		t.Run(tt.model, func(t *testing.T) {
			model := filepath.Join(dir, tt.model+".onnx")
			log := run(t, py, append(tt.args, "--steps", "2", "--check", "2", "--draw", draw, "--out", model)...)
			if info, err := os.Stat(model); err != nil || info.Size() < tt.least || info.Size() > tt.most {
				t.Errorf("the model is not there or not of its size: %v\n%s", err, log)
			}
			if !strings.Contains(log, tt.score) {
				t.Errorf("the log has no score:\n%s", log)
			}
		})
	}
}
