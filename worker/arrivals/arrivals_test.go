package arrivals_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker/arrivals"
)

// The forms are those of AWS's documentation, the names invented.
const (
	notification = `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"ap-northeast-2","eventTime":"2026-11-30T00:00:00.000Z",` +
		`"eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:AIDAEXAMPLE"},"requestParameters":{"sourceIPAddress":"192.0.2.1"},` +
		`"responseElements":{"x-amz-request-id":"C3D13FE58DE4C810","x-amz-id-2":"FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD"},` +
		`"s3":{"s3SchemaVersion":"1.0","configurationId":"uploads","bucket":{"name":"exams","ownerIdentity":{"principalId":"A3NL1KOZZKExample"},"arn":"arn:aws:s3:::exams"},` +
		`"object":{"key":%q,"size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e","sequencer":"0055AED6DCD90281E5"}}}]}`
	bridge = `{"version":"0","id":"17793124-05d4-b198-2fde-7ededc63b103","detail-type":"Object Created","source":"aws.s3","account":"111122223333",` +
		`"time":"2026-11-30T00:00:00Z","region":"ap-northeast-2","resources":["arn:aws:s3:::exams"],"detail":{"version":"0","bucket":{"name":"exams"},` +
		`"object":{"key":%q,"size":5,"etag":"b1946ac92492d2347c6235b4d2611184","version-id":"IYV3p45BT0ac8hjHg1houSdS1a.Mro8e","sequencer":"617f08299329d189"},` +
		`"request-id":"N4N7GDK58NMKJ12R","requester":"123456789012","source-ip-address":"1.2.3.4","reason":"PutObject"}}`
	trial = `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-30T00:00:00.000Z","Bucket":"exams","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE"}`
)

// bySNS is a message as SNS delivers it to a queue.
func bySNS(message string) string {
	text, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	return `{"Type":"Notification","MessageId":"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324","TopicArn":"arn:aws:sns:ap-northeast-2:123456789012:uploads",` +
		`"Subject":"Amazon S3 Notification","Message":` + string(text) + `,"Timestamp":"2026-11-30T00:00:01.000Z","SignatureVersion":"1","Signature":"EXAMPLE",` +
		`"SigningCertURL":"https://sns.example.com/cert.pem","UnsubscribeURL":"https://sns.example.com/unsubscribe"}`
}

func TestParse(t *testing.T) {
	of := func(key string) arrivals.Notice {
		return arrivals.Notice{Created: []arrivals.Object{{Bucket: "exams", Key: key}}}
	}
	removed := strings.ReplaceAll(fmt.Sprintf(notification, "a"), "ObjectCreated:Put", "ObjectRemoved:Delete")
	for _, tt := range []struct {
		name, body string
		want       arrivals.Notice
	}{
		{"of S3", fmt.Sprintf(notification, "uploads/E/b/001.jpg"), of("uploads/E/b/001.jpg")},
		{"of S3, a space", fmt.Sprintf(notification, "uploads/E/red+flower.jpg"), of("uploads/E/red flower.jpg")},
		{"of S3, a plus", fmt.Sprintf(notification, "uploads/E/a%2Bb.jpg"), of("uploads/E/a+b.jpg")},
		{"of S3, Korean", fmt.Sprintf(notification, "uploads/E/%EB%8B%B5%EC%95%88+1.jpg"), of("uploads/E/답안 1.jpg")},
		{"of S3, by parts", strings.ReplaceAll(fmt.Sprintf(notification, "a"), ":Put", ":CompleteMultipartUpload"), of("a")},
		{"of S3, copied", strings.ReplaceAll(fmt.Sprintf(notification, "a"), ":Put", ":Copy"), of("a")},
		{"of a server like S3", strings.NewReplacer("aws:s3", "minio:s3", "ObjectCreated:Put", "s3:ObjectCreated:Put").Replace(fmt.Sprintf(notification, "a")), of("a")},
		{"of S3, removed", removed, arrivals.Notice{Others: 1}},
		{"EventBridge", fmt.Sprintf(bridge, "uploads/E/a b+c.jpg"), of("uploads/E/a b+c.jpg")},
		{"EventBridge, what looks encoded", fmt.Sprintf(bridge, "uploads/E/100%25.jpg"), of("uploads/E/100%25.jpg")},
		{"EventBridge, removed", strings.ReplaceAll(fmt.Sprintf(bridge, "a"), "Object Created", "Object Deleted"), arrivals.Notice{Others: 1}},
		{"SNS over S3", bySNS(fmt.Sprintf(notification, "a+b")), of("a b")},
		{"SNS over EventBridge", bySNS(fmt.Sprintf(bridge, "a+b")), of("a+b")},
		{"SNS over S3's test", bySNS(trial), arrivals.Notice{Test: true}},
		{"S3's test", trial, arrivals.Notice{Test: true}},
	} {
		got, ok, err := arrivals.Parse(tt.body)
		if diff := cmp.Diff(tt.want, got); diff != "" || !ok || err != nil {
			t.Errorf("%s: %v, %v (-want +got)\n%s", tt.name, ok, err, diff)
		}
	}
}

// What is not of S3 is a job, right or wrong.
func TestParseLeavesJobs(t *testing.T) {
	for _, body := range []string{
		`{"exam_code":"E","keys":["a"]}`, `{"type":"close","exam_code":"E","batch_id":"b"}`, `{`, `[]`, `null`, ``, `"text"`,
		`{"records":[]}`, `{"Event":"s3:Other"}`, `{"source":"aws.ec2","detail-type":"x"}`, `{"Type":"Notification","Message":"{}"}`,
		bySNS("hello"), bySNS(bySNS(fmt.Sprintf(notification, "a"))), `{"Type":"SubscriptionConfirmation","TopicArn":"x"}`,
		fmt.Sprintf(notification, "a") + strings.Repeat(" ", jobs.MaxMessageBytes),
	} {
		if n, ok, err := arrivals.Parse(body); ok || err != nil || len(n.Created) > 0 {
			t.Errorf("%.60s: got %+v, %v, %v", body, n, ok, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, body := range []string{
		`{"Records":{}}`, `{"Records":[]}`, `{"Records":[1]}`, `{"Records":[{"eventSource":"aws:sqs","eventName":"ObjectCreated:Put"}]}`,
		fmt.Sprintf(notification, "%zz"), fmt.Sprintf(notification, ""), strings.ReplaceAll(fmt.Sprintf(notification, "a"), `"name":"exams"`, `"name":""`),
		`{"source":"aws.s3","detail-type":"Object Created"}`, `{"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":{"name":"b"}}}`,
	} {
		if n, ok, err := arrivals.Parse(body); !ok || err == nil {
			t.Errorf("%.60s: got %+v, %v, %v", body, n, ok, err)
		}
	}
}

func TestPatterns(t *testing.T) {
	const deep, flat = "inbox/{batch_id}/of/{exam_code}/{file}", "{exam_code}/{file}"
	for _, tt := range []struct {
		patterns, key string
		fit           arrivals.Fit
		batch         layout.Batch
	}{
		{arrivals.DefaultPatterns, "uploads/E/b/1.jpg", arrivals.Sheet, layout.Batch{ExamCode: "E", BatchID: "b"}},
		{arrivals.DefaultPatterns, "uploads/E/b/c/1.jpg", arrivals.Sheet, layout.Batch{ExamCode: "E", BatchID: "b"}},
		{arrivals.DefaultPatterns, "uploads/E/1.jpg", arrivals.Sheet, layout.Batch{ExamCode: "E", BatchID: "uploads"}},
		{arrivals.DefaultPatterns, "uploads/E/월요일/1.jpg", arrivals.Sheet, layout.Batch{ExamCode: "E", BatchID: "uploads"}},
		{arrivals.DefaultPatterns, "uploads/통계/1.jpg", arrivals.Nameless, layout.Batch{}},
		{arrivals.DefaultPatterns, "uploads/E/a//1.jpg", arrivals.Nameless, layout.Batch{}},
		{arrivals.DefaultPatterns, "uploads/../1.jpg", arrivals.Nameless, layout.Batch{}},
		{arrivals.DefaultPatterns, "uploads/1.jpg", arrivals.Foreign, layout.Batch{}},
		{arrivals.DefaultPatterns, "uploads/E/b/", arrivals.Foreign, layout.Batch{}},
		{arrivals.DefaultPatterns, "uploads/E/b/.DS_Store", arrivals.Foreign, layout.Batch{}},
		{arrivals.DefaultPatterns, layout.UploadKey("E", layout.HTTPBatch+"9b2e", "a.jpg"), arrivals.Foreign, layout.Batch{}},
		{arrivals.DefaultPatterns, layout.Batch{ExamCode: "E", BatchID: "b"}.ScansOf() + "room 1/1.jpg", arrivals.Foreign, layout.Batch{}},
		{"uploads/{exam_code}/{file}", layout.UploadKey("E", layout.HTTPBatch+"9b2e", "a.jpg"), arrivals.Foreign, layout.Batch{}},
		{arrivals.DefaultPatterns, "rosters/E.xlsx", arrivals.Foreign, layout.Batch{}},
		{arrivals.DefaultPatterns, "scans/E/1.jpg", arrivals.Foreign, layout.Batch{}},
		{deep, "inbox/b/of/E/1.jpg", arrivals.Sheet, layout.Batch{ExamCode: "E", BatchID: "b"}},
		{deep, "inbox/b/at/E/1.jpg", arrivals.Foreign, layout.Batch{}},
		{flat, "E/1.jpg", arrivals.Sheet, layout.Batch{ExamCode: "E", BatchID: "uploads"}},
		{flat, "rosters/E.xlsx", arrivals.Foreign, layout.Batch{}},
		{flat, "results/E/b/summary.json", arrivals.Foreign, layout.Batch{}},
		{flat, "original/E/1/1.jpg", arrivals.Foreign, layout.Batch{}},
		{flat, "header/E/1/1.jpg", arrivals.Foreign, layout.Batch{}},
		{flat, "exams.csv", arrivals.Foreign, layout.Batch{}},
	} {
		patterns, err := arrivals.ParsePatterns(tt.patterns)
		if err != nil {
			t.Fatal(err)
		}
		if fit, b := patterns.Match(tt.key); fit != tt.fit || b != tt.batch {
			t.Errorf("%s, %s: got %v, %+v", tt.patterns, tt.key, fit, b)
		}
	}
}

func TestParsePatternsRefuses(t *testing.T) {
	for _, s := range []string{
		"", "uploads/{exam_code}", "uploads/{file}", "{exam_code}/{exam_code}/{file}", "{exam_code}/{batch_id}/{batch_id}/{file}",
		"uploads/{exam_code}-{batch_id}/{file}", "/{exam_code}/{file}", "{exam_code}//{file}", "{exam}/{file}", "{exam_code}/{file},", "{exam_code}/{file}.jpg",
	} {
		if p, err := arrivals.ParsePatterns(s); err == nil {
			t.Errorf("%q: got %v", s, p)
		}
	}
}

// FuzzParse has anything come: nothing panics, what is said to be of S3 names objects,
// and no upload has a key or a name that a job could not have.
func FuzzParse(f *testing.F) {
	for _, key := range []string{"uploads/E/b/1.jpg", "a+b%20c", "%", "../x"} {
		f.Add(fmt.Sprintf(notification, key))
		f.Add(fmt.Sprintf(bridge, key))
		f.Add(bySNS(fmt.Sprintf(bridge, key)))
	}
	f.Add(trial)
	patterns, err := arrivals.ParsePatterns(arrivals.DefaultPatterns)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		n, ok, err := arrivals.Parse(body)
		if !ok && (err != nil || len(n.Created) > 0) {
			t.Errorf("got %+v, %v of what is not of S3", n, err)
		}
		for _, o := range n.Created {
			fit, b := patterns.Match(o.Key)
			_, err := jobs.Encode(&jobs.Recognize{ExamCode: b.ExamCode, BatchID: b.BatchID, Open: true, Keys: []string{o.Key}})
			if fit == arrivals.Sheet && err != nil {
				t.Errorf("%q: %v", o.Key, err)
			}
		}
	})
}

func Example() {
	body := `{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put",
		"s3":{"bucket":{"name":"exams"},"object":{"key":"uploads/SaS_2017_Final/2017-12-18-a/scan+001.jpg"}}}]}`
	notice, ofS3, err := arrivals.Parse(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	patterns, err := arrivals.ParsePatterns(arrivals.DefaultPatterns)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, b := patterns.Match(notice.Created[0].Key)
	fmt.Println(ofS3, notice.Created[0].Key)
	fmt.Println(b.ExamCode, b.BatchID)

	// Output:
	// true uploads/SaS_2017_Final/2017-12-18-a/scan 001.jpg
	// SaS_2017_Final 2017-12-18-a
}
