package worker_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	key := r.upload("exam.pdf", pdfPages(t, kim, "", lee, "", park, "", "!", ""))
	other := r.upload("exam.tif", tiffPages(t, students...))
	stops := []func(){r.start(), r.startWith(r.options)}
	b := r.submit(jobs.Recognize{Keys: []string{key, other}, PagesPerSheet: 2})
	r.end(b, 1)
	r.wants(b, map[string]string{
		"exam.pdf": "matched " + kim, "exam.pdf#3": "matched " + lee, "exam.pdf#5": "matched " + park,
		"exam.pdf#7": "failed internal_error", "exam.pdf#8": "needs_review no_id_found", "exam.tif": "failed image_too_large",
	})
	for _, rec := range r.records(b) {
		if rec.Success && len(rec.Meta.S3Keys.Others) != 1 {
			t.Errorf("page %d: %v is filed beside it", rec.Page, rec.Meta.S3Keys.Others)
		}
		if rec.Page == 7 && (rec.Meta.S3Keys.Original != nil || !strings.Contains(rec.Meta.Detail.EN, "no copy") || !strings.Contains(rec.Meta.Detail.KO, "사본")) {
			t.Errorf("of a page that failed there is %v, %+v", rec.Meta.S3Keys, rec.Meta.Detail)
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

// A PDF of one page that is put anew while it is read leaves the page that was read beside
// its result.
func TestLargePDFChangedMeanwhile(t *testing.T) {
	r := newRig(t)
	r.apart()
	r.options.LargeFiles, r.options.Images.MaxBytes = t.TempDir(), 64<<20
	r.roster(kim, lee)
	was := append(pdfPages(t, kim), make([]byte, 33<<20)...)
	key := r.upload("exam.pdf", was)
	r.reader.before = func() { must(t, r.store.Put(t.Context(), key, pdfPages(t, lee), "application/pdf")) }
	r.start()
	b := r.submit(jobs.Recognize{Keys: []string{key}})
	r.end(b, 1)
	r.wants(b, map[string]string{"exam.pdf": "matched " + kim})
	got, err := r.store.Get(t.Context(), *r.records(b)[0].Meta.S3Keys.Original, 64<<20)
	must(t, err)
	if !bytes.Equal(got.Body, was) {
		t.Error("the original is another student's")
	}
}

// Where there is no room on disk, what memory can hold is read all the same.
func TestLargePDFWithoutRoomOnDisk(t *testing.T) {
	r := newRig(t)
	r.apart()
	dir := t.TempDir()
	r.options.LargeFiles = dir
	r.roster(kim, lee)
	small := r.upload("small.pdf", append(pdfPages(t, kim), make([]byte, 33<<20)...))
	r.options.Images.MaxBytes = 64 << 20
	r.start()
	own, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	must(t, os.RemoveAll(own[0]))
	b := r.submit(jobs.Recognize{Keys: []string{small}})
	r.end(b, 1)
	r.wants(b, map[string]string{"small.pdf": "matched " + kim})
}
