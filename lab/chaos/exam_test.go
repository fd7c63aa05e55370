package main

import (
	"slices"
	"testing"

	"hakbeon/recognizer/imagefile"
)

func TestTemplate(t *testing.T) {
	tpl, err := newTemplate()
	if err != nil {
		t.Fatal(err)
	}
	if len(tpl.sheets) != 6 || len(tpl.files) != 5 || tpl.absent == "" {
		t.Errorf("got %d sheets, %d files, absent %q", len(tpl.sheets), len(tpl.files), tpl.absent)
	}
	i := slices.IndexFunc(tpl.files, func(f file) bool { return f.name == "pair.tif" })
	pair, err := imagefile.Open(tpl.files[i].body, imagefile.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer pair.Close()
	if pair.Pages() != 2 {
		t.Fatalf("pair.tif has %d pages, want 2", pair.Pages())
	}
	for page := range 2 {
		if img, err := pair.Page(page); err != nil || img.Bounds().Dx() < 500 {
			t.Errorf("page %d: %v, %v", page, img.Bounds(), err)
		}
	}
}
