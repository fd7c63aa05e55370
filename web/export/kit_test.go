package export_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/export"
)

// bucket is S3 in a map. fail, where it is set, may fail a Get.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	fail    func(key string) error
}

func newBucket() *bucket { return &bucket{objects: map[string][]byte{}} }

func (b *bucket) Get(ctx context.Context, key string, limit int64) (s3store.Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		if err := b.fail(key); err != nil {
			return s3store.Object{}, err
		}
	}
	body, there := b.objects[key]
	switch {
	case ctx.Err() != nil:
		return s3store.Object{}, ctx.Err()
	case !there:
		return s3store.Object{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
	case int64(len(body)) > limit:
		return s3store.Object{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrTooLarge}
	}
	return s3store.Object{Body: body}, nil
}

func (b *bucket) Load(ctx context.Context, key string, record any) (string, error) {
	obj, err := b.Get(ctx, key, 1<<30)
	if err != nil {
		return "", err
	}
	return "", json.Unmarshal(obj.Body, record)
}

func (b *bucket) List(_ context.Context, prefix string) iter.Seq2[s3store.Info, error] {
	b.mu.Lock()
	keys := slices.Sorted(maps.Keys(b.objects))
	b.mu.Unlock()
	return func(yield func(s3store.Info, error) bool) {
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) && !yield(s3store.Info{Key: key}, nil) {
				return
			}
		}
	}
}

func (b *bucket) put(key string, body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = body
}

func (b *bucket) record(t testing.TB, key string, record any) {
	t.Helper()
	body, err := s3store.Encode(record)
	must(t, err)
	b.put(key, body)
}

// room is a batch in a bucket, to be ended.
type room struct {
	*bucket

	t     testing.TB
	batch layout.Batch
	plan  exam.Plan
}

func newRoom(t testing.TB, csvRoster string) *room {
	t.Helper()
	r := &room{bucket: newBucket(), t: t, batch: layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "b"}}
	r.plan = exam.Plan{Epoch: 1, CreatedAt: time.Date(2017, 12, 18, 9, 14, 6, 0, time.UTC)}
	if csvRoster != "" {
		ro, err := roster.Read([]byte(csvRoster), roster.Limits{MaxBytes: 1 << 20})
		must(t, err)
		r.plan.Roster = ro.Hash()
		r.record(t, r.batch.Roster(ro.Hash()), ro)
	}
	r.record(t, r.batch.Job(), exam.Job{ExamCode: r.batch.ExamCode, BatchID: r.batch.BatchID, Total: 1})
	return r
}

// sheet adds a sheet of a file, with its pages: names of objects under the student, and
// what lies there.
func (r *room) sheet(p exam.PlannedSheet, pages ...[]byte) exam.PlannedSheet {
	r.t.Helper()
	if p.Key == "" {
		p.Key = fmt.Sprintf("uploads/%03d.jpg", len(r.plan.Sheets)+1)
	}
	p.Page, p.Version = max(p.Page, 1), 1
	p.Sheet = jobs.SheetID(r.batch.ExamCode, r.batch.BatchID, p.Key, p.Page)
	res := exam.Result{Sheet: p.Sheet, SheetKey: p.Key, Page: p.Page, Version: 1, Status: p.Status, Confidence: p.Confidence}
	res.Meta.Pages = max(len(pages), p.Page)
	for i, body := range pages {
		key := layout.OriginalKey(r.batch.ExamCode, p.StudentID, layout.FileName(p.Key, p.Page+i, res.Meta.Pages, p.Sheet), layout.Ext(p.Key))
		r.put(key, body)
		if i == 0 {
			res.Meta.S3Keys.Original = &key
		} else {
			res.Meta.S3Keys.Others = append(res.Meta.S3Keys.Others, key)
		}
	}
	r.record(r.t, r.batch.Result(p.Sheet), exam.Sheet{Result: res})
	r.plan.Sheets = append(r.plan.Sheets, p)
	return p
}

// accepted adds a sheet that was accepted for a student.
func (r *room) accepted(student string, pages ...[]byte) exam.PlannedSheet {
	return r.sheet(exam.PlannedSheet{Status: exam.StatusMatched, Reason: exam.ReasonSuccess, Stage: exam.StageSolve, StudentID: student, Confidence: 0.9998}, pages...)
}

func (r *room) end() {
	r.record(r.t, r.batch.Plan(r.plan.Epoch), r.plan)
	r.put(r.batch.Report(), []byte("the report"))
	r.put(r.batch.Done(r.plan.Epoch), nil)
}

// open is an export of the room, as asked for.
func (r *room) open(q export.Request) *export.Export {
	r.t.Helper()
	q.Batch = r.batch
	x, err := export.New(export.Options{Store: r.bucket}).Open(r.t.Context(), q)
	must(r.t, err)
	r.t.Cleanup(x.Close)
	return x
}

// zip is what such an export has: contents by name.
func (r *room) zip(q export.Request) map[string]string {
	r.t.Helper()
	var out bytes.Buffer
	must(r.t, r.open(q).WriteZip(r.t.Context(), &out))
	return unpack(r.t, out.Bytes())
}

func unpack(t testing.TB, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		must(t, err)
		body, err := io.ReadAll(in) // compares the checksum
		must(t, err)
		if _, twice := files[f.Name]; twice {
			t.Errorf("%s is there twice", f.Name)
		}
		if at := time.Date(2017, 12, 18, 9, 14, 6, 0, time.UTC); !f.Modified.Equal(at) {
			t.Errorf("%s is of %s", f.Name, f.Modified)
		}
		if f.Method != zip.Store || f.NonUTF8 {
			t.Errorf("%s: method %d, not UTF-8: %v", f.Name, f.Method, f.NonUTF8)
		}
		files[f.Name] = string(body)
	}
	return files
}

// table reads one of the lists.
func table(t testing.TB, text string) [][]string {
	t.Helper()
	body, marked := strings.CutPrefix(text, "\ufeff")
	if !marked {
		t.Errorf("no byte order mark: %q", text)
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	must(t, err)
	return rows
}

func papersOf(files map[string]string) []string {
	var out []string
	for name := range files {
		if !slices.Contains([]string{"report.xlsx", "students.csv", "unsettled.csv", "left_out.csv"}, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
