package worker_test

import (
	"bytes"
	"image"
	"image/png"
	"path"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/exam"
	"hakbeon/internal/awsclient"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Files that can't be read: each has its reason, all are kept, and none stops
// its neighbours.
func TestBadSheets(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	page := pngPage(t, kim)
	var wide bytes.Buffer
	must(t, png.Encode(&wide, image.NewGray(image.Rect(0, 0, 4000, 1000))))
	want := map[string]string{
		"good.png": "matched " + kim, "empty.png": "failed image_unreadable", "cut.png": "failed image_unreadable",
		"text.jpg": "failed image_unreadable", "heavy.png": "failed image_too_large", "wide.png": "failed image_too_large",
		"blank.png": "needs_review no_id_found", "nowhere.png": "failed image_missing", "crash.png": "failed internal_error",
	}
	files := map[string][]byte{
		"good.png": page, "empty.png": nil, "cut.png": page[:len(page)/2], "text.jpg": []byte("this is no image"),
		"heavy.png": make([]byte, 2<<20), "wide.png": wide.Bytes(), "blank.png": pngPage(t, ""), "crash.png": pngPage(t, "!"),
	}
	keys := []string{"uploads/" + r.exam + "/nowhere.png"}
	for name, body := range files {
		keys = append(keys, r.upload(name, body))
	}
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	r.wants(b, want)
	if sum.Failed != 7 || sum.Reasons[exam.ReasonImageUnreadable] != 3 || sum.Missing != 1 {
		t.Errorf("got summary %+v", sum)
	}
	for _, rec := range r.records(b) {
		keys := rec.Meta.S3Keys
		if rec.Status != exam.StatusFailed {
			continue
		}
		if rec.Filename == "nowhere.png" {
			if keys.Original != nil || rec.Meta.S3Uploaded {
				t.Errorf("%s: names an original: %v", rec.Filename, *keys.Original)
			}
			continue
		}
		if keys.Original == nil || path.Dir(*keys.Original) != "original/"+r.exam+"/unknown_id" || keys.Header != nil || rec.StudentID != nil {
			t.Errorf("%s: got %+v", rec.Filename, rec.Result)
		}
	}
	if got := r.eventTypes(b)[exam.EventFailed]; got < 7 {
		t.Errorf("got %d sheet.failed, want one a sheet and version", got)
	}
}

// An upload that comes after its job, and within patience, is read, however
// often the message was received in the meantime.
func TestLateUpload(t *testing.T) {
	r := newRig(t)
	r.options.ImagePatience = patience
	r.options.MaxAttempts = 1
	r.roster(kim, lee)
	keys := append(r.sheets(kim), "uploads/"+r.exam+"/2.png")
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.until("the first sheet", func() bool { return len(r.list(b.Prefix()+"sheets/")) == 1 })
	r.until("a second look", func() bool { return r.receives() >= 2 })
	r.upload("2.png", pngPage(t, lee))
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
	if marks := r.list(b.Prefix() + "attempts/"); len(marks) > 0 {
		t.Errorf("waiting was counted as crashing: %v", marks)
	}
}

func TestRosterMissing(t *testing.T) {
	r := newRig(t)
	keys := r.sheets(kim, lee, "20164321")
	rosterKey := "rosters/" + r.exam + "-own.xlsx"
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys, RosterKey: rosterKey})
	sum := r.end(b, 1)
	r.wants(b, map[string]string{
		"1.png": "needs_review roster_missing", "2.png": "needs_review roster_missing", "3.png": "needs_review roster_missing",
	})
	if sum.Students != 0 || sum.Roster != "" {
		t.Errorf("got summary %+v", sum)
	}
	must(t, r.store.Put(t.Context(), rosterKey, rosterFile(t, "Student ID", kim, lee), s3store.TypeXLSX))
	r.put(r.options.Queues.Jobs, &jobs.Rematch{Type: jobs.TypeRematch, ExamCode: r.exam, BatchID: b.BatchID})
	r.end(b, 2)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee, "3.png": "needs_review not_on_roster"})
	if n := r.reader.count(kim); n != 1 {
		t.Errorf("a sheet was read %d times, want 1: a rematch reads no image", n)
	}
	if got := r.eventTypes(b)[exam.EventCompleted]; got != 2 {
		t.Errorf("got %d batch.completed, want one an epoch", got)
	}
	// The roster goes again: the snapshot stays in force.
	must(t, r.store.Delete(t.Context(), rosterKey))
	r.put(r.options.Queues.Jobs, &jobs.Rematch{Type: jobs.TypeRematch, ExamCode: r.exam, BatchID: b.BatchID})
	if sum := r.end(b, 3); sum.Matched != 2 || sum.Students != 2 {
		t.Errorf("got summary %+v, want the last roster's", sum)
	}
}

func TestBadRosters(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{
		"no IDs":   rosterFile(t, "학번"),
		"no table": []byte("<html>학번\n" + kim),
		"cut":      rosterFile(t, "학번", kim)[:500],
		"heavy":    make([]byte, 17<<20),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			must(t, r.store.Put(t.Context(), layout.RosterKey(r.exam), file, s3store.TypeXLSX))
			keys := r.sheets(kim)
			r.start()
			b := r.submit(jobs.Recognize{Keys: keys})
			r.end(b, 1)
			r.wants(b, map[string]string{"1.png": "needs_review roster_missing"})
			if rec := r.sheet(b, keys[0], 1); rec.Meta.OCRText != kim {
				t.Errorf("got text %q, want what was read to be kept", rec.Meta.OCRText)
			}
		})
	}
}

// Exams without a roster of their own use the bucket's default.
func TestDefaultRoster(t *testing.T) {
	r := newRig(t)
	client := awsclient.S3(s3Config(), nil)
	bucket := "default-roster"
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket})
	must(t, err)
	r.store = s3store.New(client, bucket)
	r.options.Store, r.options.WebhookURL = r.store, "" // the sink looks into its own bucket
	must(t, r.store.Put(t.Context(), layout.DefaultRosterKey, rosterFile(t, "Student ID", kim), s3store.TypeXLSX))
	keys := r.sheets(kim)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim})
	if sum.RosterKey != layout.DefaultRosterKey || sum.S3Bucket != bucket {
		t.Errorf("got roster %q in bucket %q", sum.RosterKey, sum.S3Bucket)
	}
}

// receives is how often the worker has taken a message of the work queue.
func (r *rig) receives() int {
	r.t.Helper()
	return int(r.metric("hakbeon_messages_total", map[string]string{"queue": "work", "outcome": "retry"}))
}
