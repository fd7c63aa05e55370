package models_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"hakbeon/recognizer/models"
)

// pinned reads SHA256SUMS: path to sum.
func pinned(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open("SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sums := make(map[string]string)
	for s := bufio.NewScanner(f); s.Scan(); {
		sum, path, ok := strings.Cut(s.Text(), "  ")
		if !ok || len(sum) != 2*sha256.Size {
			t.Fatalf("SHA256SUMS has the line %q", s.Text())
		}
		sums[path] = sum
	}
	return sums
}

func TestModelsAreThePinnedOnes(t *testing.T) {
	sums := pinned(t)
	for path, data := range map[string][]byte{
		"recognizer/models/ppocrv4/det.onnx": models.Detector(),
		"recognizer/models/ppocrv4/rec.onnx": models.LineReader(),
		"recognizer/models/ppocrv4/keys.txt": []byte(models.Keys()),
	} {
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != sums[path] {
			t.Errorf("%s has the sum %s, pinned is %q: run make setup", path, got, sums[path])
		}
	}
}

// TestRuntimeIsPinned checks that the libraries' sums are there, and right if
// the libraries are.
func TestRuntimeIsPinned(t *testing.T) {
	sums := pinned(t)
	for _, arch := range []string{"x64", "arm64"} {
		path := "node_modules/onnxruntime-node/bin/napi-v6/linux/" + arch + "/libonnxruntime.so.1"
		want, ok := sums[path]
		if !ok {
			t.Errorf("%s is not pinned", path)
		}
		data, err := os.ReadFile("../../" + path)
		if err != nil {
			t.Logf("%s is not there, its sum is not checked", path)
			continue
		}
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s has the sum %s, pinned is %s", path, got, want)
		}
	}
}

// TestDigitsNameKnownSigns checks the table's form and that each digit's own
// sign stands for it first of all.
func TestDigitsNameKnownSigns(t *testing.T) {
	known := make(map[string]bool)
	for k := range strings.SplitSeq(models.Keys(), "\n") {
		known[k] = true
	}
	lines := make(map[string]int)
	for l := range strings.SplitSeq(strings.TrimSuffix(models.Digits(), "\n"), "\n") {
		f := strings.Split(l, "\t")
		if len(f) != 12 || !known[f[0]] {
			t.Errorf("line %q: want a known sign, a certainty, ten weights", l)
			continue
		}
		lines[f[0]]++
		if d := f[0][0] - '0'; len(f[0]) == 1 && d < 10 && f[2+d] < "0.4" {
			t.Errorf("line %q: %s stands for itself too seldom", l, f[0])
		}
	}
	for d := '0'; d <= '9'; d++ {
		if lines[string(d)] != 3 {
			t.Errorf("digit %c has %d lines, want one for each certainty", d, lines[string(d)])
		}
	}
}

func Example() {
	// The models are compiled in; keys and classes belong together.
	signs := strings.Split(models.Keys(), "\n")
	fmt.Println(len(signs)+2, "classes, with blank and space")
	// Output: 6625 classes, with blank and space
}
