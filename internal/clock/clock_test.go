package clock_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/goleak"

	"hakbeon/internal/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// queue answers every call with a Date that is ahead of our time, and refuses calls
// if it should.
func queue(t *testing.T, ahead *time.Duration, status int) *sqs.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(*ahead).UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	return sqs.New(sqs.Options{
		Region: "local-1", BaseEndpoint: &server.URL, HTTPClient: client, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	})
}

func TestFollowsTheQueue(t *testing.T) {
	for _, c := range []struct {
		name   string
		ahead  []time.Duration // the queue's clock at each call
		status int
		want   []time.Duration // ours ahead of the queue's, as it is told
	}{
		{"agrees", []time.Duration{0, 0}, 200, nil},
		{"seconds don't matter", []time.Duration{3 * time.Second, -3 * time.Second}, 200, nil},
		{"ours is behind", []time.Duration{7 * time.Hour, 7 * time.Hour}, 200, []time.Duration{-7 * time.Hour}},
		{"ours is ahead", []time.Duration{-7 * time.Hour}, 200, []time.Duration{7 * time.Hour}},
		{"ours is put right", []time.Duration{time.Hour, 0}, 200, []time.Duration{-time.Hour, 0}},
		{"refusals count", []time.Duration{time.Hour}, 403, []time.Duration{-time.Hour}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []time.Duration
			ours := clock.New(func(ahead time.Duration) { got = append(got, ahead.Round(10*time.Second)) })
			var ahead time.Duration
			client := queue(t, &ahead, c.status)
			if ours.Heard() {
				t.Error("heard before a call")
			}
			for _, ahead = range c.ahead {
				_, err := client.ListQueues(t.Context(), &sqs.ListQueuesInput{}, func(o *sqs.Options) { o.APIOptions = append(o.APIOptions, ours.Follow) })
				if (err != nil) != (c.status != 200) {
					t.Fatal(err)
				}
				if off := ours.Now().Sub(time.Now().Add(ahead)); off.Abs() > 5*time.Second {
					t.Errorf("the time is %v off the queue's", off)
				}
			}
			if !ours.Heard() {
				t.Error("not heard")
			}
			if len(got) != len(c.want) {
				t.Fatalf("was told %v, want %v", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("was told %v, want %v", got, c.want)
				}
			}
		})
	}
}

func TestGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]*clock.Clock{"its own": clock.New(nil), "the machine's": nil} {
			began := c.Now()
			time.Sleep(time.Hour)
			if got := c.Since(began); got != time.Hour {
				t.Errorf("%s: an hour took %v", name, got)
			}
			if got := c.Until(began.Add(2 * time.Hour)); got != time.Hour {
				t.Errorf("%s: %v until the next hour", name, got)
			}
			if got := c.Ahead(); got != 0 {
				t.Errorf("%s: the machine is %v ahead of itself", name, got)
			}
		}
	})
}

// lateAnswers are answered at once, and looked at half a minute later.
type lateAnswers struct{}

func (lateAnswers) Do(*http.Request) (*http.Response, error) {
	h := http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}, "Content-Type": {"application/x-amz-json-1.0"}}
	time.Sleep(30 * time.Second)
	return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(strings.NewReader("{}"))}, nil
}

func TestALateAnswerIsNoOtherTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(func(ahead time.Duration) { t.Errorf("was told that the machine is %v ahead", ahead) })
		client := sqs.New(sqs.Options{
			Region: "local-1", BaseEndpoint: aws.String("http://queue"), HTTPClient: lateAnswers{}, Retryer: aws.NopRetryer{},
			Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
		}, func(o *sqs.Options) { o.APIOptions = append(o.APIOptions, c.Follow) })
		if _, err := client.ListQueues(t.Context(), &sqs.ListQueuesInput{}); err != nil {
			t.Fatal(err)
		}
		if got := c.Ahead(); got != 0 {
			t.Errorf("the machine is %v ahead", got)
		}
	})
}

func Example() {
	queueTime := clock.New(nil)
	client := sqs.New(sqs.Options{Region: "eu-west-1"}, func(o *sqs.Options) {
		o.APIOptions = append(o.APIOptions, queueTime.Follow)
	})
	_ = client // after each of its answers, queueTime is the queue's
	fmt.Println(queueTime.Since(queueTime.Now()) < time.Second)
	// Output: true
}
