package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/joho/godotenv"

	"hakbeon/lab/iam"
	"hakbeon/lab/synth"
)

// leastPrivilege puts the deployment's policy between a process and the servers, without
// the statements that are named: it returns the environment file of one that may do just
// that.
func leastPrivilege(t *testing.T, envFile string, without ...string) (file string, guard *iam.Guard) {
	t.Helper()
	env, err := godotenv.Read(envFile)
	if err != nil {
		t.Fatal(err)
	}
	queue := func(variable string) string { return filepath.Base(env[variable]) }
	data, err := os.ReadFile("../../deploy/iam-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := iam.Parse(stripped(t, data, without), map[string]string{
		"BUCKET": env["S3_BUCKET"], "JOBS_QUEUE": queue("SQS_QUEUE_URL"), "WORK_QUEUE": queue("SQS_WORK_QUEUE_URL"),
		"CALLBACK_QUEUE": queue("SQS_CALLBACK_QUEUE_URL"), "DEAD_LETTER_QUEUE": queue("SQS_DLQ_URL"),
	})
	if err != nil {
		t.Fatal(err)
	}
	guard = iam.NewGuard(policy)
	held := maps.Clone(env)
	for _, variable := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS"} {
		to, err := url.Parse(env[variable])
		if err != nil {
			t.Fatal(err)
		}
		front := httptest.NewServer(guard.Handler(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // the caller has signed it
		}}))
		t.Cleanup(func() { front.CloseClientConnections(); front.Close() })
		held[variable] = front.URL
	}
	file = filepath.Join(t.TempDir(), "held")
	if err := godotenv.Write(held, file); err != nil {
		t.Fatal(err)
	}
	return file, guard
}

// stripped is a policy without some of its statements.
func stripped(t *testing.T, policy []byte, without []string) []byte {
	t.Helper()
	var document struct {
		Version   string           `json:"Version"`
		Statement []map[string]any `json:"Statement"`
	}
	if err := json.Unmarshal(policy, &document); err != nil {
		t.Fatal(err)
	}
	whole := len(document.Statement)
	document.Statement = slices.DeleteFunc(document.Statement, func(s map[string]any) bool { return slices.Contains(without, fmt.Sprint(s["Sid"])) })
	if whole-len(document.Statement) != len(without) {
		t.Fatalf("not all of %q are statements of the policy", without)
	}
	out, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDoctorFindsMissingRights: each statement of the policy is missed, by the check of
// what it is for and by the name of the right.
func TestDoctorFindsMissingRights(t *testing.T) {
	env := local(t)
	settings, err := godotenv.Read(env)
	if err != nil {
		t.Fatal(err)
	}
	settings["API_KEY"], settings["SESSION_SECRET"] = "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"
	if err := godotenv.Write(settings, env); err != nil {
		t.Fatal(err)
	}
	held, _ := leastPrivilege(t, env)
	out, code := start(t, "doctor", "--env-file", held).end(t, time.Minute)
	if code != 0 || !strings.Contains(out, "uploads/ and rosters/ take what comes by HTTP, people/ invitations") {
		t.Errorf("with all rights doctor ended with %d:\n%s", code, out)
	}
	for sid, says := range map[string]string{
		"SeeWhatIsThere": `FAIL  bucket .*s3:ListBucket`, "ReadSheetsRostersAndResults": `FAIL  bucket .*conditional writes`,
		"WriteResults": `FAIL  bucket .*s3:PutObject on results/`, "RemoveOldCopiesAndMarks": `FAIL  bucket .*s3:DeleteObject on results/`,
		"HTTPWriteUploadsAndRosters": `FAIL  brought by http .*s3:PutObject on uploads/.*begin with HTTP`, "HTTPRemoveRosters": `FAIL  brought by http .*s3:DeleteObject on rosters/`,
		"HTTPInvitePeople": `FAIL  brought by http .*s3:PutObject on people/`, "HTTPSendJobs": `FAIL  jobs queue .*sqs:SendMessage`,
		"TakeMessages": `FAIL  work queue .*sqs:ReceiveMessage`, "SendMessages": `FAIL  dead letters .*sqs:SendMessage`, "CheckQueues": `FAIL  dead letters .*sqs:GetQueueAttributes`,
	} {
		held, _ := leastPrivilege(t, env, sid)
		out, code := start(t, "doctor", "--env-file", held).end(t, time.Minute)
		if code != 1 || !regexp.MustCompile(says).MatchString(out) {
			t.Errorf("without %s doctor ended with %d, want %s in:\n%s", sid, code, says, out)
		}
	}
}

// TestDoctorSaysNothingOfWhatItCannotSee: with no queue reached its clock is not known, and
// nothing is left behind in the bucket.
func TestDoctorSaysNothingOfWhatItCannotSee(t *testing.T) {
	env := local(t)
	settings, err := godotenv.Read(env)
	if err != nil {
		t.Fatal(err)
	}
	settings["API_KEY"] = "0123456789abcdef0123456789abcdef"
	for endpoint, want := range map[string]string{
		settings["AWS_ENDPOINT_URL_SQS"]: `ok    clock +agrees`, "http://127.0.0.1:1": `FAIL  clock +no queue has answered`,
	} {
		settings["AWS_ENDPOINT_URL_SQS"] = endpoint
		file := filepath.Join(t.TempDir(), "env")
		if err := godotenv.Write(settings, file); err != nil {
			t.Fatal(err)
		}
		out, _ := start(t, "doctor", "--env-file", file).end(t, 3*time.Minute)
		if !regexp.MustCompile(want).MatchString(out) || !regexp.MustCompile(`ok    brought by http`).MatchString(out) {
			t.Errorf("%s: want %s in:\n%s", endpoint, want, out)
		}
	}
	if left := objects(t, settings); len(left) > 0 {
		t.Errorf("doctor left %q", left)
	}
}

// objects are the keys in the bucket.
func objects(t *testing.T, settings map[string]string) []string {
	t.Helper()
	client := s3.New(s3.Options{
		Region: settings["AWS_REGION"], BaseEndpoint: aws.String(settings["AWS_ENDPOINT_URL_S3"]), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(settings["AWS_ACCESS_KEY_ID"], settings["AWS_SECRET_ACCESS_KEY"], ""),
	})
	out, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(settings["S3_BUCKET"])})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range out.Contents {
		keys = append(keys, *o.Key)
	}
	return keys
}

// TestLeastPrivilege has a worker and the doctor do their work with no more
// rights than deploy/iam-policy.json gives; what else they ask for is refused.
func TestLeastPrivilege(t *testing.T) {
	t.Parallel()
	drawn, sheets, roster := drawExam(t, 5, synth.ExamSpec{Code: "LEAST_2032", Roster: 5, Sheets: 3})
	env := local(t)
	held, guard := leastPrivilege(t, env)
	if out, code := start(t, "doctor", "--env-file", held).end(t, time.Minute); code != 0 {
		t.Errorf("doctor ended with %d:\n%s", code, out)
	}
	start(t, "worker", "--env-file", held)
	sendJob(t, env, "no JSON")
	submit := start(t, "submit", drawn.Code, sheets, "--roster", roster, "--env-file", env, "--wait")
	if _, code := submit.end(t, 2*time.Minute); code != 0 {
		t.Fatalf("submit ended with %d: %s", code, submit.stderr.String())
	}
	await(t, time.Minute, "the dead letter", func() bool {
		out, _ := start(t, "dlq", "list", "--env-file", env).end(t, time.Minute)
		return strings.Contains(out, "unknown")
	})
	if refused := guard.Refused(); len(refused) > 0 || !guard.Used("sqs:GetQueueAttributes") {
		t.Errorf("refused: %q", refused)
	}
	// An operator's work is not the worker's.
	dlq := start(t, "dlq", "list", "--env-file", held)
	if _, code := dlq.end(t, time.Minute); code != 1 || !strings.Contains(dlq.stderr.String(), "sqs:ReceiveMessage") {
		t.Errorf("dlq with a worker's rights ended with %d: %s", code, dlq.stderr.String())
	}
	if len(guard.Refused()) == 0 {
		t.Error("nothing was refused")
	}
}
