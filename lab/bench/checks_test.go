package main

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func TestNearIDs(t *testing.T) {
	ids := []string{"32170001", "32170002"}
	seen := make(map[string]bool)
	for _, id := range nearIDs(ids, 40) {
		seen[id] = true
		if min(substitutions(id, ids[0]), substitutions(id, ids[1])) > 2 {
			t.Errorf("%s differs in more than two digits from both", id)
		}
	}
	if len(seen) != 40 || !seen[ids[0]] || !seen[ids[1]] {
		t.Errorf("%d different IDs, want 40, the two given among them", len(seen))
	}
}

func TestLoadScans(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "labels.csv"), []byte("file,label\na.png,1234\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	scans, err := loadScans(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(scans) != 1 || scans[0].id != "1234" || scans[0].image.Bounds().Dx() != 20 {
		t.Errorf("got %d scans", len(scans))
	}
	if _, err := loadScans(t.TempDir()); !os.IsNotExist(err) {
		t.Errorf("error is %v, want one that says that nothing is there", err)
	}
}
