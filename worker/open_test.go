package worker_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// add sends keys of an open batch, a message each.
func (r *rig) add(job jobs.Recognize, keys ...string) layout.Batch {
	r.t.Helper()
	job.Open = true
	var b layout.Batch
	for _, key := range keys {
		job.Keys = []string{key}
		b = r.submit(job)
	}
	return b
}

func (r *rig) closeBatch(b layout.Batch) {
	r.t.Helper()
	r.put(r.options.Queues.Jobs, &jobs.Close{ExamCode: b.ExamCode, BatchID: b.BatchID})
}

// read waits until so many sheets of the batch have one.
func (r *rig) read(b layout.Batch, sheets int) {
	r.t.Helper()
	r.until("the sheets to be read", func() bool { return len(r.list(b.Prefix()+"sheets/")) == sheets && r.quiet() })
}

// An open batch's sheets are read as they come; it ends when it is closed, once.
func TestOpenBatchIsClosed(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park)
	keys := r.sheets(kim, lee, park)
	r.start()
	b := r.add(jobs.Recognize{BatchID: "open"}, keys...)
	r.read(b, 3)
	if plans := r.list(b.Prefix() + "plans/"); len(plans) > 0 {
		t.Fatalf("the batch ended before it was closed: %v", plans)
	}
	r.closeBatch(b)
	r.closeBatch(b)
	sum := r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee, "3.png": "matched " + park})
	if got := r.eventTypes(b)[exam.EventCompleted]; got != 1 || sum.Total != 3 || sum.Incomplete {
		t.Errorf("got %d batch.completed and %+v", got, sum)
	}
	if plans := r.list(b.Prefix() + "plans/"); len(plans) != 1 {
		t.Errorf("got %v, want one end", plans)
	}
	// What comes after it was closed opens the next end at once.
	r.add(jobs.Recognize{BatchID: "open"}, r.upload("4.png", pngPage(t, lee)))
	if sum := r.end(b, 2); sum.Total != 4 {
		t.Errorf("got %+v", sum)
	}
}

// A close that overtakes the first message of its batch waits for it, though both lay on
// the queue for longer than anything is waited for.
func TestCloseComesFirst(t *testing.T) {
	r := newRig(t)
	r.options.ImagePatience = time.Nanosecond
	r.roster(kim)
	keys := r.sheets(kim)
	r.start()
	b := layout.Batch{ExamCode: r.exam, BatchID: "open"}
	r.closeBatch(b)
	r.until("the close to come back", func() bool {
		out, err := r.client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
			QueueUrl: &r.options.Queues.Jobs, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
		})
		must(t, err)
		return out.Attributes["ApproximateNumberOfMessagesNotVisible"] == "1"
	})
	r.add(jobs.Recognize{BatchID: "open"}, keys...)
	r.end(b, 1)
	if now, _ := r.waiting(r.options.Queues.DeadLetters); now > 0 {
		t.Error("the close was refused")
	}
}

// An open batch that nobody closes ends when nothing has come for a while, and again
// after what comes later.
func TestOpenBatchIsIdle(t *testing.T) {
	r := newRig(t)
	r.options.BatchIdle = 3 * time.Second
	r.roster(kim, lee, park, choi)
	keys := r.sheets(kim, lee, park, choi)
	r.start()
	began := time.Now()
	b := r.add(jobs.Recognize{BatchID: "open"}, keys[:2]...)
	sum := r.end(b, 1)
	if took := time.Since(began); took < 2*time.Second || sum.Total != 2 {
		t.Errorf("it ended after %v with %d sheets", took, sum.Total)
	}
	r.add(jobs.Recognize{BatchID: "open"}, keys[2:]...)
	sum, epoch := r.end(b, 2), 2
	for ; sum.Total < 4 && epoch < 4; sum = r.end(b, epoch) { // on a slow machine they may not come together
		epoch++
	}
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee, "3.png": "matched " + park, "4.png": "matched " + choi})
	if got := r.eventTypes(b)[exam.EventCompleted]; got != epoch {
		t.Errorf("got %d batch.completed, want %d", got, epoch)
	}
}

// It ends by its total, too, and is divided into sheets while it is open.
func TestOpenBatchWithTotal(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park)
	scan := r.upload("scan.tif", tiffPages(t, kim, "", lee, ""))
	r.start()
	b := r.add(jobs.Recognize{BatchID: "open", BatchTotal: 2, PagesPerSheet: 2}, scan)
	r.until("the file's sheets", func() bool { return len(r.list(b.Prefix()+"sheets/")) == 2 })
	r.add(jobs.Recognize{BatchID: "open", BatchTotal: 2, PagesPerSheet: 2}, r.upload("1.png", pngPage(t, park)))
	r.end(b, 1)
	r.wants(b, map[string]string{"scan.tif": "matched " + kim, "scan.tif#3": "matched " + lee, "1.png": "matched " + park})
}

// What is said of a batch is said by all of its messages.
func TestOpenBatchRefuses(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	keys := r.sheets(kim, kim)
	r.start()
	b := r.add(jobs.Recognize{BatchID: "open"}, keys[0])
	shut := r.submit(jobs.Recognize{BatchID: "shut", Keys: keys[:1]})
	r.end(shut, 1)
	r.read(b, 1)
	for body, reason := range map[string]string{
		`{"exam_code":"` + r.exam + `","batch_id":"open","keys":["a"]}`:             "other open",
		`{"exam_code":"` + r.exam + `","batch_id":"shut","open":true,"keys":["a"]}`: "other open",
		`{"type":"close","exam_code":"` + r.exam + `","batch_id":"shut"}`:           "not open",
		`{"type":"close","exam_code":"` + r.exam + `","batch_id":"none"}`:           "no such batch",
		`{"exam_code":"` + r.exam + `","open":true,"keys":["a"]}`:                   "batch_id: is needed with open",
		`{"exam_code":"` + r.exam + `","batch_id":"x","open":"yes","keys":["a"]}`:   "true or false",
	} {
		r.putText(r.options.Queues.Jobs, body)
		if got := reasonOf(r.deadLetter()); !strings.Contains(got, reason) {
			t.Errorf("%s: got reason %q, want %q", body, got, reason)
		}
	}
}

// To a batch that has ended much may come, a message a sheet: not each has it looked at.
func TestLateSheetsOfAnOpenBatch(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	keys := r.sheets(kim, "", "", "", "", "", "", "", "", "", "", "")
	stop := r.start()
	b := r.add(jobs.Recognize{BatchID: "open"}, keys[0])
	r.read(b, 1)
	r.closeBatch(b)
	r.end(b, 1)
	stop()
	r.options.FinishDelay = 10 * time.Minute
	r.start()
	r.add(jobs.Recognize{BatchID: "open"}, keys[1:]...)
	r.until("all of them", func() bool { return len(r.list(b.Prefix()+"sheets/")) == len(keys) })
	r.until("the last end", func() bool {
		plans := len(r.list(b.Prefix() + "plans/"))
		_, err := r.store.Head(t.Context(), b.Done(plans))
		return err == nil && r.quiet() && r.end(b, plans).Total == len(keys)
	})
	var messages strings.Builder
	must(t, r.sqs.Save(&messages))
	if armed := strings.Count(messages.String(), `\"type\":\"finish\"`); armed > 6 {
		t.Errorf("%d looks are asked for after %d late sheets", armed, len(keys)-1)
	}
}

// A worker that dies between any two steps of an open batch leaves what another one
// finishes, with the same outcome.
func TestDeathInAnOpenBatch(t *testing.T) {
	t.Parallel()
	for _, left := range []int{0, 1, 2, 4, 7, 11, 16} {
		t.Run(itoa(left), func(t *testing.T) {
			r := newRig(t)
			r.options.Visibility = 2 * time.Second
			r.options.ImagePatience = patience // for the close, whose batch a dead worker may hold
			r.roster(kim, lee, park)
			b := r.add(jobs.Recognize{BatchID: "open"}, r.sheets(kim, "2017000?", lee)...)
			r.closeBatch(b)
			dying, kill := context.WithCancel(context.Background())
			defer kill()
			m := &mortal{since: "/", left: left, kill: kill}
			o := r.over(m)
			o.DrainTimeout = time.Nanosecond
			w := r.worker(o)
			var first sync.WaitGroup
			first.Go(func() { w.Run(dying) })
			defer first.Wait()
			<-dying.Done()
			r.start()
			r.until("an end with all sheets", func() bool {
				plans := len(r.list(b.Prefix() + "plans/"))
				return plans > 0 && r.end(b, plans).Total == 3
			})
			r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "needs_review duplicate_student", "3.png": "matched " + lee})
		})
	}
}
