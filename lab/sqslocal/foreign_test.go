package sqslocal_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"hakbeon/lab/sqslocal"
)

// foreign runs another program against s, with our credentials. The test is
// skipped where the program is not installed.
func foreign(t *testing.T, url string, needs []string, command ...string) string {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), needs[0], needs[1:]...).CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: %q: %v %s", needs, err, out)
	}
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL_SQS="+url, "AWS_ACCESS_KEY_ID="+accessKey,
		"AWS_SECRET_ACCESS_KEY="+secretKey, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_SESSION_TOKEN=", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PAGER=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command[0], err, out)
	}
	return string(out)
}

func TestBoto3(t *testing.T) {
	t.Parallel()
	url := listen(t, sqslocal.New(sqslocal.Options{AccessKey: accessKey, SecretKey: secretKey}))
	out := foreign(t, url, []string{"python3", "-c", "import boto3"}, "python3", "testdata/boto3_client.py")
	if strings.TrimSpace(out) != "ok" {
		t.Errorf("the script said %q, want ok", out)
	}
}

func TestAWSCommandLine(t *testing.T) {
	t.Parallel()
	s := sqslocal.New(sqslocal.Options{AccessKey: accessKey, SecretKey: secretKey})
	url := listen(t, s)
	path, err := s.CreateQueue("cli", nil)
	if err != nil {
		t.Fatal(err)
	}
	out := foreign(t, url, []string{"aws", "--version"},
		"aws", "sqs", "--endpoint-url", url, "send-message", "--queue-url", url+path, "--message-body", "This is a test message")
	if !strings.Contains(out, "fafb00f5732ab283681e124bf8747ed1") {
		t.Errorf("the answer has not the body's MD5: %s", out)
	}
}
