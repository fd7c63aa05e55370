package faultproxy

import "net/http"

// S3Refusal is how S3 says that it is out of order or overloaded.
func S3Refusal(status int) Answer {
	code := "InternalError"
	if status == http.StatusServiceUnavailable {
		code = "SlowDown"
	}
	return Answer{
		Status: status, Header: http.Header{"Content-Type": {"application/xml"}},
		Body: []byte(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>` + code + `</Code><Message>a fault of the test</Message></Error>`),
	}
}

// SQSRefusal is how SQS says so.
func SQSRefusal(status int) Answer {
	code := "InternalFailure"
	if status == http.StatusServiceUnavailable {
		code = "ServiceUnavailable"
	}
	return Answer{
		Status: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amzn-Query-Error": {code + ";Receiver"}},
		Body: []byte(`{"__type":"com.amazonaws.sqs#` + code + `","message":"a fault of the test"}`),
	}
}
