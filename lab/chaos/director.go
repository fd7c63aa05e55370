package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"hakbeon/lab/faultproxy"
)

// director sits in all proxies: it strikes the process that comes to a trial's point,
// and makes noise otherwise.
type director struct {
	noise    *noise
	receipts receipts

	mu     sync.Mutex
	armed  map[string]*strike // by exam, until it is done
	counts map[string]map[way]int
	err    error
}

// strike is what a trial wants done to whoever comes to its point first.
type strike struct {
	exam  string
	point point
	way   way
	// done is closed when it has been carried out.
	done chan struct{}
}

func newDirector(n *noise) *director {
	return &director{noise: n, armed: map[string]*strike{}, counts: map[string]map[way]int{}}
}

// arm waits for the exam to come to the point.
func (d *director) arm(exam string, p point, w way) *strike {
	st := &strike{exam, p, w, make(chan struct{})}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.armed[exam] = st
	return st
}

// disarm takes a strike back; false if it has been carried out.
func (d *director) disarm(st *strike) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, armed := d.armed[st.exam]
	delete(d.armed, st.exam)
	return armed
}

// due returns the strike that a call calls for, and takes it.
func (d *director) due(c call, after bool) *strike {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, it := range c.items {
		if st := d.armed[it.exam]; st != nil && st.point.after(st.way) == after && st.point.of(c, it.exam) {
			delete(d.armed, it.exam)
			return st
		}
	}
	return nil
}

func (d *director) read(service string, c *faultproxy.Call) call {
	switch service {
	case "s3":
		return s3Call(c)
	case "sqs":
		return d.receipts.sqsCall(c)
	}
	return hookCall(c)
}

// request implements hooks.
func (d *director) request(ctx context.Context, s *slot, service string, c *faultproxy.Call) faultproxy.Fault {
	if st := d.due(d.read(service, c), false); st != nil {
		return d.carryOut(s, c, st)
	}
	return d.noise.request(ctx, service)
}

// answered implements hooks.
func (d *director) answered(_ context.Context, s *slot, service string, c *faultproxy.Call, a *faultproxy.Answer) faultproxy.Fault {
	if a.Status >= 300 {
		return faultproxy.None // the server has not done it
	}
	what := d.read(service, c)
	d.receipts.received(&what, a)
	if st := d.due(what, true); st != nil {
		return d.carryOut(s, c, st)
	}
	return faultproxy.None
}

// Times that a call is late, and that a process is frozen: beyond the visibility, so
// that others have taken over.
const (
	leastPause = visibility + time.Second
	mostPause  = visibility + 3*time.Second
)

// carryOut strikes the process whose call is held here.
func (d *director) carryOut(s *slot, c *faultproxy.Call, st *strike) faultproxy.Fault {
	life, _ := c.Client.(int)
	if st.way == frozen {
		return d.freeze(s, life, st)
	}
	killed, err := s.kill(life)
	if err != nil {
		d.fail(fmt.Errorf("kill at %s: %w", st.point.name, err))
	}
	if !killed {
		d.rearm(st)
		return faultproxy.Reset // another strike was first, the caller is dead
	}
	d.finish(st)
	if st.way == late {
		time.Sleep(d.noise.between(leastPause, mostPause))
		return faultproxy.Lost
	}
	return faultproxy.Reset
}

func (d *director) freeze(s *slot, life int, st *strike) faultproxy.Fault {
	thaw, err := s.freeze(life)
	if err != nil {
		d.fail(fmt.Errorf("freeze at %s: %w", st.point.name, err))
	}
	if thaw == nil {
		d.rearm(st)
		return faultproxy.Reset
	}
	d.finish(st)
	time.Sleep(d.noise.between(leastPause, mostPause))
	thaw()
	return faultproxy.None
}

func (d *director) rearm(st *strike) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.armed[st.exam] = st
}

func (d *director) finish(st *strike) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.counts[st.point.name] == nil {
		d.counts[st.point.name] = map[way]int{}
	}
	d.counts[st.point.name][st.way]++
	close(st.done)
}

// fail notes that the test itself does not work.
func (d *director) fail(err error) {
	fmt.Fprintln(os.Stderr, "chaos:", err)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = err
	}
}

func (d *director) failure() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// struck counts what was done: kills, and freezes.
func (d *director) struck() (kills, freezes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, ways := range d.counts {
		for w, n := range ways {
			if w == frozen {
				freezes += n
			} else {
				kills += n
			}
		}
	}
	return kills, freezes
}
