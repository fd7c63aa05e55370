package deploy_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hakbeon/internal/config"
)

const (
	storageFile = "cloudformation/storage.yaml"
	workerFile  = "cloudformation/worker.yaml"
)

// cfn-lint, from PyPI, knows every resource's properties.
func TestCloudFormationPassesItsLinter(t *testing.T) {
	for _, file := range []string{storageFile, workerFile} {
		if out, err := cfnLint(t, file); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
	raw, err := os.ReadFile(storageFile)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte(strings.Replace(string(raw), "VisibilityTimeout:", "VisibleTimeout:", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := cfnLint(t, broken); err == nil || !strings.Contains(out, "VisibleTimeout") {
		t.Errorf("a misspelt property passed: %s", out)
	}
}

func cfnLint(t *testing.T, file string) (string, error) {
	t.Helper()
	lint := filepath.Join(os.Getenv("HAKBEON_TEST_VENV"), "bin", "cfn-lint")
	if _, err := os.Stat(lint); err != nil {
		if lint, err = exec.LookPath("cfn-lint"); err != nil {
			t.Skip("SKIPPED: cfn-lint is not here, so deploy/cloudformation is not checked by it: run make venv and export HAKBEON_TEST_VENV=$PWD/bin/venv")
		}
	}
	out, err := exec.CommandContext(t.Context(), lint, "--non-zero-exit-code", "warning", "--", file).CombinedOutput()
	return string(out), err
}

// CloudFormation reads YAML without anchors and aliases, which its linter takes, and a
// template of at most 51,200 bytes where it is not fetched from S3.
func TestCloudFormationTakesTheTemplates(t *testing.T) {
	for _, file := range []string{storageFile, workerFile} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`(?m)^[^#"']*: [&*][a-z]+`).Find(raw); found != nil {
			t.Errorf("%s: an anchor or alias: %s", file, found)
		}
		if len(raw) > 51200 {
			t.Errorf("%s has %d bytes", file, len(raw))
		}
	}
}

// leastWorker is what every worker's stack is given.
var leastWorker = map[string]string{
	"Image": "hakbeon:1.0.0", "Vpc": "vpc-0123456789abcdef0", "Subnets": "subnet-0123456789abcdef0",
	"SecretArn": "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:hakbeon-AbCdEf",
}

func workerStack(t *testing.T, more ...string) stack {
	t.Helper()
	storage := stackOf(t, storageFile, nil, nil)
	return stackOf(t, workerFile, with(leastWorker, more...), exports(t, storageFile, storage))
}

// The worker's policy in the template and the one for those who make the role by hand
// allow the same on the same things.
func TestPoliciesAllowTheSame(t *testing.T) {
	storage := stackOf(t, storageFile, nil, nil)
	got := allowed(t, storage.Resources["WorkerPolicy"].Properties["PolicyDocument"])
	for right := range allowed(t, workerStack(t, "ResultQueueArn=arn:aws:sqs:ap-northeast-2:123456789012:RESULT_QUEUE").Resources["ResultQueueRight"].Properties["PolicyDocument"]) {
		got[right] = true
	}
	raw, err := os.ReadFile("iam-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	var policy map[string]any
	if err := json.Unmarshal(raw, &policy); err != nil {
		t.Fatal(err)
	}
	names := strings.NewReplacer(
		"arn:aws:sqs:REGION:ACCOUNT:JOBS_QUEUE", "[Jobs Arn]", "arn:aws:sqs:REGION:ACCOUNT:WORK_QUEUE", "[Work Arn]",
		"arn:aws:sqs:REGION:ACCOUNT:CALLBACK_QUEUE", "[Callbacks Arn]", "arn:aws:sqs:REGION:ACCOUNT:DEAD_LETTER_QUEUE", "[DeadLetters Arn]",
		"arn:aws:sqs:REGION:ACCOUNT:RESULT_QUEUE", "arn:aws:sqs:ap-northeast-2:123456789012:RESULT_QUEUE", "arn:aws:s3:::BUCKET", "[Bucket Arn]",
	)
	want := map[string]bool{}
	for right := range allowed(t, policy) {
		want[names.Replace(right)] = true
	}
	for right := range want {
		if !got[right] {
			t.Errorf("the template does not allow %s", right)
		}
	}
	for right := range got {
		if !want[right] {
			t.Errorf("the template allows %s, which iam-policy.json does not", right)
		}
	}
	if len(want) < 25 {
		t.Errorf("only %d rights were found", len(want))
	}
}

// allowed are the pairs of action and resource that a policy allows.
func allowed(t *testing.T, policy any) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	statements, _ := tree(policy)["Statement"].([]any)
	for _, s := range statements {
		if tree(s)["Effect"] != "Allow" {
			t.Errorf("a statement that is not Allow: %v", s)
		}
		for _, action := range listOf(tree(s)["Action"]) {
			for _, on := range listOf(tree(s)["Resource"]) {
				out[action+" "+arn(on)] = true
			}
		}
	}
	return out
}

// arn writes "Bucket.Arn" as a !GetAtt does.
func arn(text string) string {
	return regexp.MustCompile(`^([A-Za-z]+)\.Arn`).ReplaceAllString(text, "[$1 Arn]")
}

func listOf(v any) []string {
	if list, ok := v.([]any); ok {
		out := []string{}
		for _, one := range list {
			out = append(out, fmt.Sprint(one))
		}
		return out
	}
	return []string{fmt.Sprint(v)}
}

// No policy of ours allows everything on a thing, or something on everything, but for
// the one action that knows no resource.
func TestLeastPrivilege(t *testing.T) {
	rights := map[string]bool{}
	for _, s := range []stack{stackOf(t, storageFile, map[string]string{"ExamsMayBeDeleted": "true"}, nil), workerStack(t)} {
		for name, r := range s.Resources {
			if _, ok := r.Properties["ManagedPolicyArns"]; ok && name != "TaskRole" {
				t.Errorf("%s takes a policy of AWS's", name)
			}
			documents := []any{r.Properties["PolicyDocument"]}
			inline, _ := r.Properties["Policies"].([]any)
			for _, p := range inline {
				documents = append(documents, tree(p)["PolicyDocument"])
			}
			if !strings.HasPrefix(r.Type, "AWS::IAM::") {
				continue
			}
			for _, d := range documents {
				maps.Copy(rights, allowed(t, d))
			}
		}
	}
	for right := range rights {
		action, on, _ := strings.Cut(right, " ")
		if strings.Contains(action, "*") || on == "*" && action != "ecr:GetAuthorizationToken" {
			t.Errorf("%s on %s", action, on)
		}
	}
	if !rights["s3:DeleteObject [Bucket Arn]/results/*"] || !rights["sqs:SendMessage [Jobs Arn]"] || !rights["secretsmanager:GetSecretValue "+leastWorker["SecretArn"]] {
		t.Errorf("rights: %v", slices.Sorted(maps.Keys(rights)))
	}
}

// The backend may write where uploads and rosters lie, and read what came of them.
func TestBackendPolicy(t *testing.T) {
	storage := stackOf(t, storageFile, map[string]string{"UploadPrefix": "scans/"}, nil)
	got := slices.Sorted(maps.Keys(allowed(t, storage.Resources["BackendPolicy"].Properties["PolicyDocument"])))
	want := []string{
		"s3:GetObject [Bucket Arn]/header/*", "s3:GetObject [Bucket Arn]/original/*", "s3:GetObject [Bucket Arn]/results/*",
		"s3:ListBucket [Bucket Arn]", "s3:PutObject [Bucket Arn]/rosters/*", "s3:PutObject [Bucket Arn]/scans/*",
		"sqs:GetQueueUrl [Jobs Arn]", "sqs:SendMessage [Jobs Arn]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// full is a worker with all that can be asked for.
var full = []string{
	"CertificateArn=arn:aws:acm:ap-northeast-2:123456789012:certificate/1", "PublicSubnets=subnet-0123456789abcdef1,subnet-0123456789abcdef2",
	"PublicUrl=https://grading.example.com", "CorsAllowedOrigins=https://lms.example.com", "People=true", "WebhookSigning=true", "OidcIssuer=https://id.example.com",
	"OidcClientId=hakbeon", "OpenaiModel=a-model", "StsApiEndpoint=https://backend.example.com/sts", "StsApiSecret=STS_API_TOKEN",
	"ResultQueueArn=arn:aws:sqs:eu-west-1:210987654321:events.fifo", "UploadKeyPattern=uploads/{exam_code}/{file}", "DownloadAllowedHosts=pictures.example.com",
	"AlarmTopicArn=arn:aws:sns:ap-northeast-2:123456789012:oncall", "SecretArn=arn:aws:ssm:ap-northeast-2:123456789012:parameter/hakbeon",
	"SecretKmsKeyArn=arn:aws:kms:ap-northeast-2:123456789012:key/1",
}

func container(t *testing.T, s stack) (env, secrets map[string]string) {
	t.Helper()
	definitions, _ := s.Resources["Task"].Properties["ContainerDefinitions"].([]any)
	read := func(list any, key string) map[string]string {
		out := map[string]string{}
		all, _ := list.([]any)
		for _, one := range all {
			out[fmt.Sprint(tree(one)["Name"])] = fmt.Sprint(tree(one)[key])
		}
		return out
	}
	return read(tree(definitions[0])["Environment"], "Value"), read(tree(definitions[0])["Secrets"], "ValueFrom")
}

// What the task is given is an environment that the worker starts with, with the least
// parameters and with all of them, and its secrets lie where they are said to.
func TestTaskHasAWorkersEnvironment(t *testing.T) {
	for name, test := range map[string]struct {
		parameters []string
		env        map[string]string
		secrets    []string
		from       string
	}{
		"least": {nil, map[string]string{"RESULT_QUEUE_URL": "", "OIDC_REDIRECT_URL": ""}, []string{"API_KEY", "WEBHOOK_SECRET"}, leastWorker["SecretArn"] + ":API_KEY::"},
		"public client": {
			[]string{"People=true", "OidcIssuer=https://id.example.com", "OidcClientId=h", "OidcClientIsPublic=true", "PublicUrl=https://grading.example.com"},
			map[string]string{"OIDC_ISSUER": "https://id.example.com"}, []string{"API_KEY", "SESSION_SECRET", "WEBHOOK_SECRET"}, leastWorker["SecretArn"] + ":API_KEY::",
		},
		"full": {
			full,
			map[string]string{
				"RESULT_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/210987654321/events.fifo", "OIDC_REDIRECT_URL": "https://grading.example.com/review/oidc/callback",
				"OPENAI_MODEL": "a-model", "UPLOAD_KEY_PATTERN": "uploads/{exam_code}/{file}", "DOWNLOAD_ALLOWED_HOSTS": "pictures.example.com", "SQS_QUEUE_URL": "Jobs", "S3_BUCKET": "Bucket",
			},
			[]string{"API_KEY", "OIDC_CLIENT_SECRET", "OPENAI_API_KEY", "SESSION_SECRET", "STS_API_TOKEN", "WEBHOOK_SECRET", "WEBHOOK_SIGNING_KEY"},
			"arn:aws:ssm:ap-northeast-2:123456789012:parameter/hakbeon/API_KEY",
		},
	} {
		t.Run(name, func(t *testing.T) {
			env, secrets := container(t, workerStack(t, test.parameters...))
			for _, variable := range settings() {
				t.Setenv(variable, env[variable])
			}
			for variable := range secrets {
				t.Setenv(variable, "0123456789abcdef0123456789abcdef")
			}
			if _, err := config.Load(os.DevNull); err != nil {
				t.Errorf("the worker would not start: %v", err)
			}
			for variable, want := range test.env {
				if got := env[variable]; got != want {
					t.Errorf("%s is %q, want %q", variable, got, want)
				}
			}
			if got := slices.Sorted(maps.Keys(secrets)); !slices.Equal(got, test.secrets) || secrets["API_KEY"] != test.from {
				t.Errorf("secrets %q, API_KEY from %s", got, secrets["API_KEY"])
			}
		})
	}
}

// settings are the names of all settings of ours.
func settings() []string {
	var names []string
	for field := range reflect.TypeFor[config.Config]().Fields() {
		names = append(names, field.Tag.Get("env"))
	}
	return names
}

// leftOut are settings that a stack does not offer, and why.
var leftOut = map[string]string{
	"HTTP_ADDR": "the image's own", "HTTP_PATH_PREFIX": "the load balancer has a host of its own", "HTTP_ALLOW_ANONYMOUS": "there is a key",
	"HTTP_TLS_CERT": "the load balancer speaks TLS", "HTTP_TLS_KEY": "the load balancer speaks TLS",
	"AWS_ROLE_ARN": "the task has its role", "AWS_ROLE_SESSION_NAME": "the task has its role", "AWS_WEB_IDENTITY_TOKEN_FILE": "the task has its role",
	"ONNXRUNTIME_LIB": "in the image", "NAME_MODEL": "a file", "NAME_DICTIONARY": "a file", "OPENAI_CALIBRATION": "a file",
	"CONCURRENCY": "by the cores", "DRAIN_TIMEOUT": "StopTimeout goes by it", "VISIBILITY_TIMEOUT": "the queues have it",
	"OPENAI_TIMEOUT": "seldom changed", "OPENAI_PRICE_IN": "seldom changed", "OPENAI_PRICE_OUT": "seldom changed", "MAX_ATTEMPTS": "seldom changed",
	"UPLOADS_DIRECT": "the bucket would need CORS rules for it",
	"WEBHOOK_RATE":   "seldom changed", "WEBHOOK_CIRCUIT_FAILURES": "seldom changed", "WEBHOOK_CIRCUIT_OPEN": "seldom changed",
	"BATCH_DEADLINE": "seldom changed", "BATCH_IDLE": "seldom changed", "ACCEPT_CONFIDENCE": "seldom changed", "LOG_LEVEL": "seldom changed", "NAMES_OFF": "seldom changed", "ATTENDANCE_OFF": "seldom changed",
}

// A setting is offered by the stack, or left out for a reason.
func TestStackOffersTheSettings(t *testing.T) {
	env, secrets := container(t, workerStack(t, full...))
	maps.Copy(env, secrets)
	env["STS_API_KEY"] = "" // in place of STS_API_TOKEN
	known := settings()
	for _, variable := range known {
		_, offered := env[variable]
		if _, left := leftOut[variable]; offered == left {
			t.Errorf("%s: offered %v, left out %v", variable, offered, left)
		}
	}
	for variable := range env {
		if variable != "AWS_REGION" && !slices.Contains(known, variable) {
			t.Errorf("%s is no setting", variable)
		}
	}
}

// Without a certificate nobody comes in; with one the load balancer alone does, over
// TLS, and is told whether the process lives.
func TestIngress(t *testing.T) {
	for name, r := range workerStack(t).Resources {
		if strings.HasPrefix(r.Type, "AWS::ElasticLoadBalancing") || r.Properties["SecurityGroupIngress"] != nil || r.Properties["LoadBalancers"] != nil {
			t.Errorf("without a certificate there is %s: %v", name, r.Properties)
		}
	}
	s := workerStack(t, full...)
	rules, _ := s.Resources["Network"].Properties["SecurityGroupIngress"].([]any)
	if len(rules) != 1 || tree(rules[0])["SourceSecurityGroupId"] != "LoadBalancerNetwork" || tree(rules[0])["FromPort"] != 8000 {
		t.Errorf("who comes to the worker: %v", rules)
	}
	balancers, _ := s.Resources["Service"].Properties["LoadBalancers"].([]any)
	if len(balancers) != 1 || tree(balancers[0])["TargetGroupArn"] != "Workers" {
		t.Errorf("the service is behind %v", balancers)
	}
	if path := s.Resources["Workers"].Properties["HealthCheckPath"]; path != "/livez" {
		t.Errorf("the health check asks %v", path)
	}
	for name, want := range map[string]string{"Https": "HTTPS", "Http": "HTTP"} {
		if got := s.Resources[name].Properties["Protocol"]; got != want {
			t.Errorf("%s speaks %v", name, got)
		}
	}
	actions, _ := s.Resources["Http"].Properties["DefaultActions"].([]any)
	if len(actions) != 1 || tree(actions[0])["Type"] != "redirect" {
		t.Errorf("plain HTTP does %v", actions)
	}
	if s.Outputs["LoadBalancerName"] == nil {
		t.Error("nothing says the load balancer's name")
	}
}

// The bucket tells of uploads only where that is asked for, and then S3 may send.
func TestUploadsAreJobs(t *testing.T) {
	for _, asked := range []string{"false", "true"} {
		s := stackOf(t, storageFile, map[string]string{"UploadsAreJobs": asked, "UploadPrefix": "scans/"}, nil)
		told := fmt.Sprint(s.Resources["Bucket"].Properties["NotificationConfiguration"])
		policy := fmt.Sprint(s.Resources["QueuePolicy"].Properties["PolicyDocument"])
		if strings.Contains(told, "scans/") != (asked == "true") || strings.Contains(policy, "s3.amazonaws.com") != (asked == "true") {
			t.Errorf("UploadsAreJobs=%s: %s, %s", asked, told, policy)
		}
	}
}

// Each alarm tells the topic, and operators find it in the runbook.
func TestAlarms(t *testing.T) {
	const topic = "arn:aws:sns:ap-northeast-2:123456789012:oncall"
	book, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range []stack{stackOf(t, storageFile, map[string]string{"AlarmTopicArn": topic}, nil), workerStack(t, full...)} {
		for name, r := range s.Resources {
			if r.Type != "AWS::CloudWatch::Alarm" {
				continue
			}
			names = append(names, name)
			if !slices.Equal(listOf(r.Properties["AlarmActions"]), []string{topic}) {
				t.Errorf("%s tells %v", name, r.Properties["AlarmActions"])
			}
			if !strings.Contains(string(book), "`"+name+"`") {
				t.Errorf("%s is not in the runbook", name)
			}
		}
	}
	slices.Sort(names)
	if want := []string{"CallbacksAgeAlarm", "DeadLettersAlarm", "JobsAgeAlarm", "RunningTasksAlarm", "UnhealthyWorkersAlarm", "WorkAgeAlarm"}; !slices.Equal(names, want) {
		t.Errorf("alarms %q", names)
	}
	for name, r := range stackOf(t, storageFile, nil, nil).Resources {
		if r.Properties["AlarmActions"] != nil {
			t.Errorf("%s tells a topic that is not there", name)
		}
	}
}
