package paper_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"hakbeon/exam"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/read"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/paper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bucket is S3 in a map that counts what is asked of it.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	asked   map[string]int
}

func (b *bucket) Get(_ context.Context, key string, _ int64) (s3store.Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked[key]++
	body, ok := b.objects[key]
	if !ok {
		return s3store.Object{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
	}
	return s3store.Object{Body: body}, nil
}

const sheet, original, second = "0123456789abcdef", "original/e/unknown_id/1.jpg", "original/e/unknown_id/1-p2.jpg"

// scanned is a sheet of two pages of which the first, 3000 pixels high and lying on its
// side, was read.
func scanned(t *testing.T) (*bucket, *exam.Result) {
	t.Helper()
	b := &bucket{objects: map[string][]byte{}, asked: map[string]int{}}
	b.objects[original], b.objects[second] = jpegOf(t, 2000, 3000), jpegOf(t, 300, 200)
	columns := make([][read.Classes]float64, 0, 6)
	for _, digit := range []int{3, 2, 1} {
		var column, gap [read.Classes]float64
		column[1+digit], gap[0] = 0.9, 0.9
		columns = append(columns, column, gap)
	}
	id := read.NewLine(image.Rect(1500, 600, 1560, 900), 0, columns)
	id.Turn, id.Prior = 1, 0.8
	date := read.NewLine(image.Rect(500, 2000, 540, 2200), 1, columns[:2])
	date.Turn, date.Prior = 1, 0.1
	rd := read.Reading{
		Model: "test", Width: 2000, Height: 3000, Lines: []read.Line{id, date},
		Names: []read.NameLine{{Box: image.Rect(1300, 1000, 1350, 1200), Turn: 1, Prob: 0.9}, {Box: image.Rect(100, 100, 200, 150), Prob: 0.95}},
	}
	body, err := rd.MarshalBinary()
	must(t, err)
	b.objects[layout.Batch{ExamCode: "e", BatchID: "b"}.Evidence(sheet)] = body
	r := &exam.Result{ExamCode: "e", BatchID: "b", Sheet: sheet, Page: 1, Meta: exam.Meta{OCRText: "321"}}
	key := original
	r.Meta.S3Keys = exam.Keys{Original: &key, Others: []string{second}}
	return b, r
}

func jpegOf(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	img.SetGray(width/2, height/2, color.Gray{})
	var out bytes.Buffer
	must(t, jpeg.Encode(&out, img, nil))
	return out.Bytes()
}

func sizeOf(t *testing.T, body []byte) image.Point {
	t.Helper()
	c, err := jpeg.DecodeConfig(bytes.NewReader(body))
	must(t, err)
	return image.Pt(c.Width, c.Height)
}

func TestPages(t *testing.T) {
	b, r := scanned(t)
	p := paper.New(paper.Options{Store: b})
	for name, tt := range map[string]struct {
		page int
		size paper.Size
		want image.Point
	}{
		"for a screen":   {1, paper.Screen, image.Pt(1000, 1500)},
		"as scanned":     {1, paper.Full, image.Pt(2000, 3000)},
		"the next page":  {2, paper.Screen, image.Pt(300, 200)},
		"no page before": {page: 0},
		"no page after":  {page: 3},
	} {
		body, err := p.Page(t.Context(), r, tt.page, tt.size)
		if tt.want == (image.Point{}) {
			if !errors.Is(err, paper.ErrNone) {
				t.Errorf("%s: got %v", name, err)
			}
			continue
		}
		must(t, err)
		if got := sizeOf(t, body); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

// What was read is shown close up and upright, of one opening of the file for all who ask.
func TestParts(t *testing.T) {
	b, r := scanned(t)
	p := paper.New(paper.Options{Store: b})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := p.Page(t.Context(), r, 1, paper.Screen); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for kind, wide := range map[string]bool{paper.KindID: true, paper.KindName: true} {
		body, err := p.Part(t.Context(), r, kind)
		must(t, err)
		if got := sizeOf(t, body); got.X > got.Y != wide {
			t.Errorf("%s: %v is not upright", kind, got)
		}
	}
	if _, err := p.Part(t.Context(), r, "other"); !errors.Is(err, paper.ErrNone) {
		t.Errorf("a part that is none: %v", err)
	}
	if b.asked[original] != 1 {
		t.Errorf("the original was asked for %d times", b.asked[original])
	}
}

func TestMarks(t *testing.T) {
	b, r := scanned(t)
	p := paper.New(paper.Options{Store: b})
	kinds := func() (kinds []string) {
		m, err := p.Marks(t.Context(), r)
		must(t, err)
		if m.Pages != 2 || m.Turn != 1 {
			t.Errorf("got %+v", m)
		}
		for _, place := range m.Places {
			kinds = append(kinds, place.Kind)
		}
		return kinds
	}
	if got := kinds(); len(got) != 3 || got[0] != paper.KindID || got[1] != paper.KindLooked || got[2] != paper.KindName {
		t.Errorf("got %v", got)
	}
	// Where no ID was found nothing is called one, and nothing is shown as one.
	r.Meta.Reason = exam.ReasonNoIDFound
	if got := kinds(); len(got) != 3 || got[0] != paper.KindLooked || got[1] != paper.KindLooked {
		t.Errorf("without an ID: got %v", got)
	}
	if _, err := p.Part(t.Context(), r, paper.KindID); !errors.Is(err, paper.ErrNone) {
		t.Errorf("without an ID: its picture: %v", err)
	}
	if b.asked[original] != 1 {
		t.Error("marks opened the paper")
	}
}

func TestWhatCannotBeShown(t *testing.T) {
	const broken, giant, foreign = "original/e/x/broken.jpg", "original/e/x/giant.png", "original/other/x/1.jpg"
	var wide bytes.Buffer
	must(t, png.Encode(&wide, image.NewNRGBA64(image.Rect(0, 0, 1, 1))))
	head := wide.Bytes()[12:29] // that says how large it is
	binary.BigEndian.PutUint32(head[4:], 6000)
	binary.BigEndian.PutUint32(head[8:], 6000)
	binary.BigEndian.PutUint32(wide.Bytes()[29:], crc32.ChecksumIEEE(head))
	for key, want := range map[string]error{
		broken: imagefile.ErrUnreadable, giant: imagefile.ErrTooLarge, foreign: paper.ErrNone, "original/e/x/gone.jpg": s3store.ErrNotFound,
	} {
		b, r := scanned(t)
		b.objects[broken], b.objects[giant], b.objects[foreign] = []byte("no picture"), wide.Bytes(), b.objects[original]
		r.Meta.S3Keys = exam.Keys{Original: &key}
		if _, err := paper.New(paper.Options{Store: b}).Page(t.Context(), r, 1, paper.Screen); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", key, err, want)
		}
	}
	b, r := scanned(t)
	r.Meta.S3Keys = exam.Keys{}
	if m, err := paper.New(paper.Options{Store: b}).Marks(t.Context(), r); err != nil || m.Pages != 0 {
		t.Errorf("of no paper: %+v, %v", m, err)
	}
}

// Whatever can be read can be seen.
func TestOtherFormats(t *testing.T) {
	for _, name := range []string{"group4.tif", "lossy.webp", "bilevel.png"} {
		file, err := os.ReadFile("../../recognizer/imagefile/testdata/" + name)
		must(t, err)
		b, r := scanned(t)
		b.objects[original] = file
		body, err := paper.New(paper.Options{Store: b}).Page(t.Context(), r, 1, paper.Screen)
		must(t, err)
		if got := sizeOf(t, body); got.X == 0 || got.Y == 0 {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
