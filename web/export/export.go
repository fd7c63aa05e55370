package export

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

// The errors of [Exporter.Open], beside those of s3store and [ErrPattern].
var (
	// ErrBusy says that as many exports are being made as may be at once.
	ErrBusy = errors.New("other exports are being made: try again in a minute")
	// ErrChanging says that the batch is being decided anew at this moment.
	ErrChanging = errors.New("the batch is being decided anew: try again in a minute")
	// ErrTooMany says that a batch has more sheets than are exported.
	ErrTooMany = errors.New("the batch has too many sheets for one export: read its results")
)

const (
	// maxSheets bounds what an export keeps in memory, about 1 KB a sheet.
	maxSheets = 100_000
	// maxReport is the size of a report.
	maxReport = 64 << 20
	// looks is how often a batch is looked at that is being decided anew, and lookAgain
	// how long after one another.
	looks     = 5
	lookAgain = time.Second
)

// Store is what is read of the bucket; *s3store.Store is one. Its errors are those of
// package s3store.
type Store interface {
	Get(ctx context.Context, key string, limit int64) (s3store.Object, error)
	Load(ctx context.Context, key string, record any) (etag string, err error)
	List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error]
}

// Options configure an Exporter. Store is required.
type Options struct {
	Store Store
	// AtOnce is how many exports are made at once; the next one is refused. One takes
	// the memory of a few pages and, with PDFs, of one PDF. Defaults to 2.
	AtOnce int
}

// Exporter makes exports. It is safe for concurrent use.
type Exporter struct {
	store Store
	slots chan struct{}
}

// New returns an Exporter.
func New(o Options) *Exporter {
	return &Exporter{store: o.Store, slots: make(chan struct{}, max(cmp.Or(o.AtOnce, 2), 1))}
}

// Request says what is exported, and how.
type Request struct {
	Batch layout.Batch
	// Language is "ko" or "en", which whatever is not "ko" means: of what we say in
	// the lists and in the names of files. The roster's words stay as they are.
	Language string
	// Pattern names the students' folders: see [ParsePattern].
	Pattern string
	// PDF makes one PDF of each student's pages in place of a folder. The pages of
	// sheets that are not settled stay files.
	PDF bool
}

// Export is one state of a batch, to be written once. It must be closed.
type Export struct {
	Request

	store  Store
	close  func()
	end    *batch.End
	report []byte
	// noReport is why there is no report.
	noReport string
	words    words
	columns  []string // the roster's own
	// students are the roster's, in its order; unsettled the sheets that have no student
	// of the roster.
	students  []*student
	unsettled []*sheet
}

// Open reads all that a batch's last end says: [batch.ErrNotEnded] before the first, and
// s3store.ErrNotFound if there is no such batch.
func (e *Exporter) Open(ctx context.Context, q Request) (*Export, error) {
	pattern, err := ParsePattern(q.Pattern)
	if err != nil {
		return nil, err
	}
	select {
	case e.slots <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	x := &Export{Request: q, store: e.store, close: func() { <-e.slots }, words: wordsIn(q.Language)}
	if err := x.read(ctx); err != nil {
		x.Close()
		return nil, err
	}
	x.sort()
	x.call(pattern)
	return x, nil
}

// Close makes room for the next export.
func (x *Export) Close() {
	x.close()
	x.close = func() {}
}

// Epoch is the number of the end that is exported.
func (x *Export) Epoch() int { return x.end.Plan.Epoch }

// Name is what a file with the export is called: kind is its end, such as
// "students.csv".
func (x *Export) Name(kind string) string {
	if x.PDF { // beside the one with folders, which may lie in the same place
		kind = strings.Replace(kind, "papers.zip", "papers-pdf.zip", 1)
	}
	return fmt.Sprintf("%s-%s-v%d-%s", x.Batch.ExamCode, x.Batch.BatchID, x.Epoch(), kind)
}

// read has the report be the end's, too: of a later one it would be while that is being
// written.
func (x *Export) read(ctx context.Context) error {
	view := batch.View{Batch: x.Batch, Store: x.store}
	if _, err := view.Job(ctx); err != nil {
		return err
	}
	for look := 1; ; look++ {
		err := x.readOnce(ctx, view)
		if !errors.Is(err, ErrChanging) && !errors.Is(err, s3store.ErrChanged) {
			return err
		}
		if look == looks {
			return ErrChanging
		}
		if err := pause(ctx, lookAgain); err != nil {
			return err
		}
	}
}

func (x *Export) readOnce(ctx context.Context, view batch.View) error {
	var err error
	if x.end, err = view.End(ctx); err != nil {
		return err
	}
	if len(x.end.Plan.Sheets) > maxSheets {
		return ErrTooMany
	}
	obj, err := x.store.Get(ctx, x.Batch.Report(), maxReport)
	if x.report, x.noReport = obj.Body, x.words.never(err); err != nil && x.noReport == "" {
		return err
	}
	begun, err := view.Begun(ctx, x.Epoch()+1)
	if begun {
		return ErrChanging
	}
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
