package queue_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hakbeon/worker/queue"
)

var errOutage = errors.New("outage")

// A pause grows with each failure from half a second to half a minute, by a random
// amount within bounds, and begins anew after the recovery.
func TestPauseGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := &queue.Gate{}
		for round := range 2 {
			for n := range 10 {
				full := min(500*time.Millisecond<<n, 30*time.Second)
				since := time.Now()
				d := gate.Pause("s3", errOutage)
				between(t, fmt.Sprintf("pause %d of round %d", n, round), d, full/2, full)
				if err := gate.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
				between(t, "waited", time.Since(since), d, d)
			}
			gate.Recovered(time.Now().Add(time.Second))
		}
	})
}

// The messages that were under way when something failed fail together: they are
// one failure, and all are to come back when the gate opens.
func TestConcurrentFailuresCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := &queue.Gate{}
		first := gate.Pause("s3", errOutage)
		for range 100 {
			if d := gate.Pause("s3", errOutage); d != first {
				t.Fatalf("got a pause of %v beside one of %v", d, first)
			}
		}
		time.Sleep(first)
		between(t, "second failure", gate.Pause("s3", errOutage), 500*time.Millisecond, time.Second)
	})
}

// The gate is open when the longest of its causes is over.
func TestGateTellsItsCauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := &queue.Gate{}
		if len(gate.Paused()) != 0 || gate.Wait(t.Context()) != nil {
			t.Error("a new gate is closed")
		}
		gate.Pause("s3", errors.New("older"))
		time.Sleep(100 * time.Millisecond)
		gate.Pause("s3", errOutage)
		longest := gate.Pause("sqs", errOutage)
		if got := slices.Sorted(maps.Keys(gate.Paused())); !slices.Equal(got, []string{"s3", "sqs"}) {
			t.Errorf("got causes %v", got)
		}
		if err := gate.Paused()["s3"]; !errors.Is(err, errOutage) {
			t.Errorf("got error %v, want the latest", err)
		}
		gate.Clear("s3")
		gate.Clear("never heard of")
		since := time.Now()
		if err := gate.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		between(t, "waited", time.Since(since), longest, longest)
		if len(gate.Paused()) != 1 {
			t.Errorf("got %v, want sqs out of order until something says otherwise", gate.Paused())
		}
	})
}

// Only work that began after the last failure shows that the cause is gone.
func TestRecovered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := &queue.Gate{}
		before := time.Now()
		time.Sleep(time.Second)
		gate.Pause("s3", errOutage)
		gate.Recovered(before)
		gate.Recovered(time.Now())
		if len(gate.Paused()) != 1 {
			t.Error("work that began before the failure opened the gate")
		}
		time.Sleep(time.Millisecond)
		gate.Recovered(time.Now())
		if len(gate.Paused()) != 0 {
			t.Errorf("got %v after the recovery", gate.Paused())
		}
	})
}

func TestGateWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := &queue.Gate{}
		gate.Pause("s3", errOutage)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Millisecond, errOutage)
		defer cancel()
		if err := gate.Wait(ctx); !errors.Is(err, errOutage) {
			t.Errorf("got %v, want the context's cause", err)
		}
		gate.Clear("s3")
		if err := gate.Wait(ctx); err == nil {
			t.Error("an open gate hides that the context has ended")
		}
	})
}
