package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"hakbeon/exam"
	"hakbeon/s3store/layout"
)

// receiver takes webhooks and says yes to all of them.
type receiver struct {
	url    string
	server *http.Server
	ended  func(layout.Batch)

	mu     sync.Mutex
	events map[string]int
}

func startReceiver(ctx context.Context, ended func(layout.Batch)) (*receiver, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("receive webhooks: %w", err)
	}
	r := &receiver{url: "http://" + listener.Addr().String() + "/", ended: ended, events: map[string]int{}}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = r.server.Serve(listener) }() // close ends it
	return r, nil
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	const most = 1 << 20
	body, err := io.ReadAll(io.LimitReader(req.Body, most))
	if err != nil {
		http.Error(w, "broken off", http.StatusBadRequest)
		return
	}
	var event struct {
		Type string `json:"type"`
		Data struct {
			ExamCode string `json:"exam_code"`
			BatchID  string `json:"batch_id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.events[event.Type]++
	r.mu.Unlock()
	if event.Type == exam.EventCompleted {
		r.ended(layout.Batch{ExamCode: event.Data.ExamCode, BatchID: event.Data.BatchID})
	}
	w.WriteHeader(http.StatusNoContent)
}

// sheets is how many events of sheets came.
func (r *receiver) sheets() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for kind, count := range r.events {
		if kind != exam.EventCompleted {
			n += count
		}
	}
	return n
}

func (r *receiver) close() error { return r.server.Close() }
