package worker_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/internal/clock"
	"hakbeon/jobs"
	"hakbeon/worker/queue/awssqs"
)

// otherTime is an SQS whose clock is ahead of ours: what a machine sees whose own
// clock is wrong.
type otherTime struct {
	next  aws.HTTPClient
	ahead time.Duration
}

var sentTimestamp = regexp.MustCompile(`"SentTimestamp":"(\d+)"`)

func (o otherTime) Do(r *http.Request) (*http.Response, error) {
	answer, err := o.next.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	body = sentTimestamp.ReplaceAllFunc(body, func(match []byte) []byte {
		ms, err := strconv.ParseInt(string(sentTimestamp.FindSubmatch(match)[1]), 10, 64)
		if err != nil {
			return match
		}
		return []byte(`"SentTimestamp":"` + strconv.FormatInt(ms+o.ahead.Milliseconds(), 10) + `"`)
	})
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Set("Content-Length", strconv.Itoa(len(body)))
	answer.Header.Set("Date", time.Now().Add(o.ahead).UTC().Format(http.TimeFormat))
	return answer, nil
}

// TestWrongClock has a machine's clock be hours off: what is waited for is waited
// for as long as ever, and no batch ends before its time.
func TestWrongClock(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"ahead": -7 * time.Hour, "behind": 7 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.options.Clock = clock.New(nil)
			r.options.Broker = awssqs.Broker(sqs.New(r.client.Options(), func(o *sqs.Options) {
				o.HTTPClient = otherTime{o.HTTPClient, ahead}
				o.APIOptions = append(o.APIOptions, r.options.Clock.Follow)
			}))
			r.options.ImagePatience = patience
			r.roster(kim, lee)
			keys := append(r.sheets(kim), "uploads/"+r.exam+"/2.png")
			r.start()
			b := r.submit(jobs.Recognize{Keys: keys})
			r.until("a second look", func() bool { return r.receives() >= 2 })
			r.upload("2.png", pngPage(t, lee))
			sum := r.end(b, 1)
			r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
			if off := sum.CreatedAt.Sub(time.Now().Add(ahead)); off.Abs() > patience {
				t.Errorf("the batch ended at %v, which is %v off the queue's time", sum.CreatedAt, off)
			}
			if off := r.metric("hakbeon_clock_ahead_seconds", nil) + ahead.Seconds(); off < -10 || off > 10 {
				t.Errorf("the metric of the clock is %v s off", off)
			}
		})
	}
}
