package webhook

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/sony/gobreaker/v2"

	"hakbeon/internal/egress"
)

// ReceiversOptions say how receivers are spared.
type ReceiversOptions struct {
	// Failures in a row open a receiver's circuit. Defaults to 5; below 0 there is
	// no circuit.
	Failures int
	// OpenFor is how long an open circuit stays so before one delivery probes it.
	// Defaults to 30 s.
	OpenFor time.Duration
	// Rate is how many deliveries a second one receiver gets; twice as many may
	// come at once. Defaults to 100; below 0 there is no limit.
	Rate float64
	// Tracked bounds the receivers that are known at once; the one that was not
	// heard of for the longest is forgotten. Defaults to 128.
	Tracked int
	// OnChange is told of each change of a receiver's circuit. Defaults to nobody.
	OnChange func(receiver, state string)
}

func (o ReceiversOptions) withDefaults() ReceiversOptions {
	o.Failures = cmp.Or(o.Failures, 5)
	o.Rate = cmp.Or(o.Rate, 100)
	o.OpenFor = cmp.Or(max(o.OpenFor, 0), 30*time.Second)
	o.Tracked = cmp.Or(max(o.Tracked, 0), 128)
	if o.OnChange == nil {
		o.OnChange = func(string, string) {}
	}
	return o
}

// Receivers spares receivers that fail and those that get much at once: each has
// a circuit and a rate. A receiver is a scheme, host and port. What it knows is
// this process's alone. It is safe for concurrent use.
type Receivers struct {
	opts ReceiversOptions

	mu    sync.Mutex // for finding and adding as one
	known *lru.Cache[string, *receiver]
}

// NewReceivers returns a Receivers that knows none yet.
func NewReceivers(o ReceiversOptions) (*Receivers, error) {
	o = o.withDefaults()
	known, err := lru.New[string, *receiver](o.Tracked)
	if err != nil {
		return nil, fmt.Errorf("track webhook receivers: %w", err)
	}
	return &Receivers{opts: o, known: known}, nil
}

// Why a delivery is put off.
const (
	CauseCircuit = "circuit"
	CauseRate    = "rate"
)

// DeferredError says that a delivery should not be tried now. That is no attempt.
type DeferredError struct {
	After time.Duration // when to ask again
	Cause string        // CauseCircuit or CauseRate
}

func (d *DeferredError) Error() string {
	return fmt.Sprintf("webhook: put off for %v by the receiver's %s", d.After.Round(time.Second), d.Cause)
}

// Admit asks for one delivery to the URL. It never waits: it returns a *DeferredError
// if the receiver should be spared now, else a function that must be called with
// the attempt's outcome, or with ErrNotTried.
func (r *Receivers) Admit(rawURL string) (done func(error), err error) {
	return r.receiver(nameOf(rawURL)).admit((*pace).take)
}

// AdmitFirst is Admit for a delivery that waits for no turn: others wait the longer.
func (r *Receivers) AdmitFirst(rawURL string) (done func(error), err error) {
	return r.receiver(nameOf(rawURL)).admit((*pace).takeFirst)
}

// ErrNotTried is the outcome of a delivery that was admitted and then not made.
var ErrNotTried = errors.New("webhook: not tried")

// States are the circuits of the receivers known now: "closed", "half-open" or
// "open", by their host and port.
func (r *Receivers) States() map[string]string {
	states := map[string]string{}
	for _, name := range r.known.Keys() {
		if rc, ok := r.known.Peek(name); ok && rc.circuit != nil {
			states[name] = rc.circuit.State().String()
		}
	}
	return states
}

func (r *Receivers) receiver(name string) *receiver {
	r.mu.Lock()
	defer r.mu.Unlock()
	rc, ok := r.known.Get(name)
	if !ok {
		rc = newReceiver(name, r.opts)
		r.known.Add(name, rc)
	}
	return rc
}

// nameOf is a receiver's name: scheme, host and port, never a path or a query.
func nameOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "invalid" // it fails before anything is dialled
	}
	return strings.ToLower(egress.Redact(u))
}

// receiver is what is known of one receiver.
type receiver struct {
	opts    ReceiversOptions
	circuit *gobreaker.TwoStepCircuitBreaker[struct{}] // nil: none
	pace    *pace                                      // nil: any

	mu     sync.Mutex
	failed time.Time // when the circuit left "closed"; zero while it is closed
	opened time.Time // when it was last opened
}

func newReceiver(name string, o ReceiversOptions) *receiver {
	rc := &receiver{opts: o}
	if o.Rate > 0 {
		rc.pace = newPace(o.Rate)
	}
	if o.Failures > 0 {
		rc.circuit = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name:          name,
			Timeout:       o.OpenFor,
			ReadyToTrip:   func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= o.Failures },
			OnStateChange: func(name string, _, to gobreaker.State) { rc.changed(to); o.OnChange(name, to.String()) },
			IsSuccessful:  func(err error) bool { return !unwell(err) },
			IsExcluded:    saysNothing,
		})
	}
	return rc
}

func (rc *receiver) changed(to gobreaker.State) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	switch {
	case to == gobreaker.StateClosed:
		rc.failed = time.Time{}
	case to == gobreaker.StateOpen:
		rc.opened = time.Now()
		if rc.failed.IsZero() {
			rc.failed = rc.opened
		}
	}
}

func (rc *receiver) admit(turn func(*pace) time.Duration) (func(error), error) {
	done := func(error) {}
	if rc.circuit != nil {
		admitted, err := rc.circuit.Allow()
		if err != nil {
			return nil, &DeferredError{After: rc.retryIn(), Cause: CauseCircuit}
		}
		done = admitted
	}
	if rc.pace != nil {
		if wait := turn(rc.pace); wait > 0 {
			done(ErrNotTried)
			return nil, &DeferredError{After: wait, Cause: CauseRate}
		}
	}
	return done, nil
}

// longestDeferral is how late a delivery may learn that its receiver is back.
const longestDeferral = 10 * time.Minute

// retryIn is when to ask again: after the circuit's time, and the later the
// longer the receiver has been away, or a backlog of thousands would go round
// the queue every half minute. Jitter lets them come back one by one.
func (rc *receiver) retryIn() time.Duration {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	now := time.Now()
	left := max(rc.opts.OpenFor-now.Sub(rc.opened), time.Second)
	away := now.Sub(rc.failed) / 2
	return left + rand.N(min(max(away, rc.opts.OpenFor), longestDeferral))
}

// unwell reports whether the outcome says that the receiver as a whole is out of
// order. One that refuses an event with 4xx is at work.
func unwell(err error) bool {
	failed, ok := errors.AsType[*Error](err)
	if !ok {
		return err != nil
	}
	switch failed.Reason {
	case ReasonDNS, ReasonConnect, ReasonTLS, ReasonTimeout, ReasonBroken, ReasonTooMany, Reason5xx, ReasonOddStatus:
		return true
	case ReasonBadURL, ReasonInsecure, ReasonAddress, ReasonCanceled, ReasonRedirect, ReasonGone, Reason4xx:
	}
	return false
}

// saysNothing reports whether the outcome is none of the receiver's.
func saysNothing(err error) bool {
	if errors.Is(err, ErrNotTried) {
		return true
	}
	failed, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch failed.Reason {
	case ReasonBadURL, ReasonInsecure, ReasonAddress, ReasonCanceled:
		return true
	default:
		return false
	}
}
