package worker_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker/arrivals"
)

// The forms in which S3's word of an object comes, as AWS's documentation has them.
const (
	ofS3 = `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2026-11-30T00:00:00.000Z","eventName":"ObjectCreated:Put",` +
		`"userIdentity":{"principalId":"AWS:AIDAEXAMPLE"},"requestParameters":{"sourceIPAddress":"192.0.2.1"},` +
		`"responseElements":{"x-amz-request-id":"C3D13FE58DE4C810","x-amz-id-2":"FMyUVURIY8Example"},` +
		`"s3":{"s3SchemaVersion":"1.0","configurationId":"uploads","bucket":{"name":%q,"ownerIdentity":{"principalId":"A3NL1KOZZKExample"},"arn":"arn:aws:s3:::exams"},` +
		`"object":{"key":%q,"size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e","sequencer":"0055AED6DCD90281E5"}}}]}`
	ofBridge = `{"version":"0","id":"17793124-05d4-b198-2fde-7ededc63b103","detail-type":"Object Created","source":"aws.s3","account":"111122223333",` +
		`"time":"2026-11-30T00:00:00Z","region":"us-east-1","resources":["arn:aws:s3:::exams"],"detail":{"version":"0","bucket":{"name":%q},` +
		`"object":{"key":%q,"size":5,"etag":"b1946ac92492d2347c6235b4d2611184","sequencer":"617f08299329d189"},"request-id":"N4N7GDK58NMKJ12R",` +
		`"requester":"123456789012","source-ip-address":"192.0.2.1","reason":"PutObject"}}`
	ofTest = `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-30T00:00:00.000Z","Bucket":"exams","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Example"}`
)

func overSNS(t *testing.T, message string) string {
	t.Helper()
	text, err := json.Marshal(message)
	must(t, err)
	return `{"Type":"Notification","MessageId":"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324","TopicArn":"arn:aws:sns:us-east-1:123456789012:uploads",` +
		`"Message":` + string(text) + `,"Timestamp":"2026-11-30T00:00:01.000Z","SignatureVersion":"1","Signature":"EXAMPLE"}`
}

// encoded is a key as S3's own form has it.
func encoded(key string) string {
	parts := strings.Split(key, "/")
	for i := range parts {
		parts[i] = url.QueryEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// S3 itself is the sender: each form makes sheets of the open batch that the key names,
// the same event twice is one sheet, and what is no sheet is passed over.
func TestS3IsTheSender(t *testing.T) {
	r := newRig(t)
	r.options.BatchIdle = 3 * time.Second
	r.roster(kim, lee, park, choi)
	bucket := r.store.Bucket()
	at := func(name, text string) string { return r.upload("2017-12-18-a/"+name, pngPage(t, text)) }
	plain, spaced, korean, plus := at("001.png", kim), at("scan 2.png", lee), at("답안.png", park), at("a+b.png", choi)
	r.start()
	removed := strings.ReplaceAll(fmt.Sprintf(ofS3, bucket, encoded(plain)), "ObjectCreated:Put", "ObjectRemoved:Delete")
	for _, body := range []string{
		ofTest,
		fmt.Sprintf(ofS3, bucket, encoded(plain)), fmt.Sprintf(ofS3, bucket, encoded(plain)),
		fmt.Sprintf(ofBridge, bucket, spaced),
		overSNS(t, fmt.Sprintf(ofS3, bucket, encoded(korean))),
		overSNS(t, fmt.Sprintf(ofBridge, bucket, plus)),
		removed, fmt.Sprintf(ofBridge, bucket, layout.RosterKey(r.exam)), fmt.Sprintf(ofS3, bucket, "results/E/b/summary.json"),
	} {
		r.putText(r.options.Queues.Jobs, body)
	}
	b := layout.Batch{ExamCode: r.exam, BatchID: "2017-12-18-a"}
	sum := r.end(b, 1)
	if sum.Total != 4 || sum.Matched != 4 {
		t.Errorf("got %+v", sum)
	}
	for key, want := range map[string]string{plain: kim, spaced: lee, korean: park, plus: choi} {
		if rec := r.sheet(b, key, 1); rec.Student() != want {
			t.Errorf("%s went to %q, want %q", path.Base(key), rec.Student(), want)
		}
	}
	if batches := r.list("results/" + r.exam + "/"); strings.Contains(strings.Join(batches, " "), "/"+arrivals.DefaultBatch+"/") {
		t.Errorf("there is a second batch: %v", batches)
	}
	const figures = `
		# HELP hakbeon_upload_events_total Events of S3 on the jobs queue by what became of them: taken, not_a_sheet, other_event or test.
		# TYPE hakbeon_upload_events_total counter
		hakbeon_upload_events_total{result="not_a_sheet"} 2
		hakbeon_upload_events_total{result="other_event"} 1
		hakbeon_upload_events_total{result="taken"} 5
		hakbeon_upload_events_total{result="test"} 1
	`
	if err := testutil.GatherAndCompare(r.registry, strings.NewReader(figures), "hakbeon_upload_events_total"); err != nil {
		t.Error(err)
	}
	if now, _ := r.waiting(r.options.Queues.DeadLetters); now > 0 {
		t.Errorf("%d dead letters", now)
	}
}

// Without a batch in the key all of an exam's uploads are one; a backend may close it.
func TestUploadsOfAnExam(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.sheets(kim, lee)
	r.start()
	for _, key := range keys {
		r.putText(r.options.Queues.Jobs, fmt.Sprintf(ofS3, r.store.Bucket(), encoded(key)))
	}
	b := layout.Batch{ExamCode: r.exam, BatchID: arrivals.DefaultBatch}
	r.read(b, 2)
	r.closeBatch(b)
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
}

// What S3 says and can't be done is refused like a job, with a reason.
func TestS3EventsRefused(t *testing.T) {
	r := newRig(t)
	rc := newReceiver(t, status(http.StatusNoContent))
	r.options.WebhookURL = rc.URL
	r.start()
	r.put(r.options.Queues.Jobs, &jobs.Recognize{ExamCode: r.exam, BatchID: "mine", Keys: []string{"uploads/x.png"}})
	r.end(layout.Batch{ExamCode: r.exam, BatchID: "mine"}, 1)
	bucket := r.store.Bucket()
	for i, test := range []struct{ body, reason string }{
		{fmt.Sprintf(ofS3, "another", "uploads/"+r.exam+"/1.png"), "other_bucket"},
		{fmt.Sprintf(ofBridge, bucket, "uploads/김철수/1.png"), "bad_upload_key"},
		{fmt.Sprintf(ofS3, bucket, "uploads/%zz/1.png"), "malformed"},
		{fmt.Sprintf(ofS3, bucket, "uploads/"+r.exam+"/mine/1.png"), "batch_conflict"},
	} {
		r.putText(r.options.Queues.Jobs, test.body)
		if letter := r.deadLetter(); *letter.Body != test.body {
			t.Errorf("%s: the dead letter is %s", test.reason, *letter.Body)
		}
		r.until("the event", func() bool { return len(rc.rejections(t)) == i+1 && r.quiet() })
		if got := rc.rejections(t)[i]; got.Reason != test.reason || got.MessageType != "s3_event" || strings.Contains(got.Detail, "김철수") {
			t.Errorf("%s: got %+v", test.reason, got)
		}
	}
}
