package onnx_test

import (
	"os"
	"path/filepath"
	"testing"

	"hakbeon/internal/onnx"
)

func TestFindLibraryUpwards(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "bin", "lib", "libonnxruntime.so.1")
	deep := filepath.Join(root, "a", "b")
	for _, dir := range []string{filepath.Dir(path), deep} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(deep)
	if got := onnx.FindLibrary(""); got != "libonnxruntime.so.1" {
		t.Errorf("without a file got %q, want the system's", got)
	}
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := onnx.FindLibrary(""); got != path {
		t.Errorf("got %q, want %q", got, path)
	}
	if got := onnx.FindLibrary("/else/where.so"); got != "/else/where.so" {
		t.Errorf("got %q, want the one that was given", got)
	}
}
