package api_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"hakbeon/recognizer/roster"
	"hakbeon/s3store/layout"
	"hakbeon/web/api"
)

// serve runs the handler until the returned function is called, or the test
// ends.
func serve(t *testing.T, h http.Handler, cert *api.Certificate) (address string, stop func() error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- api.Serve(ctx, listener, h, cert, zap.NewNop()) }()
	stop = func() error { cancel(); err := <-served; served <- err; return err }
	t.Cleanup(func() { _ = stop() })
	return listener.Addr().String(), stop
}

func plainClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

func TestServe(t *testing.T) {
	address, stop := serve(t, api.New(newAPI().options), nil)
	for size, want := range map[int]int{100: http.StatusOK, 64 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/livez", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Long", strings.Repeat("x", size))
		resp, err := plainClient().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("a header of %d bytes: got %d, want %d", size, resp.StatusCode, want)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("got %v after a stop, want nil", err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if err := api.Serve(t.Context(), closed, http.NotFoundHandler(), nil, zap.NewNop()); err == nil {
		t.Error("served on a closed listener")
	}
}

// A request under way at the end is answered.
func TestServeFinishesRequests(t *testing.T) {
	var stop func() error
	stopped := make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		go func() { _ = stop(); close(stopped) }()
		time.Sleep(50 * time.Millisecond) // the work of the request
		w.WriteHeader(http.StatusTeapot)
	})
	address, end := serve(t, slow, nil)
	stop = end
	resp, err := plainClient().Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if <-stopped; resp.StatusCode != http.StatusTeapot {
		t.Errorf("got %d", resp.StatusCode)
	}
}

// A body that does not come is 408, and its place is free again.
func TestSlowBody(t *testing.T) {
	for path, kind := range map[string]string{
		"/extract-student-id/": "multipart/form-data; boundary=x", "/upload-roster/": "multipart/form-data; boundary=x", "/jobs": "application/json",
	} {
		a := newAPI()
		a.options.Slots = 1
		address, _ := serve(t, api.New(a.options), nil)
		for range 2 {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 1000\r\n\r\n--x\r\n", path, kind)
			answer, err := io.ReadAll(io.LimitReader(conn, 1000))
			conn.Close()
			if status, _, _ := strings.Cut(string(answer), "\r\n"); !strings.Contains(status, " 408 ") {
				t.Errorf("%s: got %q, %v", path, status, err)
			}
		}
	}
}

// More sheets than there are places are told to come back at once; those that
// have one are answered.
func TestTooMany(t *testing.T) {
	a := newAPI()
	a.options.Slots, a.options.BodyTimeout = 2, time.Minute
	goOn, reading := make(chan struct{}), make(chan struct{}, 2)
	inner := a.options.Extract
	a.options.Extract = func(ctx context.Context, up api.Upload) (*api.Extraction, error) {
		reading <- struct{}{}
		<-goOn
		return inner(ctx, up)
	}
	address, _ := serve(t, api.New(a.options), nil)
	send := func() *http.Response {
		r := postFile(t, "http://"+address+"/extract-student-id/", "image", "a.jpg", []byte("x"))
		r.RequestURI = ""
		resp, err := plainClient().Do(r)
		if err != nil {
			t.Error(err)
			return &http.Response{}
		}
		resp.Body.Close()
		return resp
	}
	first := make(chan int, 2)
	for range 2 {
		go func() { first <- send().StatusCode }()
	}
	<-reading
	<-reading
	if resp := send(); resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "1" {
		t.Errorf("the third: got %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	goOn <- struct{}{}
	goOn <- struct{}{}
	if one, two := <-first, <-first; one != 200 || two != 200 {
		t.Errorf("the first two: got %d, %d", one, two)
	}
}

func TestExtractTakesTooLong(t *testing.T) {
	a := newAPI()
	a.options.ExtractTimeout = 10 * time.Millisecond
	a.options.Extract = func(ctx context.Context, _ api.Upload) (*api.Extraction, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if got := a.do(t, postFile(t, "/extract-student-id/", "image", "a.jpg", []byte("x"))); got.status != 503 || !strings.Contains(got.text, "too long") {
		t.Errorf("got %d %s", got.status, got.text)
	}
}

// writeCert makes a certificate for 127.0.0.1 and writes it with its key.
func writeCert(t *testing.T, dir string, serial int64) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// A renewed certificate is used without a restart; one that can't be read leaves
// the one before.
func TestCertificate(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := writeCert(t, dir, 1)
	cert, err := api.LoadCertificate(certFile, keyFile, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	address, _ := serve(t, api.New(newAPI().options), cert)
	serial := func() int64 {
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("got certificate %d, want 1", got)
	}
	writeCert(t, dir, 2)
	for deadline := time.Now().Add(10 * time.Second); serial() != 2; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the renewed certificate is not used")
		}
	}
	if err := os.WriteFile(certFile, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // files are looked at once a second
	if got := serial(); got != 2 {
		t.Errorf("got certificate %d, want the last good one", got)
	}
	for _, files := range [][2]string{{certFile, keyFile}, {"/nonexistent", keyFile}} {
		if _, err := api.LoadCertificate(files[0], files[1], zap.NewNop()); err == nil {
			t.Errorf("loaded %v", files)
		}
	}
}

// TestUploadsTakeRoom has each upload take its part of the memory before any of it is
// read, by what it says that it has, and give it back; without room it is told to come
// again.
func TestUploadsTakeRoom(t *testing.T) {
	const limit = 1 << 20
	for _, path := range []string{"/extract-student-id/", "/upload-roster/"} {
		for name, tt := range map[string]struct {
			length int64
			full   bool
			want   int64
			status int
		}{
			"its length":      {length: 300, want: 1200, status: http.StatusBadRequest},
			"no length":       {length: -1, want: 4 * limit, status: http.StatusBadRequest},
			"beyond bounds":   {length: 1 << 40, want: 4 * limit, status: http.StatusBadRequest},
			"there's no room": {length: 300, full: true, want: 1200, status: http.StatusTooManyRequests},
		} {
			a := newAPI()
			a.options.MaxImage, a.options.MaxRoster = limit, limit
			var held, released int64
			a.options.Hold = func(_ context.Context, bytes int64) (func(), error) {
				held += bytes
				if tt.full {
					return nil, context.DeadlineExceeded
				}
				return func() { released += bytes }, nil
			}
			body := &countingReader{from: strings.NewReader("no form")}
			r := httptest.NewRequest(http.MethodPost, path, body)
			r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			r.ContentLength = tt.length
			got := a.do(t, r)
			if got.status != tt.status || held != tt.want || (released == held) == tt.full || (body.read > 0) == tt.full {
				t.Errorf("%s, %s: got %d, %d bytes held, %d released, %d read; want %d, %d", path, name, got.status, held, released, body.read, tt.status, tt.want)
			}
		}
	}
}

// TestRosterWaitsInVain: a roster whose turn does not come is told to come again, before
// the connection's time is over.
func TestRosterWaitsInVain(t *testing.T) {
	a := newAPI()
	a.options.ExtractTimeout = time.Millisecond
	a.options.ReadRoster = func(ctx context.Context, _ []byte) (*roster.Roster, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("wait for memory: %w", ctx.Err())
	}
	a.store.objects[layout.DefaultRosterKey] = []byte("x")
	for _, r := range []*http.Request{postFile(t, "/upload-roster/", "file", "r.xlsx", []byte("x")), get("/roster/")} {
		if got := a.do(t, r); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: got %d %s", r.URL, got.status, got.text)
		}
	}
}

type countingReader struct {
	from io.Reader
	read int
}

func (r *countingReader) Read(b []byte) (int, error) {
	n, err := r.from.Read(b)
	r.read += n
	return n, err
}
