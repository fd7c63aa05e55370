package stack_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/joho/godotenv"

	"hakbeon/lab/devstack/stack"
)

// running is a stack under test, as its env file describes it.
type running struct {
	*stack.Stack
	env map[string]string
}

// stop closes the stack, after the connections on which its gateway would
// wait: the next start in this process needs the gateway to be gone.
func (r *running) stop() {
	http.DefaultClient.CloseIdleConnections()
	r.Close()
}

func (r *running) credentials() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(r.env["AWS_ACCESS_KEY_ID"], r.env["AWS_SECRET_ACCESS_KEY"], "")
}

func (r *running) sqs(creds aws.CredentialsProvider) *sqs.Client {
	return sqs.New(sqs.Options{Region: r.env["AWS_REGION"], BaseEndpoint: aws.String(r.env["AWS_ENDPOINT_URL_SQS"]), Credentials: creds, HTTPClient: http.DefaultClient})
}

func (r *running) s3(creds aws.CredentialsProvider) *s3.Client {
	return s3.New(s3.Options{Region: r.env["AWS_REGION"], BaseEndpoint: aws.String(r.env["AWS_ENDPOINT_URL_S3"]), Credentials: creds, HTTPClient: http.DefaultClient})
}

// start runs a stack. Only one can run at a time in a process.
func start(t *testing.T, o stack.Options) *running {
	t.Helper()
	// The gateway moves the working directory, and would leave it in one that
	// is gone after the test.
	t.Chdir(t.TempDir())
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := stack.Start(t.Context(), o)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	env, err := godotenv.Read(s.EnvFile())
	if err != nil {
		t.Fatalf("read the env file: %v", err)
	}
	return &running{s, env}
}

// TestStack starts one stack and looks at all of it.
func TestStack(t *testing.T) {
	dir := t.TempDir()
	r := start(t, stack.Options{Dir: dir})
	t.Run("env file", func(t *testing.T) { checkEnv(t, r) })
	t.Run("queues", func(t *testing.T) { checkQueues(t, r) })
	t.Run("queues refuse others", func(t *testing.T) { checkForeignKey(t, r) })
	t.Run("faults", func(t *testing.T) { checkFaults(t, r) })
	t.Run("STS refuses", func(t *testing.T) { checkSTSRefuses(t, r) })
	t.Run("backend STS", func(t *testing.T) { checkBackendSTS(t, r) })
	t.Run("directory is taken", func(t *testing.T) {
		_, err := stack.Start(t.Context(), stack.Options{Dir: dir})
		if err == nil || !strings.Contains(err.Error(), "in use by another devstack") {
			t.Errorf("a second stack in the directory: got error %v", err)
		}
	})
	began := time.Now()
	r.stop()
	r.Close()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("closing took %s, want under 2 s", took)
	}
	checkGone(t, r)
}

func checkEnv(t *testing.T, r *running) {
	want := []string{
		"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_S3",
		"AWS_ENDPOINT_URL_STS", "S3_BUCKET", "SQS_QUEUE_URL", "SQS_WORK_QUEUE_URL", "SQS_CALLBACK_QUEUE_URL", "SQS_DLQ_URL",
		"WEBHOOK_URL", "WEBHOOK_SECRET", "WEBHOOK_ALLOWED_HOSTS", "HAKBEON_SINK_URL", "HAKBEON_STS_API_ENDPOINT",
	}
	for _, name := range want {
		if r.env[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	if len(r.env) != len(want) {
		t.Errorf("%d variables, want %d", len(r.env), len(want))
	}
	for _, v := range r.Env() {
		if r.env[v.Name] != v.Value {
			t.Errorf("%s is %q in the file, %q in Env", v.Name, r.env[v.Name], v.Value)
		}
	}
	for name, value := range r.env {
		if u, err := url.Parse(value); strings.Contains(name, "URL") && (err != nil || u.Hostname() != "127.0.0.1") {
			t.Errorf("%s=%s is not on loopback", name, value)
		}
	}
	u, _ := url.Parse(r.env["AWS_ENDPOINT_URL_S3"])
	if port := u.Port(); len(port) != 5 || port >= "32768" {
		t.Errorf("S3 has port %s, want one that the kernel does not give to clients", port)
	}
	if info, err := os.Stat(r.EnvFile()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("env file: got %v, %v, want mode 0600", info, err)
	}
}

func checkQueues(t *testing.T, r *running) {
	c := r.sqs(r.credentials())
	for name, redriven := range map[string]bool{
		"SQS_QUEUE_URL": true, "SQS_WORK_QUEUE_URL": true, "SQS_CALLBACK_QUEUE_URL": true, "SQS_DLQ_URL": false,
	} {
		out, err := c.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
			QueueUrl: aws.String(r.env[name]), AttributeNames: []sqstypes.QueueAttributeName{"All"},
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := out.Attributes["VisibilityTimeout"]; got != "30" {
			t.Errorf("%s: visibility timeout %s, want 30", name, got)
		}
		policy := out.Attributes["RedrivePolicy"]
		if has := strings.Contains(policy, `:hakbeon-dlq"`) && strings.Contains(policy, "1000"); has != redriven {
			t.Errorf("%s: redrive policy %q", name, policy)
		}
	}
}

func checkForeignKey(t *testing.T, r *running) {
	stranger := credentials.NewStaticCredentialsProvider("AKIASTRANGER00000000", "none", "")
	_, err := r.sqs(stranger).ListQueues(t.Context(), &sqs.ListQueuesInput{})
	if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "InvalidClientTokenId" {
		t.Errorf("got error %v, want InvalidClientTokenId", err)
	}
}

func checkFaults(t *testing.T, r *running) {
	set := func(text string) int {
		resp, err := http.Post(r.env["AWS_ENDPOINT_URL_SQS"]+"/faults", "application/json", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for text, want := range map[string]int{`{"Error503":1,"Operations":["ListQueues"]}`: 204, `{"Eror503":1}`: 400, `[]`: 400} {
		if got := set(text); got != want {
			t.Errorf("faults %s: got status %d, want %d", text, got, want)
		}
	}
	c := r.sqs(r.credentials())
	once := func(o *sqs.Options) { o.RetryMaxAttempts = 1 }
	if _, err := c.ListQueues(t.Context(), &sqs.ListQueuesInput{}, once); err == nil {
		t.Error("a call succeeded that was to fail")
	}
	set(`{}`)
	if _, err := c.ListQueues(t.Context(), &sqs.ListQueuesInput{}, once); err != nil {
		t.Errorf("a call fails after the faults were taken back: %v", err)
	}
}

func checkSTSRefuses(t *testing.T, r *running) {
	tests := []struct{ name, path, body, want string }{
		{"unsigned", "/", "Action=GetCallerIdentity&Version=2011-06-15", "MissingAuthenticationToken"},
		{"another path", "/other", "", "404"},
		{"unknown service", "/sts/credentials", `{"service":"other"}`, "service must be"},
		{"no JSON", "/sts/credentials", `service`, "service must be"},
	}
	for _, test := range tests {
		resp, err := http.Post(r.env["AWS_ENDPOINT_URL_STS"]+test.path, "application/x-www-form-urlencoded", strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode < 400 || !bytes.Contains(text, []byte(test.want)) {
			t.Errorf("%s: got %s %s, want an error with %q", test.name, resp.Status, text, test.want)
		}
	}
	c := sts.New(sts.Options{Region: stack.Region, BaseEndpoint: aws.String(r.env["AWS_ENDPOINT_URL_STS"]), Credentials: r.credentials(), HTTPClient: http.DefaultClient})
	_, err := c.GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "InvalidAction" {
		t.Errorf("another action: got error %v, want InvalidAction", err)
	}
}

func checkBackendSTS(t *testing.T, r *running) {
	resp, err := http.Post(r.env["HAKBEON_STS_API_ENDPOINT"], "application/json",
		strings.NewReader(`{"service":"student_id_extraction"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got struct {
		AccessKeyID     string `json:"accessKeyId"`
		SecretAccessKey string `json:"secretAccessKey"`
		SessionToken    string `json:"sessionToken"`
		Expiration      time.Time
	}
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if left := time.Until(got.Expiration); left < 59*time.Minute || left > time.Hour {
		t.Errorf("expires in %s, want an hour", left)
	}
	creds := credentials.NewStaticCredentialsProvider(got.AccessKeyID, got.SecretAccessKey, got.SessionToken)
	_, err = r.s3(creds).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(r.env["S3_BUCKET"]), Key: aws.String("a"), Body: strings.NewReader("x"),
	})
	if err != nil {
		t.Errorf("put with the credentials: %v", err)
	}
}

// checkGone looks for what a closed stack must not leave.
func checkGone(t *testing.T, r *running) {
	if _, err := os.Stat(r.EnvFile()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("env file after closing: %v", err)
	}
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_STS", "HAKBEON_SINK_URL"} {
		if conn, err := net.Dial("tcp", strings.TrimPrefix(r.env[name], "http://")); err == nil {
			conn.Close()
			t.Errorf("%s is still open", name)
		}
	}
}

func TestOptionsAreKept(t *testing.T) {
	base := freePorts(t)
	r := start(t, stack.Options{
		AccessKey: "AKIAFIXED", SecretKey: "fixed/secret+key", WebhookSecret: "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
		FIFO: true, Visibility: 7 * time.Second, BackendSTS: true, Port: base,
	})
	defer r.stop()
	want := map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIAFIXED", "AWS_SECRET_ACCESS_KEY": "fixed/secret+key",
		"WEBHOOK_SECRET": "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "STS_API_ENDPOINT": r.env["HAKBEON_STS_API_ENDPOINT"],
	}
	for name, value := range want {
		if r.env[name] != value {
			t.Errorf("%s is %q, want %q", name, r.env[name], value)
		}
	}
	if u, _ := url.Parse(r.env["AWS_ENDPOINT_URL_S3"]); u.Port() != strconv.Itoa(base) {
		t.Errorf("S3 has port %s, want %d", u.Port(), base)
	}
	jobs := r.env["SQS_QUEUE_URL"]
	out, err := r.sqs(r.credentials()).GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &jobs, AttributeNames: []sqstypes.QueueAttributeName{"All"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(jobs, ".fifo") || out.Attributes["FifoQueue"] != "true" || out.Attributes["VisibilityTimeout"] != "7" {
		t.Errorf("jobs queue %s has attributes %v", jobs, out.Attributes)
	}
}

// freePorts returns the first of four ports that were free just now.
func freePorts(t *testing.T) int {
	t.Helper()
	for base := 23000; base < 32000; base += 4 {
		free := true
		for port := base; port < base+4; port++ {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if free = free && err == nil; err == nil {
				l.Close()
			}
		}
		if free {
			return base
		}
	}
	t.Fatal("no four free ports in a row")
	return 0
}
