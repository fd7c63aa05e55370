package worker_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// A file's pages make sheets by what they show, and what doesn't come out even is told.
func TestPapersOfSeveralPages(t *testing.T) {
	t.Parallel()
	const back = "" // a page without an ID
	for _, test := range []struct {
		name     string
		declared jobs.PageCount
		pages    []string
		want     map[string]string
		filed    [][]int // the pages of each sheet, by the first
		uneven   bool
	}{
		{"even", 2, []string{kim, back, lee, back, park, back}, map[string]string{
			"scan.tif": "matched " + kim, "scan.tif#3": "matched " + lee, "scan.tif#5": "matched " + park,
		}, [][]int{{1, 2}, {3, 4}, {5, 6}}, false},
		{"two backs dropped", 2, []string{kim, lee, park, back, choi, back}, map[string]string{
			"scan.tif": "matched " + kim, "scan.tif#2": "matched " + lee, "scan.tif#3": "matched " + park, "scan.tif#5": "matched " + choi,
		}, [][]int{{1}, {2}, {3, 4}, {5, 6}}, true},
		{"a front lost", 2, []string{kim, back, back, lee, back}, map[string]string{
			"scan.tif": "matched " + kim, "scan.tif#3": "needs_review no_id_found", "scan.tif#4": "matched " + lee,
		}, [][]int{{1, 2}, {3}, {4, 5}}, true},
		{"a page scanned twice", 2, []string{kim, kim, back, lee, back}, map[string]string{
			"scan.tif": "matched " + kim, "scan.tif#3": "needs_review no_id_found", "scan.tif#4": "matched " + lee,
		}, [][]int{{1, 2}, {3}, {4, 5}}, true},
		{"a page that can't be read", 2, []string{kim, back, lee, "!", park, back}, map[string]string{
			"scan.tif": "matched " + kim, "scan.tif#3": "matched " + lee, "scan.tif#4": "failed internal_error", "scan.tif#5": "matched " + park,
		}, [][]int{{1, 2}, {3}, {4}, {5, 6}}, true},
		{"booklets", jobs.AutoPages, []string{kim, lee, lee, park, park, park, choi}, map[string]string{
			"scan.tif": "matched " + kim, "scan.tif#2": "matched " + lee, "scan.tif#4": "matched " + park, "scan.tif#7": "matched " + choi,
		}, [][]int{{1}, {2, 3}, {4, 5, 6}, {7}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.roster(kim, lee, park, choi)
			key := r.upload("scan.tif", tiffPages(t, test.pages...))
			r.start()
			b := r.submit(jobs.Recognize{Keys: []string{key}, PagesPerSheet: test.declared})
			sum := r.end(b, 1)
			r.wants(b, test.want)
			var filed [][]int
			for _, rec := range r.records(b) {
				filed = append(filed, rec.Meta.SheetPages)
				if n := len(rec.Meta.SheetPages) - 1; rec.Status != "failed" && n != len(rec.Meta.S3Keys.Others) {
					t.Errorf("page %d: %d further pages are filed, want %d", rec.Page, len(rec.Meta.S3Keys.Others), n)
				}
			}
			if !slices.EqualFunc(filed, test.filed, slices.Equal) {
				t.Errorf("the sheets' pages are %v, want %v", filed, test.filed)
			}
			if got := slices.Contains(sum.Alarms, exam.AlarmPagesUneven); got != test.uneven {
				t.Errorf("got alarms %q, want one: %v", sum.Alarms, test.uneven)
			}
			told := slices.ContainsFunc(r.events(b), func(e delivered) bool { return strings.Contains(e.Body, `"alarms":["pages_uneven"]`) })
			if told != test.uneven {
				t.Errorf("an event tells the alarm: %v, want %v", told, test.uneven)
			}
			for _, text := range test.pages {
				if n, want := r.reader.count(text), times(test.pages, text); text != "!" && n != want {
					t.Errorf("%d pages of a kind were read %d times", want, n)
				}
			}
		})
	}
}

// times is how many of the pages say so.
func times(pages []string, text string) int {
	n := 0
	for _, p := range pages {
		if p == text {
			n++
		}
	}
	return n
}

// A page in doubt says so to the person who gets it.
func TestPageInDoubtSaysWhy(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	key := r.upload("scan.tif", tiffPages(t, kim, "", "", lee, ""))
	r.start()
	b := r.submit(jobs.Recognize{Keys: []string{key}, PagesPerSheet: 2})
	r.end(b, 1)
	rec := r.sheet(b, key, 3)
	if d := rec.Meta.Detail; d == nil || !strings.Contains(d.EN, "page 3") || !strings.Contains(d.KO, "3쪽") {
		t.Errorf("got detail %+v, want one that names the page", d)
	}
	if rec.Confidence > 0.9 {
		t.Errorf("got confidence %v of a page in doubt", rec.Confidence)
	}
}

// Without a roster, the IDs that were read tell where sheets begin; a rematch with one
// keeps the pages together.
func TestPapersWithoutARoster(t *testing.T) {
	r := newRig(t)
	key := r.upload("scan.tif", tiffPages(t, kim, lee, "", park, ""))
	r.start()
	b := r.submit(jobs.Recognize{Keys: []string{key}, PagesPerSheet: 2})
	r.end(b, 1)
	r.wants(b, map[string]string{
		"scan.tif": "needs_review roster_missing", "scan.tif#2": "needs_review roster_missing", "scan.tif#4": "needs_review roster_missing",
	})
	r.roster(kim, lee, park)
	r.put(r.options.Queues.Jobs, &jobs.Rematch{Type: jobs.TypeRematch, ExamCode: r.exam, BatchID: b.BatchID})
	r.end(b, 2)
	r.wants(b, map[string]string{"scan.tif": "matched " + kim, "scan.tif#2": "matched " + lee, "scan.tif#4": "matched " + park})
}

// A batch that was registered before files were divided by what they show is finished
// by counting, as it was begun.
func TestBatchOfBeforeIsCounted(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park)
	key := r.upload("scan.tif", tiffPages(t, kim, "", lee, ""))
	b := layout.Batch{ExamCode: r.exam, BatchID: "before"}
	part := jobs.PartID([]string{key})
	must(t, r.store.CreateRecord(t.Context(), b.Job(), exam.Job{
		ExamCode: b.ExamCode, BatchID: b.BatchID, Total: 1, Part: part, PagesPerSheet: 2, CreatedAt: time.Now().UTC(),
	}))
	r.start()
	r.submit(jobs.Recognize{Keys: []string{key}, BatchID: "before", PagesPerSheet: 2})
	r.end(b, 1)
	r.wants(b, map[string]string{"scan.tif": "matched " + kim, "scan.tif#3": "matched " + lee})
	if looks := r.list(b.Prefix() + "looks/"); len(looks) > 0 {
		t.Errorf("its pages were looked at: %v", looks)
	}
}

// A worker that dies between any two changes of looking, dividing and filing leaves what
// another one finishes, with the same sheets.
func TestDeathWhileDividing(t *testing.T) {
	t.Parallel()
	for _, since := range []string{"/pages/", "/looks/", "/papers/"} {
		for left := range 5 {
			t.Run(strings.Trim(since, "/")+"-"+itoa(left), func(t *testing.T) {
				r := newRig(t)
				r.roster(kim, lee, park)
				key := r.upload("scan.tif", tiffPages(t, kim, lee, "", park, ""))
				b := r.submit(jobs.Recognize{Keys: []string{key}, BatchID: "b", PagesPerSheet: 2})
				r.dieThenFinish(b, since, left)
				r.wants(b, map[string]string{"scan.tif": "matched " + kim, "scan.tif#2": "matched " + lee, "scan.tif#4": "matched " + park})
			})
		}
	}
}

// dieThenFinish works on the batch with a worker that dies after so many changes, and
// then with another one to its end.
func (r *rig) dieThenFinish(b layout.Batch, since string, left int) {
	r.t.Helper()
	dying, kill := context.WithCancel(context.Background())
	defer kill()
	o := r.over(&mortal{since: since, left: left, kill: kill})
	o.Visibility, o.DrainTimeout = 2*time.Second, time.Nanosecond
	w := r.worker(o)
	var first sync.WaitGroup
	first.Go(func() { w.Run(dying) })
	defer first.Wait()
	defer kill()
	r.until("death or the end", func() bool {
		_, err := r.store.Head(r.t.Context(), b.Done(1))
		return dying.Err() != nil || err == nil && r.quiet()
	})
	r.start()
	r.end(b, 1)
}
