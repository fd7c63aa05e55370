package sqslocal_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/sqslocal"
)

// No wake-up may be lost: with as many polls waiting as there are messages,
// every poll ends at once, however they came about.
func TestEveryPollGetsItsMessage(t *testing.T) {
	const n = 60
	for name, arrive := range map[string]func(b *box){
		"sent one by one": func(b *box) {
			for i := range n {
				b.send(fmt.Sprint(i))
			}
		},
		"sent at the same time": func(b *box) {
			for i := range n {
				go func() {
					if err := b.trySend(fmt.Sprint(i)); err != nil {
						b.Errorf("send: %v", err)
					}
				}()
			}
		},
		"out of delay at the same time": func(b *box) {
			for i := range n {
				body := fmt.Sprint(i)
				in := &sqs.SendMessageInput{QueueUrl: b.url, MessageBody: &body, DelaySeconds: 3}
				if _, err := b.client.SendMessage(b.Context(), in); err != nil {
					b.Errorf("send: %v", err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, "q", nil, func(b *box) {
				begin := time.Now()
				var mu sync.Mutex
				var bodies []string
				var wg sync.WaitGroup
				for range n {
					wg.Go(func() {
						got, err := b.poll(1, 600, 20)
						mu.Lock()
						defer mu.Unlock()
						if bodies = append(bodies, bodiesOf(got)...); err != nil {
							b.Errorf("receive: %v", err)
						}
					})
				}
				synctest.Wait()
				arrive(b)
				wg.Wait()
				slices.Sort(bodies)
				if got := len(slices.Compact(bodies)); got != n || time.Since(begin) > 3*time.Second {
					b.Errorf("%d of %d messages after %v", got, n, time.Since(begin))
				}
			})
		})
	}
}

// Polls that are given up at the moment when messages arrive pass them on.
func TestPollsGivenUpPassMessagesOn(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		const n = 40
		ctx, cancel := context.WithCancel(b.Context())
		var faithless, faithful sync.WaitGroup
		for range n {
			faithless.Go(func() {
				_, err := b.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: b.url, WaitTimeSeconds: 20})
				if err == nil {
					b.Error("a poll that was given up got an answer")
				}
			})
		}
		synctest.Wait()
		for range n {
			faithful.Go(func() {
				if got, err := b.poll(1, 600, 20); err != nil || len(got) != 1 {
					b.Errorf("got %d messages, %v, want one", len(got), err)
				}
			})
		}
		synctest.Wait()
		begin := time.Now()
		cancel()
		for i := range n {
			b.send(fmt.Sprint(i))
		}
		faithless.Wait()
		faithful.Wait()
		if took := time.Since(begin); took > 0 {
			b.Errorf("it took %v", took)
		}
	})
}

// A group of a FIFO queue goes from poll to poll as each deletes its message.
func TestPollsTakeTurnsInAGroup(t *testing.T) {
	bubble(t, "q.fifo", nil, func(b *box) {
		var mu sync.Mutex
		var bodies []string
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				got, err := b.poll(1, 0, 20)
				if err != nil || len(got) != 1 {
					b.Errorf("got %d messages, %v, want one", len(got), err)
					return
				}
				time.Sleep(time.Second)
				mu.Lock()
				bodies = append(bodies, *got[0].Body)
				mu.Unlock()
				if err := b.delete(got[0]); err != nil {
					b.Errorf("delete: %v", err)
				}
			})
		}
		begin := time.Now()
		var want []string
		for i := range 10 {
			want = append(want, fmt.Sprint(i))
			b.send(want[i], "g")
		}
		wg.Wait()
		if took := time.Since(begin); !slices.Equal(bodies, want) || took != 10*time.Second {
			b.Errorf("got %q after %v, want all in order after 10 s", bodies, took)
		}
	})
}

// Close lets every poll go, on sockets too.
func TestCloseEndsPolls(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{})
	url := listen(t, s)
	path, err := s.CreateQueue("q", nil)
	if err != nil {
		t.Fatal(err)
	}
	queue := url + path
	c := dial(t, url)
	ended := make(chan error, 20)
	for range cap(ended) {
		go func() {
			_, err := c.ReceiveMessage(context.Background(), &sqs.ReceiveMessageInput{QueueUrl: &queue, WaitTimeSeconds: 20})
			ended <- err
		}()
	}
	time.Sleep(50 * time.Millisecond) // most have begun; for the others it makes no difference
	begin := time.Now()
	s.Close()
	for range cap(ended) {
		if err := <-ended; err != nil {
			wantCode(t, "poll begun after Close", err, "ServiceUnavailable")
		}
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("the polls ended %v after Close", took)
	}
}
