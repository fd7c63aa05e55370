package download_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hakbeon/web/download"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("broken")

// serve sends what write makes, by a server that gives other answers 100 ms; told gets
// what failed after the first byte.
func serve(t *testing.T, write func(context.Context, io.Writer) error) (answer *http.Response, told chan error) {
	t.Helper()
	told = make(chan error, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := download.Send(w, r, download.File{Name: "a.zip", Type: "application/zip", Write: write}, func(err error) { told <- err })
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	client := server.Client()
	t.Cleanup(client.CloseIdleConnections)
	answer, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer, told
}

func TestSend(t *testing.T) {
	part := bytes.Repeat([]byte("x"), 64<<10)
	answer, _ := serve(t, func(ctx context.Context, w io.Writer) error {
		for range 4 {
			if _, err := w.Write(part); err != nil {
				return err
			}
			select { // longer than other answers may take, in all
			case <-time.After(60 * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	body, err := io.ReadAll(answer.Body)
	if err != nil || len(body) != 4*len(part) {
		t.Errorf("got %d bytes, %v", len(body), err)
	}
	for name, want := range map[string]string{"Content-Disposition": `attachment; filename="a.zip"`, "Content-Type": "application/zip", "Cache-Control": "no-store"} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestAnEmptyFileIsOne(t *testing.T) {
	answer, _ := serve(t, func(context.Context, io.Writer) error { return nil })
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Disposition") == "" {
		t.Errorf("got %d %v", answer.StatusCode, answer.Header)
	}
}

// Before the first byte an error is an answer; after it the client sees that the file
// broke off, however much it has.
func TestErrors(t *testing.T) {
	for size, whole := range map[int]bool{0: true, 10_000: false, 1 << 20: false} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			answer, told := serve(t, func(_ context.Context, w io.Writer) error {
				if size > 0 {
					if _, err := w.Write(make([]byte, size)); err != nil {
						return err
					}
				}
				return errBroken
			})
			_, err := io.ReadAll(answer.Body)
			if whole && (err != nil || answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Content-Disposition") != "") {
				t.Errorf("got %d %v, %v", answer.StatusCode, answer.Header, err)
			}
			if !whole && (err == nil || !errors.Is(<-told, errBroken)) {
				t.Errorf("it looks whole: %v", err)
			}
		})
	}
}

// patient is a client that takes its time: it notes how long each part may take.
type patient struct {
	*httptest.ResponseRecorder

	deadlines []time.Duration
}

func (p *patient) SetReadDeadline(time.Time) error { return nil }

func (p *patient) SetWriteDeadline(at time.Time) error {
	p.deadlines = append(p.deadlines, time.Until(at))
	return nil
}

// A client that takes nothing for a minute holds nothing up, and none does for two hours.
func TestTimeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &patient{ResponseRecorder: httptest.NewRecorder()}
		begun := time.Now()
		err := download.Send(w, httptest.NewRequest(http.MethodGet, "/", nil), download.File{Write: func(ctx context.Context, w io.Writer) error {
			for range 3 {
				time.Sleep(40 * time.Second)
				if _, err := w.Write([]byte("part")); err != nil {
					return err
				}
			}
			<-ctx.Done()
			return nil
		}}, func(error) {})
		if err != nil || !slices.Equal(w.deadlines, []time.Duration{time.Minute, time.Minute, time.Minute}) {
			t.Errorf("got %v, %v", w.deadlines, err)
		}
		if took := time.Since(begun); took != 2*time.Hour {
			t.Errorf("it ended after %s", took)
		}
	})
}
