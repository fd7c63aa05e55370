// Package upload is the door by which people bring an exam in from a browser: its scans,
// its roster, and the word that all of it is there.
//
// Nothing is kept here: a file lies in S3 under its batch as soon as it is taken, one
// that is put again lies there once, and a batch is begun by one job that names its
// files. So any process may take any request, and what a broken line has left undone is
// done again.
package upload

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Store is what is read and written in S3; *s3store.Store is one.
type Store interface {
	CreateRecord(ctx context.Context, key string, record any) error
	Put(ctx context.Context, key string, body []byte, contentType string) error
	Head(ctx context.Context, key string) (s3store.Info, error)
	BeginParts(ctx context.Context, key, contentType string) (upload string, err error)
	PutPart(ctx context.Context, key, upload string, part int32, body []byte) (etag string, err error)
	EndParts(ctx context.Context, key, upload string, etags []string) error
	List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error]
}

// Door takes what people bring. All fields but the limits are required. It is safe for
// concurrent use.
type Door struct {
	Store Store
	// Submit puts a job on the jobs queue, a long list of keys by way of S3.
	Submit func(context.Context, jobs.Recognize) (layout.Batch, error)
	// Send puts any message on the jobs queue.
	Send func(context.Context, jobs.Message) error
	// Rosters reads a roster; its errors are roster.Read's, or that ctx has ended.
	Rosters func(ctx context.Context, data []byte) (*roster.Roster, error)
	// RosterChanged is told that a roster was written.
	RosterChanged func()
	// Hold takes room in memory for so many bytes; release gives it back.
	Hold func(ctx context.Context, bytes int64) (release func(), err error)
	// Presign is an address in the bucket to which a browser may put so many bytes as a
	// key. nil has all files come through this process.
	Presign func(ctx context.Context, key string, size int64) (string, error)
	// PresignPart is the same for a part of an upload. It is there if Presign is.
	PresignPart func(ctx context.Context, key, upload string, part int32, size int64) (string, error)
	// Origin is where such addresses are: scheme and host.
	Origin string
	// PartBytes is the size of a part: a larger file comes in such parts. Defaults to
	// 8 MiB; S3 takes none of less than 5. Each holds as much memory while it comes.
	PartBytes int64
	// MaxFile is the size of a file of sheets: the worker's. Defaults to 64 MiB.
	MaxFile int64
	// MaxPDF is that of a PDF. Defaults to 1 GiB.
	MaxPDF int64
	// MaxRoster is the size of a roster. Defaults to 16 MiB.
	MaxRoster int64
	// Patience is how long a file waits for room. Defaults to 5 s.
	Patience time.Duration
}

// WithDefaults returns the door with its limits set.
func (d Door) WithDefaults() Door {
	if d.PartBytes <= 0 {
		d.PartBytes = 8 << 20
	}
	if d.MaxFile <= 0 {
		d.MaxFile = 64 << 20
	}
	if d.MaxPDF <= 0 {
		d.MaxPDF = 1 << 30
	}
	if d.MaxRoster <= 0 {
		d.MaxRoster = 16 << 20
	}
	if d.Patience <= 0 {
		d.Patience = 5 * time.Second
	}
	return d
}

// What can be wrong with what was brought, in words for who brings it; other errors are
// S3's and the queue's.
var (
	ErrName  = errors.New("a file's name should be 1 to 512 bytes, without empty parts, .. or control characters")
	ErrSize  = errors.New("the file is too large")
	ErrShort = errors.New("the file did not come whole")
	ErrSlow  = errors.New("the file came too slowly: try again")
	ErrNone  = errors.New("the file is empty")
	ErrBusy  = errors.New("as many files as can be are being received: try again")
	ErrEmpty = errors.New("there is no file to read")
	// ErrMissing: files that the job would name do not lie in S3.
	ErrMissing = errors.New("not all files have arrived: send those that are missing again")
)

// PutScan stores a file of sheets under its batch: size bytes, whole or not at all. The
// same name again replaces it. One that is larger than a part should come as [Large].
func (d Door) PutScan(ctx context.Context, b layout.Batch, name string, size int64, body io.Reader) error {
	key, ok := b.Scan(name)
	if !ok {
		return ErrName
	}
	data, release, err := d.receive(ctx, size, d.MaxFile, body)
	if err != nil {
		return err
	}
	defer release()
	return d.Store.Put(ctx, key, data, http.DetectContentType(data))
}

// isPDF goes by the name: a file of another kind is then a sheet that fails.
func isPDF(name string) bool { return strings.EqualFold(path.Ext(name), ".pdf") }

// Address is where a browser puts a file of sheets of so many bytes by itself: in the
// bucket, under its batch. The address is a secret of who asks, for some minutes.
func (d Door) Address(ctx context.Context, b layout.Batch, name string, size int64) (string, error) {
	key, ok := b.Scan(name)
	if !ok {
		return "", ErrName
	}
	if err := hasSize(size, d.limit(name)); err != nil {
		return "", err
	}
	return d.Presign(ctx, key, size)
}

// hasSize is fits for what an address is given for: one for 0 bytes would take any.
func hasSize(size, limit int64) error {
	if size == 0 {
		return ErrNone
	}
	return fits(size, limit)
}

func fits(size, limit int64) error {
	if size < 0 || size > limit {
		return fmt.Errorf("%w: at most %d MB are read", ErrSize, limit>>20)
	}
	return nil
}

// receive reads a body that should have size bytes, once there is room for it.
func (d Door) receive(ctx context.Context, size, limit int64, body io.Reader) (data []byte, release func(), err error) {
	if err := fits(size, limit); err != nil {
		return nil, nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	if release, err = d.Hold(bounded, size); err != nil {
		return nil, nil, ErrBusy
	}
	data = make([]byte, size)
	if _, err := io.ReadFull(body, data); err != nil {
		release()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, nil, ErrSlow
		}
		return nil, nil, ErrShort
	}
	return data, release, nil
}

// File is a file that lies under its batch.
type File struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// Scans are the files that have come for a batch, in the order of their names: what need
// not be sent again.
func (d Door) Scans(ctx context.Context, b layout.Batch) ([]File, error) {
	files := []File{}
	for info, err := range d.Store.List(ctx, b.ScansOf()) {
		if err != nil {
			return nil, err
		}
		files = append(files, File{strings.TrimPrefix(info.Key, b.ScansOf()), info.Size})
	}
	return files, nil
}

// Begin has a batch of these files read, in this order: all must have come, else it is
// ErrMissing. Doing it again is the same batch, of whoever did it first; by is that
// person's name, "" if it is not known.
func (d Door) Begin(ctx context.Context, b layout.Batch, names []string, pages jobs.PageCount, by string) error {
	if len(names) == 0 {
		return ErrEmpty
	}
	there, err := d.Scans(ctx, b)
	if err != nil {
		return err
	}
	have := make(map[string]bool, len(there))
	for _, f := range there {
		have[b.ScansOf()+f.Name] = true
	}
	keys := make([]string, 0, len(names))
	for _, name := range names {
		key, ok := b.Scan(name)
		if !ok {
			return ErrName
		}
		if !have[key] {
			return ErrMissing
		}
		keys = append(keys, key)
	}
	job := jobs.Recognize{Type: jobs.TypeRecognize, ExamCode: b.ExamCode, BatchID: b.BatchID, Keys: jobs.Distinct(keys), PagesPerSheet: pages}
	if _, err := jobs.Encode(&job); err != nil {
		return err
	}
	if err := d.note(ctx, b, "scans", exam.Brought{What: exam.BroughtScans, By: by, Count: len(job.Keys)}); err != nil {
		return err
	}
	_, err = d.Submit(ctx, job)
	return err
}

// note writes down who brings something before it is done: so nothing is done of which
// nobody knows whose it was. One who has no name leaves none.
func (d Door) note(ctx context.Context, b layout.Batch, id string, what exam.Brought) error {
	if what.By == "" {
		return nil
	}
	what.At = time.Now().UTC()
	err := d.Store.CreateRecord(ctx, b.Brought(id), what)
	if errors.Is(err, s3store.ErrExists) {
		return nil
	}
	return err
}

// ReadRoster reads a roster of so many bytes and keeps nothing. Errors beside this
// package's are roster.Read's.
func (d Door) ReadRoster(ctx context.Context, size int64, body io.Reader) (*roster.Roster, error) {
	data, release, err := d.receive(ctx, size, d.MaxRoster, body)
	if err != nil {
		return nil, err
	}
	defer release()
	return d.roster(ctx, data)
}

// roster reads a roster, for as long as is bearable.
func (d Door) roster(ctx context.Context, data []byte) (*roster.Roster, error) {
	bounded, cancel := context.WithTimeout(ctx, 5*d.Patience)
	defer cancel()
	ro, err := d.Rosters(bounded, data)
	if err != nil && errors.Is(err, bounded.Err()) {
		return nil, ErrBusy
	}
	return ro, err
}

// KeepRoster is ReadRoster, and stores it as the roster of the batch's exam: by is the
// name of the person who brought it for the batch, "" if it is not known. Only what can be
// used is stored; errors may be S3's, too.
func (d Door) KeepRoster(ctx context.Context, b layout.Batch, by string, size int64, body io.Reader) (*roster.Roster, error) {
	data, release, err := d.receive(ctx, size, d.MaxRoster, body)
	if err != nil {
		return nil, err
	}
	defer release()
	ro, err := d.roster(ctx, data)
	if err != nil {
		return nil, err
	}
	id := fmt.Sprintf("roster-%013d-%s", time.Now().UnixMilli(), rand.Text()[:8])
	if err := d.note(ctx, b, id, exam.Brought{What: exam.BroughtRoster, By: by, Count: len(ro.Students)}); err != nil {
		return nil, err
	}
	if err := d.Store.Put(ctx, layout.RosterKey(b.ExamCode), data, s3store.TypeXLSX); err != nil {
		return nil, err
	}
	d.RosterChanged()
	return ro, nil
}

// Cancel ends a batch: what has been read is decided, what hasn't is failed. By is who
// wants it so. One that has ended stays as it is.
func (d Door) Cancel(ctx context.Context, b layout.Batch, by string) error {
	return d.Send(ctx, &jobs.Cancel{Type: jobs.TypeCancel, ExamCode: b.ExamCode, BatchID: b.BatchID, By: by})
}

// Rematch has a batch matched against its exam's roster as it is now.
func (d Door) Rematch(ctx context.Context, b layout.Batch) error {
	return d.Send(ctx, &jobs.Rematch{Type: jobs.TypeRematch, ExamCode: b.ExamCode, BatchID: b.BatchID})
}
