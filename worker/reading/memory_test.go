package reading_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hakbeon/worker/reading"
)

// Uploads leave half of the room to the queues' sheets, and a file above all of it is
// taken alone.
func TestMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := reading.NewMemory(100)
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		upload, err := m.TakeUpload(soon, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.TakeUpload(soon, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second upload: %v", err)
		}
		file, err := m.Take(t.Context(), 50)
		if err != nil {
			t.Fatalf("a file beside uploads: %v", err)
		}
		late, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := m.Take(late, 1000); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a file that takes all: %v", err)
		}
		upload()
		file()
		if _, err := m.Take(t.Context(), 1000); err != nil {
			t.Errorf("alone: %v", err)
		}
	})
}

// Room for a file is taken before it is downloaded.
func ExampleMemory() {
	m := reading.NewMemory(64 << 20)
	release, err := m.Take(context.Background(), 3<<20)
	fmt.Println(err)
	release()
	// Output: <nil>
}
