package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestShippedCode has a worker start on an empty cache: what the build has compiled is
// laid in and used, so that nothing has to be compiled before the first PDF.
func TestShippedCode(t *testing.T) {
	shipped := filesIn(t, filepath.Join(filepath.Dir(binary(t)), "lib", "decoder"))
	if len(shipped) == 0 {
		t.Fatal("bin/lib/decoder is empty: run make build")
	}
	cache := t.TempDir()
	w := startWith(t, []string{"CACHE_DIRECTORY=" + cache}, "worker", "--env-file", local(t))
	await(t, 2*time.Minute, "the decoder", func() bool { return strings.Contains(w.stderr.String(), `"decoder started"`) })
	if got := filesIn(t, filepath.Join(cache, "decoder")); !slices.Equal(got, shipped) {
		t.Errorf("the cache has %q, the build ships %q", got, shipped)
	}
}

// filesIn are the regular files of a folder, by their paths in it.
func filesIn(t *testing.T, folder string) (files []string) {
	t.Helper()
	mustDo(t, fs.WalkDir(os.DirFS(folder), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			files = append(files, name)
		}
		return err
	}))
	return files
}
