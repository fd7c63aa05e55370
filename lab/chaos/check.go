package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// verdict is what is wrong with an exam.
type verdict struct {
	sheets        int
	lost          int // sheets, or ends, that are not there or that the backend was not told of
	contradictory int // things that say two different things, or the wrong one
	doubled       int // ids that came with two bodies
	leftovers     int // copies in S3 that no result names
	complaints    []string
}

func (v *verdict) ok() bool { return v.lost+v.contradictory+v.doubled+v.leftovers == 0 }

func (v *verdict) add(other verdict) {
	v.sheets += other.sheets
	v.lost += other.lost
	v.contradictory += other.contradictory
	v.doubled += other.doubled
	v.leftovers += other.leftovers
	v.complaints = append(v.complaints, other.complaints...)
}

func (v *verdict) complainf(count *int, format string, args ...any) {
	*count++
	v.complaints = append(v.complaints, fmt.Sprintf(format, args...))
}

// stored is all of an exam that lies in S3.
type stored struct {
	records map[string]*exam.Sheet // by the sheet's id
	extra   []string               // records of no sheet of ours
	summary *exam.Summary
	copies  map[string]string // ETags of what is filed, by key
	uploads map[string]string // and of what was uploaded
}

func (b *bench) load(ctx context.Context, batch layout.Batch) (*stored, error) {
	st := &stored{records: map[string]*exam.Sheet{}, copies: map[string]string{}, uploads: map[string]string{}}
	var keys []string
	for info, err := range b.client.Store.List(ctx, batch.Prefix()+"sheets/") {
		if err != nil {
			return nil, err
		}
		keys = append(keys, info.Key)
	}
	records := make([]exam.Sheet, len(keys))
	group, groupCtx := errgroup.WithContext(ctx)
	for i, key := range keys {
		group.Go(func() error {
			_, err := b.client.Store.Load(groupCtx, key, &records[i])
			return err
		})
	}
	group.Go(func() error {
		var sum exam.Summary
		_, err := b.client.Store.Load(groupCtx, batch.Summary(), &sum)
		if errors.Is(err, s3store.ErrNotFound) {
			return nil
		}
		st.summary = &sum
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i := range records {
		st.records[records[i].Sheet] = &records[i]
		if keys[i] != batch.Result(records[i].Sheet) {
			st.extra = append(st.extra, keys[i])
		}
	}
	for _, kind := range []string{"original/", "header/", "uploads/"} {
		into := st.copies
		if kind == "uploads/" {
			into = st.uploads
		}
		for info, err := range b.client.Store.List(ctx, kind+batch.ExamCode+"/") {
			if err != nil {
				return nil, err
			}
			into[info.Key] = info.ETag
		}
	}
	return st, nil
}

// judge compares what lies in S3, what the backend was told on both ways, and what
// should be.
func (b *bench) judge(ctx context.Context, batch layout.Batch, epoch int) (verdict, error) {
	st, err := b.load(ctx, batch)
	if err != nil {
		return verdict{}, err
	}
	t, _, err := b.ledger.of(batch.ExamCode)
	if err != nil {
		return verdict{}, err
	}
	if b.watch != nil && st.summary != nil {
		b.watch(epoch, st)
	}
	v := verdict{sheets: len(b.template.sheets)}
	for i, p := range b.template.sheets {
		id := jobs.SheetID(batch.ExamCode, batch.BatchID, uploadKey(batch.ExamCode, p.file), p.page)
		b.judgeSheet(&v, st, t, id, i, epoch)
	}
	if extra := len(st.records) - len(b.template.sheets); extra > 0 || len(st.extra) > 0 {
		v.complainf(&v.contradictory, "%d results more than sheets %v", extra, st.extra)
	}
	b.judgeSummary(&v, st, t, batch, epoch)
	judgeStudents(&v, st)
	judgeCopies(&v, st)
	judgeEvents(&v, t)
	judgeRejection(&v, t)
	for i := range v.complaints {
		v.complaints[i] = "exam " + batch.ExamCode + ", epoch " + strconv.Itoa(epoch) + ": " + v.complaints[i]
	}
	return v, nil
}

// judgeSheet looks at a sheet's result: that there is one, that it is right, that its
// versions are without a gap, and that both ways have the latest and none beyond.
func (b *bench) judgeSheet(v *verdict, st *stored, t told, id string, at, epoch int) {
	rec := st.records[id]
	if rec == nil {
		v.complainf(&v.lost, "sheet %s has no result", id)
		return
	}
	if b.calm != nil {
		if got, want := lineOf(&rec.Result), b.calm.sheets[epoch][at]; got != want {
			v.complainf(&v.contradictory, "sheet %s: got %+v, want %+v", id, got, want)
		}
	}
	for i := range rec.Earlier {
		if rec.Earlier[i].Version != rec.Version-1-i {
			v.complainf(&v.contradictory, "sheet %s: version %d is followed by %d", id, rec.Earlier[i].Version, rec.Version-i)
		}
	}
	if len(rec.Earlier) != rec.Version-1 {
		v.complainf(&v.contradictory, "sheet %s: %d versions before version %d", id, len(rec.Earlier), rec.Version)
	}
	for by, events := range t {
		switch high := highest(events, id); {
		case high < rec.Version:
			v.complainf(&v.lost, "sheet %s: %s has version %d, S3 has %d", id, channels[by], high, rec.Version)
		case high > rec.Version:
			v.complainf(&v.contradictory, "sheet %s: %s has version %d, S3 has %d", id, channels[by], high, rec.Version)
		}
		for _, e := range events {
			if e.Data.Sheet == id {
				judgeEvent(v, rec, e)
			}
		}
	}
}

// judgeEvent compares an event with the version that it is of.
func judgeEvent(v *verdict, rec *exam.Sheet, e event) {
	want := rec.At(e.Data.Version)
	if want == nil {
		return // judgeSheet has said so
	}
	var body struct {
		Data exam.Result `json:"data"`
	}
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil || !reflect.DeepEqual(&body.Data, want) {
		v.complainf(&v.contradictory, "sheet %s, version %d: event %s says something else than S3", rec.Sheet, e.Data.Version, e.ID)
	}
	kind := map[string]string{exam.StatusMatched: "sheet.recognized", exam.StatusNeedsReview: "sheet.needs_review", exam.StatusFailed: "sheet.failed"}
	if e.Type != kind[want.Status] {
		v.complainf(&v.contradictory, "sheet %s, version %d: event of type %s for status %s", rec.Sheet, e.Data.Version, e.Type, want.Status)
	}
}

// judgeSummary looks at the batch's end.
func (b *bench) judgeSummary(v *verdict, st *stored, t told, batch layout.Batch, epoch int) {
	sum := st.summary
	if sum == nil {
		v.complainf(&v.lost, "the batch has no summary")
		return
	}
	for by, events := range t {
		if high := highest(events, ""); high != epoch || sum.Version != epoch {
			v.complainf(&v.lost, "%s has the end of epoch %d, the summary is of %d", channels[by], high, sum.Version)
		}
	}
	if b.calm != nil {
		if got, want := countsOf(*sum), b.calm.summaries[epoch]; !reflect.DeepEqual(got, want) {
			v.complainf(&v.contradictory, "summary: got %+v, want %+v", got, want)
		}
	}
	for _, s := range sum.Sheets {
		rec := st.records[s.Sheet]
		if rec == nil {
			continue // judgeSheet has said so
		}
		if s.Version != rec.Version || s.Status != rec.Status || s.Reason != rec.Meta.Reason || s.Result != batch.Result(s.Sheet) ||
			(s.StudentID == nil) != (rec.StudentID == nil) || rec.StudentID != nil && *s.StudentID != *rec.StudentID {
			v.complainf(&v.contradictory, "summary and result of sheet %s differ", s.Sheet)
		}
	}
	for _, e := range slices.Concat(t[:]...) {
		var body struct {
			Data exam.Summary `json:"data"`
		}
		if e.Type != eventEnd || e.Data.Version != sum.Version {
			continue
		}
		want := *sum
		want.Sheets, want.MissingIDs = nil, nil
		if err := json.Unmarshal([]byte(e.Body), &body); err != nil || !reflect.DeepEqual(body.Data, want) {
			v.complainf(&v.contradictory, "batch.completed %s says something else than the summary", e.ID)
		}
	}
}

// countsOf is what of a summary is the same for every exam of the template.
func countsOf(sum exam.Summary) exam.Summary {
	return exam.Summary{
		Version: sum.Version, Total: sum.Total, Matched: sum.Matched, NeedsReview: sum.NeedsReview, Failed: sum.Failed, Reasons: sum.Reasons,
		Alarms: sum.Alarms, Incomplete: sum.Incomplete, Students: sum.Students, Present: sum.Present, Missing: sum.Missing,
		MissingIDs: sum.MissingIDs, Roster: sum.Roster,
	}
}

// judgeStudents looks for students who were given two sheets.
func judgeStudents(v *verdict, st *stored) {
	given := map[string]string{}
	for id, rec := range st.records {
		student := rec.Student()
		if student == "" || !rec.Final {
			continue
		}
		if other, taken := given[student]; taken {
			v.complainf(&v.contradictory, "sheets %s and %s have the same student", id, other)
		}
		given[student] = id
	}
}

// judgeCopies looks at what is filed: what a result names is there and is the file
// that came, and what is there is named. Old copies are named by old versions until
// they are swept, 15 minutes later.
func judgeCopies(v *verdict, st *stored) {
	for id, rec := range st.records {
		for _, key := range rec.Copies() {
			etag, there := st.copies[key]
			if !there {
				v.complainf(&v.lost, "sheet %s names %s, which is not there", id, key)
			}
			whole := strings.HasPrefix(key, "original/") && rec.Meta.Pages <= 1
			if there && whole && etag != st.uploads[rec.SheetKey] {
				v.complainf(&v.contradictory, "sheet %s: %s is not the file that was uploaded", id, key)
			}
		}
	}
	for key := range st.copies {
		named := false
		for _, rec := range st.records {
			named = named || rec.Named(key)
		}
		if !named {
			v.complainf(&v.leftovers, "no result names %s", key)
		}
	}
}

// judgeEvents looks at all that the backend was told: signatures, one body for each id and
// one id for each event, whichever way it came, objects that were there when the receiver
// was told of them.
func judgeEvents(v *verdict, t told) {
	type what struct {
		sheet   string
		version int
		message string
	}
	ids := map[what]string{}
	bodies := map[string]string{}
	doubled := []string{}
	for by, events := range t {
		for _, e := range events {
			if !e.Verified {
				v.complainf(&v.contradictory, "%s has event %s: %s", channels[by], e.ID, e.Problem)
			}
			if len(e.Missing) > 0 {
				v.complainf(&v.contradictory, "%s has event %s, which came before %v", channels[by], e.ID, e.Missing)
			}
			body, seen := bodies[e.ID]
			if (!e.SameBodyAsFirst || seen && body != e.Body) && !slices.Contains(doubled, e.ID) {
				doubled = append(doubled, e.ID)
				v.complainf(&v.doubled, "event %s came with two bodies", e.ID)
			}
			bodies[e.ID] = e.Body
			w := what{e.Data.Sheet, e.Data.Version, e.Data.Message}
			if id, seen := ids[w]; seen && id != e.ID {
				v.complainf(&v.contradictory, "version %d of %q came as %s and as %s", w.version, w.sheet, id, e.ID)
			}
			ids[w] = e.ID
		}
	}
}

// judgeRejection looks whether the backend was told of the one message that is refused.
func judgeRejection(v *verdict, t told) {
	refused := map[string]bool{}
	for by, events := range t {
		heard := false
		for _, e := range events {
			if e.Type == eventRejected {
				refused[e.ID], heard = true, true
			}
		}
		if !heard {
			v.complainf(&v.lost, "%s has nothing of the message that was refused", channels[by])
		}
	}
	if len(refused) > 1 {
		v.complainf(&v.contradictory, "one message was refused, and the backend was told of %d", len(refused))
	}
}
