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
	for name, model := range map[string][]byte{"line.onnx": models.Line(), "page.onnx": models.Page(), "name.onnx": models.Name(), "letter.onnx": models.Letter()} {
		sum := sha256.Sum256(model)
		if got, want := hex.EncodeToString(sum[:]), sums["recognizer/models/"+name]; got != want {
			t.Errorf("%s has the sum %s, pinned is %q", name, got, want)
		}
		if n := len(model); n > 3<<20 {
			t.Errorf("%s has %d bytes, more than 3 MB", name, n)
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

func Example() {
	// The model is compiled in.
	fmt.Println(len(models.Line()) > 100_000)
	// Output: true
}
