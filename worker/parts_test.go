package worker_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// A batch sent as several messages ends once all keys have come, whatever their
// order and overlap.
func TestBatchOfSeveralMessages(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park, choi)
	keys := r.sheets(kim, lee, park, choi)
	r.start()
	var b layout.Batch
	for _, part := range [][]string{keys[2:], keys[1:3]} {
		b = r.submit(jobs.Recognize{Keys: part, BatchID: "parts", BatchTotal: 4})
	}
	r.until("the first messages' sheets", func() bool { return len(r.list(b.Prefix()+"sheets/")) == 3 && r.quiet() })
	if plans := r.list(b.Prefix() + "plans/"); len(plans) > 0 {
		t.Fatalf("the batch ended before its last message: %v", plans)
	}
	r.submit(jobs.Recognize{Keys: keys[:1], BatchID: "parts", BatchTotal: 4})
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee, "3.png": "matched " + park, "4.png": "matched " + choi})
	if got := r.eventTypes(b)[exam.EventCompleted]; got != 1 {
		t.Errorf("got %d batch.completed, want 1", got)
	}
}

// A message that comes after the batch's deadline opens a next epoch.
func TestMessageAfterTheEnd(t *testing.T) {
	r := newRig(t)
	r.options.BatchDeadline = 2 * time.Second
	r.roster(kim, lee)
	keys := r.sheets(kim, lee)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys[:1], BatchID: "late", BatchTotal: 2})
	sum := r.end(b, 1)
	if !sum.Incomplete || sum.Total != 1 {
		t.Errorf("got summary %+v, want an incomplete one of 1", sum)
	}
	r.submit(jobs.Recognize{Keys: keys[1:], BatchID: "late", BatchTotal: 2})
	// On a slow machine the first sheet may miss the deadline too, and have an
	// epoch of its own.
	epoch := 2
	for sum = r.end(b, epoch); sum.Total == 1 && epoch < 4; sum = r.end(b, epoch) {
		epoch++
	}
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
	if sum.Incomplete {
		t.Error("still incomplete")
	}
}

// It is taken in as soon as its sheets are read, however far off the batch's next
// finish message is.
func TestMessageAfterTheEndIsSoon(t *testing.T) {
	r := newRig(t)
	r.options.BatchDeadline = 3 * time.Second
	r.roster(kim, lee)
	keys := r.sheets(kim, lee)
	stop := r.start()
	b := r.submit(jobs.Recognize{Keys: keys[:1], BatchID: "late", BatchTotal: 2})
	r.end(b, 1)
	stop()
	r.options.FinishDelay = 10 * time.Minute
	r.options.BatchDeadline = time.Hour
	r.start()
	r.submit(jobs.Recognize{Keys: keys[1:], BatchID: "late", BatchTotal: 2})
	sum, epoch := r.end(b, 2), 2
	for ; sum.Total == 1 && epoch < 4; sum = r.end(b, epoch) { // as above
		epoch++
	}
	if sum.Total != 2 || sum.Matched != 2 || sum.Incomplete {
		t.Errorf("got %+v", sum)
	}
}

func TestManifest(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	const sheets = 230 // more than two chunks
	var keys []string
	for i := range sheets {
		keys = append(keys, fmt.Sprintf("uploads/%s/none-%03d.png", r.exam, i))
	}
	keys[7], keys[199] = r.upload("a.png", pngPage(t, kim)), r.upload("b.png", pngPage(t, lee))
	manifest, err := json.Marshal(map[string]any{"keys": append(keys, keys[7])})
	must(t, err)
	r.options.ImagePatience = time.Nanosecond
	r.options.Prefetch = 32
	key := r.upload("manifest.json", manifest)
	r.start()
	b := r.submit(jobs.Recognize{ManifestKey: key, BatchID: "many"})
	sum := r.end(b, 1)
	if sum.Total != sheets || sum.Matched != 2 || sum.Reasons[exam.ReasonImageMissing] != sheets-2 {
		t.Errorf("got summary of %d: %d matched, %v", sum.Total, sum.Matched, sum.Reasons)
	}
	r.isSound(b, r.records(b))
}

func TestFilesOfSeveralPages(t *testing.T) {
	t.Parallel()
	front, back := "", "" // a back side carries no ID
	for _, test := range []struct {
		name          string
		file          func(testing.TB, ...string) []byte
		ext           string
		pagesPerSheet jobs.PageCount
		pages         []string
		want          map[string]string
		others        int
	}{
		{"tiff by page", tiffPages, "tif", 1, []string{kim, lee, front}, map[string]string{
			"scan.tif": "matched " + kim, "scan.tif#2": "matched " + lee, "scan.tif#3": "needs_review no_id_found",
		}, 0},
		{"tiff by two", tiffPages, "tif", 2, []string{kim, back, lee, back, park}, map[string]string{
			"scan.tif": "matched " + kim, "scan.tif#3": "matched " + lee, "scan.tif#5": "matched " + park,
		}, 2},
		{"pdf by two", pdfPages, "pdf", 2, []string{kim, back, lee, back}, map[string]string{
			"scan.pdf": "matched " + kim, "scan.pdf#3": "matched " + lee,
		}, 2},
		{"one page", tiffPages, "tif", 2, []string{kim}, map[string]string{"scan.tif": "matched " + kim}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.ext == "pdf" && raceDetector {
				t.Skip("compiling PDFium takes a minute of CPU under the race detector")
			}
			r := newRig(t)
			if test.ext == "pdf" {
				r.apart()
			}
			r.roster(kim, lee, park)
			key := r.upload("scan."+test.ext, test.file(t, test.pages...))
			r.start()
			b := r.submit(jobs.Recognize{Keys: []string{key}, PagesPerSheet: test.pagesPerSheet})
			r.end(b, 1)
			r.wants(b, test.want)
			others := 0
			for _, rec := range r.records(b) {
				if rec.Meta.Pages != len(test.pages) {
					t.Errorf("page %d: got %d pages, want %d", rec.Page, rec.Meta.Pages, len(test.pages))
				}
				others += len(rec.Meta.S3Keys.Others)
			}
			if others != test.others {
				t.Errorf("got %d further pages filed, want %d", others, test.others)
			}
		})
	}
}

// A first page that can't be read does not take the file's other pages with it.
func TestBrokenPageAmongGood(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	key := r.upload("scan.tif", tiffPages(t, "!", kim, lee))
	r.start()
	b := r.submit(jobs.Recognize{Keys: []string{key}})
	r.end(b, 1)
	r.wants(b, map[string]string{"scan.tif": "failed internal_error", "scan.tif#2": "matched " + kim, "scan.tif#3": "matched " + lee})
}
