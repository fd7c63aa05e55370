package upload_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/upload"
)

// bucket is S3 in a map.
type bucket map[string][]byte

func (b bucket) Put(_ context.Context, key string, body []byte, _ string) error {
	b[key] = body
	return nil
}

func (b bucket) Head(_ context.Context, key string) (s3store.Info, error) {
	body, there := b[key]
	if !there {
		return s3store.Info{}, &s3store.Error{Op: "head", Key: key, Kind: s3store.ErrNotFound}
	}
	return s3store.Info{Key: key, Size: int64(len(body))}, nil
}

// BeginParts: of each key there is one upload at a time.
func (b bucket) BeginParts(_ context.Context, key, _ string) (string, error) {
	b["parts of "+key] = nil
	return "of " + key, nil
}

func (b bucket) PutPart(_ context.Context, key, upload string, part int32, body []byte) (string, error) {
	if _, begun := b["parts of "+key]; !begun || upload != "of "+key {
		return "", &s3store.Error{Op: "put part of", Key: key, Kind: s3store.ErrNotFound}
	}
	tag := fmt.Sprintf("%d %x", part, body)
	b["part "+tag] = body
	return tag, nil
}

func (b bucket) EndParts(_ context.Context, key, upload string, tags []string) error {
	if _, begun := b["parts of "+key]; !begun || upload != "of "+key {
		return &s3store.Error{Op: "end parts of", Key: key, Kind: s3store.ErrNotFound}
	}
	var whole []byte
	for i, tag := range tags {
		part, there := b["part "+tag]
		if !there || !strings.HasPrefix(tag, fmt.Sprintf("%d ", i+1)) {
			return &s3store.Error{Op: "end parts of", Key: key, Kind: s3store.ErrInvalid}
		}
		whole = append(whole, part...)
	}
	delete(b, "parts of "+key)
	b[key] = whole
	return nil
}

func (b bucket) CreateRecord(_ context.Context, key string, record any) error {
	if _, there := b[key]; there {
		return &s3store.Error{Op: "create", Key: key, Kind: s3store.ErrExists}
	}
	body, err := s3store.Encode(record)
	b[key] = body
	return err
}

func (b bucket) List(_ context.Context, prefix string) iter.Seq2[s3store.Info, error] {
	return func(yield func(s3store.Info, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(b)) {
			if strings.HasPrefix(key, prefix) && !yield(s3store.Info{Key: key, Size: int64(len(b[key]))}, nil) {
				return
			}
		}
	}
}

// rig is a door with what has gone through it.
type rig struct {
	upload.Door
	store     bucket
	submitted []jobs.Recognize
	sent      []jobs.Message
	changed   int
	held      int64
	full      bool
}

func newRig() *rig {
	r := &rig{store: bucket{}}
	r.Door = upload.Door{
		Store: r.store, MaxFile: 1000, MaxRoster: 100, Patience: 10 * time.Millisecond,
		Submit: func(_ context.Context, job jobs.Recognize) (layout.Batch, error) {
			_, err := jobs.Encode(&job)
			r.submitted = append(r.submitted, job)
			return layout.Batch{}, err
		},
		Send: func(_ context.Context, m jobs.Message) error {
			r.sent = append(r.sent, m)
			return nil
		},
		Rosters: func(_ context.Context, data []byte) (*roster.Roster, error) {
			return roster.Read(data, roster.Limits{})
		},
		RosterChanged: func() { r.changed++ },
		Hold: func(ctx context.Context, n int64) (func(), error) {
			if r.full {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			r.held += n
			return func() { r.held -= n }, nil
		},
	}.WithDefaults()
	return r
}

func batch() layout.Batch { return layout.Batch{ExamCode: "e", BatchID: "b"} }

func TestPutScan(t *testing.T) {
	for name, want := range map[string]error{
		"1.jpg": nil, "방 1/답안 1.jpg": nil, "../1.jpg": upload.ErrName, "a//1.jpg": upload.ErrName, "": upload.ErrName, "a/./1.jpg": upload.ErrName,
		"/1.jpg": upload.ErrName, "1\n.jpg": upload.ErrName, "\xff.jpg": upload.ErrName, strings.Repeat("가", 200): upload.ErrName,
	} {
		r := newRig()
		err := r.PutScan(t.Context(), batch(), name, 3, strings.NewReader("abc"))
		if !errors.Is(err, want) || (err == nil) != (len(r.store) == 1) {
			t.Errorf("%q: got %v with %d objects, want %v", name, err, len(r.store), want)
		}
		if r.held != 0 {
			t.Errorf("%q: room for %d bytes is still held", name, r.held)
		}
	}
	// A Mac's name, in another form, is the same file.
	r := newRig()
	for _, name := range []string{"각.jpg", "\u1100\u1161\u11a8.jpg"} {
		if err := r.PutScan(t.Context(), batch(), name, 1, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.store) != 1 {
		t.Errorf("two forms of a name are %d files", len(r.store))
	}
}

// A large file comes in parts, each whole or not at all, and is there when it has ended.
func TestLarge(t *testing.T) {
	r := newRig()
	r.PartBytes = 10
	body := strings.Repeat("0123456789", 2) + "end"
	l := upload.Large{Batch: batch(), Name: "방 1/exam.pdf", Size: int64(len(body))}
	key, _ := batch().Scan(l.Name)
	named, err := r.BeginLarge(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	l.Upload = named
	put := func(n int64, body string) string {
		t.Helper()
		tag, err := r.PutPart(t.Context(), l, n, int64(len(body)), strings.NewReader(body))
		if err != nil {
			t.Fatalf("part %d: %v", n, err)
		}
		return tag
	}
	tags := []string{put(1, body[:10]), put(2, "9876543210"), put(3, body[20:])}
	tags[1] = put(2, body[10:20]) // once more, and another
	if r.store[key] != nil {
		t.Error("it is there before it has ended")
	}
	for range 2 { // the first answer may be lost
		if err := r.EndLarge(t.Context(), l, tags); err != nil || string(r.store[key]) != body {
			t.Errorf("%q came, %v", r.store[key], err)
		}
	}
	if r.held != 0 {
		t.Errorf("room for %d bytes is still held", r.held)
	}
}

// What is wrong with a part is said, and stores nothing.
func TestLargeRefused(t *testing.T) {
	known := upload.Large{Batch: batch(), Name: "exam.pdf", Size: 23}
	for name, tt := range map[string]struct {
		change func(*upload.Large)
		part   int64
		body   string
		says   int64 // its length, if that is more
		full   bool
		want   error
	}{
		"no name":         {change: func(l *upload.Large) { l.Name = "../exam.pdf" }, part: 1, body: "0123456789", want: upload.ErrName},
		"too large":       {change: func(l *upload.Large) { l.Size = 2001 }, part: 1, body: "0123456789", want: upload.ErrSize},
		"no PDF":          {change: func(l *upload.Large) { l.Name, l.Size = "exam.tif", 1001 }, part: 1, body: "0123456789", want: upload.ErrSize},
		"no part 0":       {body: "0123456789", want: upload.ErrPart},
		"no part 4":       {part: 4, body: "0123456789", want: upload.ErrPart},
		"a shorter part":  {part: 1, body: "012345678", want: upload.ErrShort},
		"a longer part":   {part: 1, body: "01234567890", want: upload.ErrShort},
		"a part cut off":  {part: 1, body: "012345678", says: 10, want: upload.ErrShort},
		"nothing":         {change: func(l *upload.Large) { l.Size = 0 }, part: 1, want: upload.ErrNone},
		"no room":         {part: 1, body: "0123456789", full: true, want: upload.ErrBusy},
		"another upload":  {change: func(l *upload.Large) { l.Upload = "of another" }, part: 1, body: "0123456789", want: upload.ErrGone},
		"another's place": {change: func(l *upload.Large) { l.Batch.BatchID = "other" }, part: 1, body: "0123456789", want: upload.ErrGone},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig()
			r.PartBytes, r.MaxPDF, r.full = 10, 2000, tt.full
			l := known
			named, err := r.BeginLarge(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			l.Upload = named
			if tt.change != nil {
				tt.change(&l)
			}
			before := len(r.store)
			if _, err := r.PutPart(t.Context(), l, tt.part, max(int64(len(tt.body)), tt.says), strings.NewReader(tt.body)); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if len(r.store) != before || r.held != 0 {
				t.Errorf("%d objects more, %d bytes held", len(r.store)-before, r.held)
			}
		})
	}
	r := newRig()
	r.PartBytes = 10
	l := known
	l.Upload, _ = r.BeginLarge(t.Context(), l)
	for _, tags := range [][]string{nil, {"1 a", "2 b"}, {"1 a", "2 b", "3 c", "4 d"}, {"1 a", "", "3 c"}} {
		if err := r.EndLarge(t.Context(), l, tags); !errors.Is(err, upload.ErrPart) {
			t.Errorf("ended by %d tags: %v", len(tags), err)
		}
	}
	if err := r.EndLarge(t.Context(), l, []string{"1 a", "2 b", "3 c"}); !errors.Is(err, upload.ErrGone) {
		t.Errorf("ended by tags of no parts: %v", err)
	}
	key, _ := batch().Scan(l.Name)
	r.store[key] = []byte("another file of that name")
	l.Upload = "of before"
	if err := r.EndLarge(t.Context(), l, []string{"1 a", "2 b", "3 c"}); !errors.Is(err, upload.ErrGone) {
		t.Errorf("another file's end: %v", err)
	}
}

// A file comes whole or not at all, and never takes more room than it says.
func TestPutScanOfBadBodies(t *testing.T) {
	r := newRig()
	for _, tt := range []struct {
		size int64
		body string
		full bool
		want error
	}{
		{size: 5, body: "abc", want: upload.ErrShort},
		{size: 1001, body: "", want: upload.ErrSize},
		{size: -1, body: "abc", want: upload.ErrSize},
		{size: 3, body: "abc", full: true, want: upload.ErrBusy},
	} {
		r.full = tt.full
		err := r.PutScan(t.Context(), batch(), "1.jpg", tt.size, strings.NewReader(tt.body))
		if !errors.Is(err, tt.want) || len(r.store) != 0 || r.held != 0 {
			t.Errorf("%+v: got %v with %d objects and %d bytes held", tt, err, len(r.store), r.held)
		}
	}
}

// A batch is begun with the files that a person saw, in their order, and with none that
// has not come.
func TestBegin(t *testing.T) {
	r := newRig()
	for _, name := range []string{"2.jpg", "10.jpg", "of an earlier try.jpg"} {
		if err := r.PutScan(t.Context(), batch(), name, 1, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		names []string
		want  error
	}{
		{nil, upload.ErrEmpty}, {[]string{"2.jpg", "3.jpg"}, upload.ErrMissing}, {[]string{"../../rosters/e.xlsx"}, upload.ErrName},
	} {
		if err := r.Begin(t.Context(), batch(), tt.names, 1, ""); !errors.Is(err, tt.want) || len(r.submitted) != 0 {
			t.Errorf("%v: got %v and %d jobs, want %v", tt.names, err, len(r.submitted), tt.want)
		}
	}
	if err := r.Begin(t.Context(), batch(), []string{"2.jpg", "10.jpg", "2.jpg"}, 2, ""); err != nil {
		t.Fatal(err)
	}
	job := r.submitted[0]
	if want := []string{"uploads/e/http-b/2.jpg", "uploads/e/http-b/10.jpg"}; !slices.Equal(job.Keys, want) || job.BatchID != "b" || job.PagesPerSheet != 2 {
		t.Errorf("got %+v, want the keys %v", job, want)
	}
	var field *jobs.FieldError
	if err := r.Begin(t.Context(), batch(), []string{"2.jpg"}, 99, "김조교"); !errors.As(err, &field) {
		t.Errorf("99 pages: got %v", err)
	}
}

// Who begins a batch is written down once, and before it is begun; of a batch that is
// refused nothing is.
func TestBeginSaysWho(t *testing.T) {
	r := newRig()
	key := batch().Brought("scans")
	if err := r.PutScan(t.Context(), batch(), "2.jpg", 1, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := r.Begin(t.Context(), batch(), []string{"2.jpg"}, 99, "김조교"); err == nil || r.store[key] != nil {
		t.Errorf("of a batch that was refused: %v, %s", err, r.store[key])
	}
	for _, by := range []string{"김조교", "이교수"} {
		if err := r.Begin(t.Context(), batch(), []string{"2.jpg"}, 1, by); err != nil {
			t.Fatal(err)
		}
	}
	var got exam.Brought
	if err := json.Unmarshal(r.store[key], &got); err != nil || got.By != "김조교" || got.What != exam.BroughtScans || got.Count != 1 || got.At.IsZero() {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestReadRoster(t *testing.T) {
	const good = "학번,이름\n32141837,김하나\n"
	for _, tt := range []struct {
		name, code, text string
		want             error
		kept             int
	}{
		{name: "looked at", text: good},
		{name: "kept", code: "e", text: good, kept: 1},
		{name: "one that can't be used", code: "e", text: "a,b\n1,2\n", want: roster.ErrNoIDs},
		{name: "too large", code: "e", text: strings.Repeat("x", 101), want: upload.ErrSize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig()
			read := func() (*roster.Roster, error) {
				return r.ReadRoster(t.Context(), int64(len(tt.text)), strings.NewReader(tt.text))
			}
			if tt.code != "" {
				read = func() (*roster.Roster, error) {
					return r.KeepRoster(t.Context(), batch(), "", int64(len(tt.text)), strings.NewReader(tt.text))
				}
			}
			ro, err := read()
			if !errors.Is(err, tt.want) || (err == nil) != (ro != nil && len(ro.Students) == 1) {
				t.Errorf("got %+v, %v, want %v", ro, err, tt.want)
			}
			if len(r.store) != tt.kept || r.changed != tt.kept || r.held != 0 {
				t.Errorf("%d objects, told %d times, %d bytes held, want %d kept", len(r.store), r.changed, r.held, tt.kept)
			}
			if tt.kept > 0 && !bytes.Equal(r.store[layout.RosterKey("e")], []byte(tt.text)) {
				t.Error("what is kept is not what came")
			}
		})
	}
}

// Each roster that is kept says who brought it; one that can't be used leaves nothing.
func TestKeepRosterSaysWho(t *testing.T) {
	r := newRig()
	for _, text := range []string{"학번,이름\n32141837,김하나\n", "a,b\n1,2\n", "학번,이름\n32141838,이두리\n"} {
		_, _ = r.KeepRoster(t.Context(), batch(), "김조교", int64(len(text)), strings.NewReader(text)) // looked at below
	}
	var who []string
	for key, body := range r.store {
		var one exam.Brought
		if strings.HasPrefix(key, batch().BroughtOf()) && json.Unmarshal(body, &one) == nil {
			who = append(who, fmt.Sprint(one.What, one.By, one.Count))
		}
	}
	if want := []string{"roster김조교1", "roster김조교1"}; !slices.Equal(who, want) {
		t.Errorf("got %q, want %q", who, want)
	}
}

func TestRematch(t *testing.T) {
	r := newRig()
	if err := r.Rematch(t.Context(), batch()); err != nil || len(r.sent) != 1 {
		t.Fatalf("got %v, %v", r.sent, err)
	}
	if m, ok := r.sent[0].(*jobs.Rematch); !ok || m.ExamCode != "e" || m.BatchID != "b" {
		t.Errorf("got %+v", r.sent[0])
	}
}

// A person's two scans are put one after the other, and read once both have come.
func Example() {
	r := newRig()
	b := layout.Batch{ExamCode: "Stat_2026_Final", BatchID: "2026-12-14-1"}
	ctx := context.Background()
	for _, name := range []string{"room 1/001.jpg", "room 2/001.jpg"} {
		if err := r.PutScan(ctx, b, name, 5, strings.NewReader("image")); err != nil {
			fmt.Println(err)
		}
	}
	there, err := r.Scans(ctx, b)
	fmt.Println(there, err)
	fmt.Println(r.Begin(ctx, b, []string{"room 1/001.jpg", "room 2/001.jpg"}, 1, ""), r.submitted[0].Keys)
	// Output:
	// [{room 1/001.jpg 5} {room 2/001.jpg 5}] <nil>
	// <nil> [uploads/Stat_2026_Final/http-2026-12-14-1/room 1/001.jpg uploads/Stat_2026_Final/http-2026-12-14-1/room 2/001.jpg]
}

// Whatever a browser sends as a name, its file lies under its batch.
func FuzzScanName(f *testing.F) {
	for _, name := range []string{"1.jpg", "../x", "a/b/c.pdf", "가.jpg", "\u1100\u1161", "a\\b"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		key, ok := batch().Scan(name)
		if !ok {
			return
		}
		if !strings.HasPrefix(key, "uploads/e/http-b/") || len(key) > jobs.MaxKeyBytes || strings.Contains(key, "/../") || strings.HasSuffix(key, "/") {
			t.Errorf("%q lies at %q", name, key)
		}
		if _, err := jobs.Encode(&jobs.Recognize{Type: jobs.TypeRecognize, ExamCode: "e", BatchID: "b", Keys: []string{key}}); err != nil {
			t.Errorf("%q can't be read: %v", name, err)
		}
	})
}
