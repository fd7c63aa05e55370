package export_test

import (
	"archive/zip"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/lab/embedded"
	"hakbeon/lab/embedded/embeddedtest"
	"hakbeon/s3store"
	"hakbeon/web/export"
)

var stack *embedded.Stack

func TestMain(m *testing.M) {
	flag.Parse()
	if fuzz := flag.Lookup("test.fuzz"); fuzz != nil && fuzz.Value.String() != "" {
		os.Exit(m.Run()) // the fuzz target needs no S3, and has many processes
	}
	os.Exit(embeddedtest.Main(m, func(s *embedded.Stack) error { stack = s; return nil }))
}

func realStore(t testing.TB) *s3store.Store {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	endpoint := stack.Env["AWS_ENDPOINT_URL_S3"]
	return s3store.New(s3.New(s3.Options{
		Region: stack.Env["AWS_REGION"], BaseEndpoint: &endpoint, UsePathStyle: true, HTTPClient: &http.Client{Transport: transport},
		Credentials: credentials.NewStaticCredentialsProvider(stack.Env["AWS_ACCESS_KEY_ID"], stack.Env["AWS_SECRET_ACCESS_KEY"], ""),
	}), stack.Env["S3_BUCKET"])
}

const (
	manySheets = 300
	pageBytes  = 256 << 10
)

// lay puts a batch of so many sheets into S3 and returns all that is in it.
func lay(t *testing.T, store *s3store.Store, sheets int) *room {
	t.Helper()
	var text strings.Builder
	text.WriteString("학번,이름\n")
	for i := range sheets {
		fmt.Fprintf(&text, "%d,학생 %d\n", 32140000+i, i)
	}
	r := newRoom(t, text.String())
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range sheets {
		page := make([]byte, pageBytes)
		for k := range page {
			page[k] = byte(noise.Uint32())
		}
		if i%10 == 9 {
			r.sheet(exam.PlannedSheet{Status: exam.StatusNeedsReview, Reason: exam.ReasonLowConfidence}, page)
			continue
		}
		r.accepted(fmt.Sprint(32140000+i), page)
	}
	r.end()
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(8)
	for key, body := range r.objects {
		group.Go(func() error { return store.Put(ctx, key, body, s3store.TypeBinary) })
	}
	must(t, group.Wait())
	return r
}

// gauge writes on and measures what is alive meanwhile.
type gauge struct {
	io.Writer

	since, most uint64
}

func alive() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func (g *gauge) Write(p []byte) (int, error) {
	if g.since += uint64(len(p)); g.since > 4<<20 {
		g.since, g.most = 0, max(g.most, alive())
	}
	return g.Writer.Write(p)
}

// An exam of 77 MB goes through a real S3 into a file with a few pages in memory at a
// time, and any program reads the file.
func TestMemoryIsFlat(t *testing.T) {
	store := realStore(t)
	laid := lay(t, store, manySheets)
	q := export.Request{Batch: laid.batch, Language: "ko"}
	laid.bucket.objects, laid.plan.Sheets = nil, nil
	x, err := export.New(export.Options{Store: store}).Open(t.Context(), q)
	must(t, err)
	defer x.Close()
	path := filepath.Join(t.TempDir(), "papers.zip")
	file, err := os.Create(path)
	must(t, err)
	defer file.Close()
	before := alive()
	out := &gauge{Writer: file}
	must(t, x.WriteZip(t.Context(), out))
	grown := int64(out.most) - int64(before)
	if t.Logf("alive: %d KB more than before", grown>>10); grown > 12*pageBytes {
		t.Errorf("%d KB are kept of an exam of %d KB", grown>>10, manySheets*pageBytes>>10)
	}
	z, err := zip.OpenReader(path)
	must(t, err)
	defer z.Close()
	if len(z.File) != manySheets+3 {
		t.Errorf("got %d files", len(z.File))
	}
	checkWithPython(t, path)
}

// checkWithPython has another program check each file's sum and name.
func checkWithPython(t *testing.T, path string) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 to read the ZIP with")
	}
	const program = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    names = z.namelist()
    assert "32140000_학생 0/32140000_학생 0_01.jpg" in names, names[:9]
    assert sum(n.startswith("_확인필요/확실하지 않음_") for n in names) == 30
print(len(names))`
	said, err := exec.CommandContext(t.Context(), python, "-c", program, path).CombinedOutput()
	if err != nil || strings.TrimSpace(string(said)) != fmt.Sprint(manySheets+3) {
		t.Errorf("python says %s, %v", said, err)
	}
}

// A client that leaves ends what is read for it.
func TestAClientThatLeaves(t *testing.T) {
	store := realStore(t)
	laid := lay(t, store, 40)
	x, err := export.New(export.Options{Store: store}).Open(t.Context(), export.Request{Batch: laid.batch})
	must(t, err)
	defer x.Close()
	ctx, leave := context.WithCancel(t.Context())
	out := &leaver{leave: leave}
	if err := x.WriteZip(ctx, out); err == nil || bytes.Contains(out.tail, []byte("PK\x05\x06")) {
		t.Errorf("got %v", err)
	}
	if out.n > 3<<20 {
		t.Errorf("%d bytes were written", out.n)
	}
}

// leaver leaves after a megabyte, without saying so to who writes.
type leaver struct {
	n     int
	tail  []byte
	leave func()
}

func (l *leaver) Write(p []byte) (int, error) {
	if l.n += len(p); l.n > 1<<20 {
		l.leave()
	}
	l.tail = bytes.Clone(p)
	return len(p), nil
}

// More files than the old ZIP can count are counted by Zip64.
func TestManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a few seconds")
	}
	r := newRoom(t, list)
	pages := make([][]byte, 70_000)
	for i := range pages {
		pages[i] = []byte("x")
	}
	r.accepted("30000001", pages...)
	r.end()
	files := r.zip(export.Request{})
	if len(files) != 70_002 || files["30000001_가/30000001_가_70000.jpg"] != "x" {
		t.Errorf("got %d files", len(files))
	}
}
