package rosters_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/internal/awsclient"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/worker/rosters"
)

// bucket is an S3 with one roster.
type bucket struct {
	mu    sync.Mutex
	text  string
	whole int // answers with the roster, and not only that it is the same
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.URL.Path != "/bucket/rosters/e.csv" {
		http.Error(w, "", http.StatusNotFound)
		return
	}
	tag := fmt.Sprintf("%q", fmt.Sprintf("%x", sha256.Sum256([]byte(b.text)))[:16])
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	b.whole++
	fmt.Fprint(w, b.text)
}

func (b *bucket) put(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = text
}

// A roster that is asked for again and has not changed is the one that was read.
func TestUnchangedRosterIsNotReadAgain(t *testing.T) {
	b := &bucket{text: "student_id\n20151234\n20165678\n"}
	server := httptest.NewServer(b)
	defer server.Close()
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL, HTTPClient: server.Client(), Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")}
	cache, err := rosters.New(s3store.New(awsclient.S3(cfg, nil), "bucket"), roster.Limits{}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	job := exam.Job{ExamCode: "e", RosterKey: "rosters/e.csv"}
	first, err := cache.Get(t.Context(), job, rosters.Patience)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := cache.Fresh(t.Context(), job)
		if err != nil || again.Roster != first.Roster || again.At.Before(first.At) {
			t.Fatalf("asked again: %+v, %v", again, err)
		}
	}
	b.put("student_id\n20151234\n20165678\n20179999\n")
	changed, err := cache.Fresh(t.Context(), job)
	if err != nil || len(changed.Roster.Students) != 3 || b.whole != 2 {
		t.Errorf("after a change: %d students, read %d times, %v", len(changed.Roster.Students), b.whole, err)
	}
}
