package iam

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// sqsTarget begins the header that names an operation of SQS.
const sqsTarget = "AmazonSQS."

// Needs tells which rights a call takes. S3 is addressed by path. An error means
// that the call is none that it knows.
func Needs(r *http.Request, body []byte) ([]Need, error) {
	if operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), sqsTarget); ok {
		return sqsNeeds(operation, body)
	}
	return s3Needs(r, body)
}

// sqsNeeds: an operation on a batch takes the right to the operation.
func sqsNeeds(operation string, body []byte) ([]Need, error) {
	var in struct {
		QueueURL string `json:"QueueUrl"`
	}
	if err := json.Unmarshal(body, &in); err != nil || in.QueueURL == "" {
		return nil, fmt.Errorf("%s names no queue", operation)
	}
	queue := in.QueueURL[strings.LastIndexByte(in.QueueURL, '/')+1:]
	return []Need{{"sqs:" + strings.TrimSuffix(operation, "Batch"), QueueARN(queue)}}, nil
}

// QueueARN is what a queue is called here: region and account don't matter to
// servers that have one of each.
func QueueARN(name string) string { return "arn:aws:sqs:REGION:ACCOUNT:" + name }

func objectARN(bucket, key string) string { return "arn:aws:s3:::" + bucket + "/" + key }

// plainQuery are parameters that don't make another operation of a call.
func plainQuery(q url.Values) bool {
	for name := range q {
		if name != "x-id" && !strings.HasPrefix(name, "response-") {
			return false
		}
	}
	return true
}

// ofParts holds for the calls that make an object of parts: its beginning, a part, its end.
func ofParts(method string, q url.Values) bool {
	switch method {
	case http.MethodPost:
		return q.Has("uploads") || q.Has("uploadId")
	case http.MethodPut:
		return q.Has("uploadId") && q.Has("partNumber")
	}
	return false
}

func s3Needs(r *http.Request, body []byte) ([]Need, error) {
	bucket, key, hasKey := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	query := r.URL.Query()
	unknown := fmt.Errorf("%s %s?%s is no call that a policy is known for", r.Method, r.URL.Path, r.URL.RawQuery)
	switch {
	case bucket == "":
		return nil, unknown
	case !hasKey || key == "":
		return bucketNeeds(r.Method, bucket, query, body, unknown)
	}
	object := objectARN(bucket, key)
	switch {
	case ofParts(r.Method, query):
		return []Need{{"s3:PutObject", object}}, nil
	case !plainQuery(query):
		return nil, unknown
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return []Need{{"s3:GetObject", object}}, nil
	case http.MethodDelete:
		return []Need{{"s3:DeleteObject", object}}, nil
	case http.MethodPut:
		needs := []Need{{"s3:PutObject", object}}
		if r.Header.Get("X-Amz-Tagging") != "" {
			needs = append(needs, Need{"s3:PutObjectTagging", object})
		}
		if source := r.Header.Get("X-Amz-Copy-Source"); source != "" {
			from, err := url.PathUnescape(strings.TrimPrefix(source, "/"))
			if err != nil {
				return nil, unknown
			}
			needs = append(needs, Need{"s3:GetObject", "arn:aws:s3:::" + from})
		}
		return needs, nil
	}
	return nil, unknown
}

func bucketNeeds(method, bucket string, query url.Values, body []byte, unknown error) ([]Need, error) {
	switch {
	case method == http.MethodHead, method == http.MethodGet && query.Get("list-type") == "2":
		return []Need{{"s3:ListBucket", "arn:aws:s3:::" + bucket}}, nil
	case method == http.MethodPost && query.Has("delete"):
		return deleteNeeds(bucket, body, unknown)
	}
	return nil, unknown
}

func deleteNeeds(bucket string, body []byte, unknown error) ([]Need, error) {
	var in struct {
		Object []struct {
			Key string `xml:"Key"`
		} `xml:"Object"`
	}
	if err := xml.Unmarshal(body, &in); err != nil || len(in.Object) == 0 {
		return nil, unknown
	}
	needs := make([]Need, len(in.Object))
	for i, o := range in.Object {
		needs[i] = Need{"s3:DeleteObject", objectARN(bucket, o.Key)}
	}
	return needs, nil
}
