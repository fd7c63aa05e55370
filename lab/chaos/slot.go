package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"sync"

	"hakbeon/lab/faultproxy"
	"hakbeon/lab/fleet"
)

// slot is a place for a worker process, with fault proxies of its own before all
// servers: who calls them is known by that. When the process is killed, another one
// takes the place.
type slot struct {
	s3, sqs, hook *faultproxy.Proxy
	env           map[string]string
	log           io.Writer

	mu      sync.Mutex
	process *fleet.Process
	life    int // counts the processes
	closed  bool
	crashes int // processes that ended by themselves
}

// hooks decide what happens to the calls of a slot.
type hooks interface {
	request(ctx context.Context, s *slot, service string, c *faultproxy.Call) faultproxy.Fault
	answered(ctx context.Context, s *slot, service string, c *faultproxy.Call, a *faultproxy.Answer) faultproxy.Fault
}

// newSlot starts the proxies and a worker behind them.
func newSlot(stack map[string]string, settings map[string]string, h hooks, log io.Writer) (*slot, error) {
	s := &slot{env: maps.Clone(stack), log: log}
	start := func(service, target string, refusal func(int) faultproxy.Answer) (*faultproxy.Proxy, error) {
		return faultproxy.Start(faultproxy.Options{
			Target: target, Refusal: refusal, Client: func() any { return s.alive() },
			Request: func(ctx context.Context, c *faultproxy.Call) faultproxy.Fault { return h.request(ctx, s, service, c) },
			Answered: func(ctx context.Context, c *faultproxy.Call, a *faultproxy.Answer) faultproxy.Fault {
				return h.answered(ctx, s, service, c, a)
			},
		})
	}
	var errs [3]error
	s.s3, errs[0] = start("s3", stack["AWS_ENDPOINT_URL_S3"], faultproxy.S3Refusal)
	s.sqs, errs[1] = start("sqs", stack["AWS_ENDPOINT_URL_SQS"], faultproxy.SQSRefusal)
	s.hook, errs[2] = start("hook", stack["HAKBEON_SINK_URL"], nil)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	maps.Copy(s.env, settings)
	maps.Copy(s.env, map[string]string{
		"AWS_ENDPOINT_URL_S3": s.s3.URL(), "AWS_ENDPOINT_URL_SQS": s.sqs.URL(),
		"WEBHOOK_URL": s.hook.URL() + "/hook", "WEBHOOK_ALLOWED_HOSTS": s.hook.Addr(),
	})
	return s, s.start()
}

func (s *slot) start() error {
	process, err := fleet.Start(fleet.Options{Env: s.env, Log: s.log})
	if err != nil {
		return err
	}
	s.process = process
	life := s.life
	go func() {
		<-process.Done()
		s.ended(life)
	}()
	return nil
}

// ended puts another process in the place of one that ended without having been
// killed, and counts that as a crash.
func (s *slot) ended(life int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.life != life {
		return
	}
	s.life++
	s.crashes++
	if s.start() != nil {
		s.crashes++ // it can't be started again: the exams will miss it
	}
}

// alive is the number of the process that lives now.
func (s *slot) alive() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.life
}

// kill ends the process with that number and puts another one in its place; false
// if it has ended before.
func (s *slot) kill(life int) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.life != life {
		return false, nil
	}
	s.life++
	if err := s.process.Kill(); err != nil {
		return false, err
	}
	return true, s.start()
}

// freeze stops the process with that number where it is, and returns what lets it go
// on; nil if it has ended.
func (s *slot) freeze(life int) (thaw func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.life != life {
		return nil, nil //nolint:nilnil // there is nothing to stop, and nothing wrong
	}
	p := s.process
	return func() { _ = p.Thaw() }, p.Freeze() // it may be killed meanwhile
}

// close drains the process and ends the proxies.
func (s *slot) close() error {
	s.mu.Lock()
	s.closed = true
	process := s.process
	s.mu.Unlock()
	err := process.Stop(drainTimeout)
	for _, p := range s.proxies() {
		p.Close()
	}
	return err
}

func (s *slot) proxies() []*faultproxy.Proxy { return []*faultproxy.Proxy{s.s3, s.sqs, s.hook} }
