package iam_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"hakbeon/lab/iam"
)

const small = `{"Version": "2012-10-17", "Statement": [
	{"Sid": "S3", "Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": ["arn:aws:s3:::BUCKET/in/*", "arn:aws:s3:::BUCKET/x?"]},
	{"Sid": "SQS", "Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["arn:aws:sqs:REGION:ACCOUNT:work"]}]}`

func parse(t testing.TB, text string) *iam.Policy {
	t.Helper()
	p, err := iam.Parse([]byte(text), map[string]string{"BUCKET": "b"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAllows(t *testing.T) {
	p := parse(t, small)
	for _, test := range []struct {
		need iam.Need
		want bool
	}{
		{iam.Need{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/in/a/b.jpg"}, true},
		{iam.Need{Action: "s3:PutObject", Resource: "arn:aws:s3:::b/x1"}, true},
		{iam.Need{Action: "s3:PutObject", Resource: "arn:aws:s3:::b/x12"}, false},
		{iam.Need{Action: "s3:GetObject", Resource: "arn:aws:s3:::bb/in/a"}, false},
		{iam.Need{Action: "s3:DeleteObject", Resource: "arn:aws:s3:::b/in/a"}, false},
		{iam.Need{Action: "s3:GetObject", Resource: "arn:aws:sqs:REGION:ACCOUNT:work"}, false},
		{iam.Need{Action: "sqs:SendMessage", Resource: "arn:aws:sqs:REGION:ACCOUNT:work"}, true},
		{iam.Need{Action: "sqs:SendMessage", Resource: "arn:aws:sqs:REGION:ACCOUNT:work2"}, false},
	} {
		if got := p.Allows(test.need); got != test.want {
			t.Errorf("%v: got %v", test.need, got)
		}
	}
	if (&iam.Policy{}).Allows(iam.Need{Action: "s3:GetObject", Resource: "x"}) {
		t.Error("no policy allows something")
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		``, `{}`, `{"Version": "2008-10-17", "Statement": []}`,
		strings.Replace(small, `"Allow"`, `"Deny"`, 1),
		strings.Replace(small, `["sqs:SendMessage"]`, `"sqs:SendMessage"`, 1),
		strings.Replace(small, `"Sid": "S3",`, `"Condition": {"Bool": {}},`, 1),
		strings.Replace(small, `"Action": ["sqs:SendMessage"]`, `"NotAction": ["sqs:SendMessage"]`, 1),
	} {
		if _, err := iam.Parse([]byte(text), nil); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

func TestNeeds(t *testing.T) {
	const object = "arn:aws:s3:::b/k/1"
	for _, test := range []struct {
		method, url, header, value, body string
		want                             []iam.Need
	}{
		{"GET", "/b/k/1?x-id=GetObject", "", "", "", []iam.Need{{"s3:GetObject", object}}},
		{"HEAD", "/b/k/1", "", "", "", []iam.Need{{"s3:GetObject", object}}},
		{"PUT", "/b/k/1", "", "", "", []iam.Need{{"s3:PutObject", object}}},
		{"PUT", "/b/k/1", "X-Amz-Tagging", "a=b", "", []iam.Need{{"s3:PutObject", object}, {"s3:PutObjectTagging", object}}},
		{"PUT", "/b/k/1", "X-Amz-Copy-Source", "b/in/%EA%B0%80", "", []iam.Need{{"s3:PutObject", object}, {"s3:GetObject", "arn:aws:s3:::b/in/가"}}},
		{"DELETE", "/b/k/1", "", "", "", []iam.Need{{"s3:DeleteObject", object}}},
		{"GET", "/b?list-type=2&prefix=k", "", "", "", []iam.Need{{"s3:ListBucket", "arn:aws:s3:::b"}}},
		{"HEAD", "/b", "", "", "", []iam.Need{{"s3:ListBucket", "arn:aws:s3:::b"}}},
		{
			"POST", "/b?delete=", "", "", `<Delete xmlns="x"><Object><Key>k/1</Key></Object><Object><Key>m</Key></Object></Delete>`,
			[]iam.Need{{"s3:DeleteObject", object}, {"s3:DeleteObject", "arn:aws:s3:::b/m"}},
		},
		{"POST", "/", "X-Amz-Target", "AmazonSQS.SendMessageBatch", `{"QueueUrl": "http://x/1/work"}`, []iam.Need{{"sqs:SendMessage", "arn:aws:sqs:REGION:ACCOUNT:work"}}},
		{"POST", "/", "X-Amz-Target", "AmazonSQS.PurgeQueue", `{"QueueUrl": "http://x/1/work"}`, []iam.Need{{"sqs:PurgeQueue", "arn:aws:sqs:REGION:ACCOUNT:work"}}},
		{"POST", "/", "X-Amz-Target", "AmazonSQS.ListQueues", `{}`, nil},
		{"GET", "/", "", "", "", nil},
		{"GET", "/b/k/1?acl", "", "", "", nil},
		{"PUT", "/b?policy", "", "", "", nil},
		{"GET", "/b?uploads", "", "", "", nil},
		{"POST", "/b?delete=", "", "", "<x", nil},
		{"POST", "/b/k/1?uploads=", "", "", "", []iam.Need{{"s3:PutObject", object}}},
		{"PUT", "/b/k/1?partNumber=1&uploadId=u&x-id=UploadPart", "", "", "", []iam.Need{{"s3:PutObject", object}}},
		{"POST", "/b/k/1?uploadId=u", "", "", "", []iam.Need{{"s3:PutObject", object}}},
		{"GET", "/b/k/1?uploadId=u", "", "", "", nil},
		{"DELETE", "/b/k/1?uploadId=u", "", "", "", nil},
		{"PATCH", "/b/k/1", "", "", "", nil},
	} {
		t.Run(test.method+test.url+test.value, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.url, nil)
			if test.header != "" {
				r.Header.Set(test.header, test.value)
			}
			got, err := iam.Needs(r, []byte(test.body))
			if !slices.Equal(got, test.want) || (err == nil) != (test.want != nil) {
				t.Errorf("got %v, %v; want %v", got, err, test.want)
			}
		})
	}
}

// Both forms of a guard, on a socket: what is allowed gets through whole, and the
// rest gets AWS's refusal.
func TestGuard(t *testing.T) {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	defer echo.Close()
	guard := iam.NewGuard(parse(t, small))
	front := httptest.NewServer(guard.Handler(echo.Config.Handler))
	defer front.Close()
	for name, send := range map[string]func(r *http.Request) (*http.Response, error){
		echo.URL: guard.Client(echo.Client()).Do, front.URL: front.Client().Do,
	} {
		for path, want := range map[string]string{"/b/in/1": "200 hello", "/b/out/1": "403 AccessDenied"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, name+path, strings.NewReader("hello"))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := send(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			code, says, _ := strings.Cut(want, " ")
			if fmt.Sprint(resp.StatusCode) != code || !strings.Contains(string(body), says) {
				t.Errorf("%s%s: got %d %s, want %s", name, path, resp.StatusCode, body, want)
			}
		}
	}
	if got := guard.Refused(); len(got) != 2 || !strings.Contains(got[0], "s3:PutObject on arn:aws:s3:::b/out/1") || !guard.Used("s3:PutObject") {
		t.Errorf("refused %q", got)
	}
}

func ExamplePolicy_Allows() {
	p, err := iam.Parse([]byte(small), map[string]string{"BUCKET": "exams"})
	fmt.Println(err, p.Allows(iam.Need{Action: "s3:GetObject", Resource: "arn:aws:s3:::exams/in/1.jpg"}))
	// Output: <nil> true
}
