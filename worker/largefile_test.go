package worker_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"hakbeon/jobs"
)

// A PDF that is too large for memory is read from disk, page by page, by whoever takes a
// page, and nothing of it is left.
func TestLargePDF(t *testing.T) {
	r := newRig(t)
	r.apart()
	dir := t.TempDir()
	left := filepath.Join(dir, "files-left")
	must(t, os.MkdirAll(left, 0o700)) // by a worker that was killed
	r.options.LargeFiles, r.options.Images.MaxBytes = dir, 6<<10
	students := []string{kim, lee, park}
	r.roster(students...)
	key := r.upload("exam.pdf", pdfPages(t, kim, "", lee, "", park, ""))
	other := r.upload("exam.tif", tiffPages(t, students...))
	stops := []func(){r.start(), r.startWith(r.options)}
	b := r.submit(jobs.Recognize{Keys: []string{key, other}, PagesPerSheet: 2})
	r.end(b, 1)
	r.wants(b, map[string]string{
		"exam.pdf": "matched " + kim, "exam.pdf#3": "matched " + lee, "exam.pdf#5": "matched " + park,
		"exam.tif": "failed image_too_large",
	})
	for _, rec := range r.records(b) {
		if rec.Filename == "exam.pdf" && len(rec.Meta.S3Keys.Others) != 1 {
			t.Errorf("page %d: %v is filed beside it", rec.Page, rec.Meta.S3Keys.Others)
		}
	}

	// Another file under the same key is another file.
	must(t, r.store.Put(t.Context(), key, pdfPages(t, park, "", kim, "", lee, ""), "application/pdf"))
	again := r.submit(jobs.Recognize{Keys: []string{key}, PagesPerSheet: 2, BatchID: "again"})
	r.end(again, 1)
	r.wants(again, map[string]string{"exam.pdf": "matched " + park, "exam.pdf#3": "matched " + kim, "exam.pdf#5": "matched " + lee})

	for _, stop := range stops {
		stop()
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*", "*")); err != nil || len(files) > 0 {
		t.Errorf("left on disk: %v, %v", files, err)
	}
	if dirs, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || slices.Contains(dirs, left) {
		t.Errorf("left on disk: %v, %v", dirs, err)
	}
}
