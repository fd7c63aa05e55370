package telemetry_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hakbeon/s3store/layout"
	"hakbeon/worker/telemetry"
)

func TestReceiversAreBounded(t *testing.T) {
	var addresses []string
	for i := range 100 {
		addresses = append(addresses, fmt.Sprintf("https://user:secret@host-%d.example.com:8443/path?token=x", i))
	}
	labels := telemetry.ReceiverLabels(append(addresses, addresses[0], ":", "")...)
	if labels[0] != "host-0.example.com" || labels[100] != labels[0] || labels[99] != "other" || labels[101] != "other" || labels[102] != "other" {
		t.Errorf("got %q", labels)
	}
	slices.Sort(labels)
	if n := len(slices.Compact(labels)); n != 21 {
		t.Errorf("got %d receivers, want 20 and other", n)
	}
}

func TestOldestBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := telemetry.NewOpenBatches()
		a, b := layout.Batch{ExamCode: "e", BatchID: "a"}, layout.Batch{ExamCode: "e", BatchID: "b"}
		open.Saw(a, time.Hour)
		open.Saw(b, time.Minute)
		if got := open.Oldest(time.Now()); got != time.Hour {
			t.Errorf("got %v, want an hour", got)
		}
		open.Close(a)
		if got := open.Oldest(time.Now()); got != time.Minute {
			t.Errorf("got %v, want a minute", got)
		}
		time.Sleep(11 * time.Minute) // seen by nobody here: another process has it
		if got := open.Oldest(time.Now()); got != 0 {
			t.Errorf("got %v, want nothing", got)
		}
	})
}
