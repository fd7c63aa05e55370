package deploy_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTerraform holds the module to Terraform's own checks and to the templates of
// CloudFormation: what it makes is what they make.
func TestTerraform(t *testing.T) {
	program, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("SKIPPED: terraform is not here, so deploy/terraform is not checked")
	}
	// The registry that has the AWS provider need not be reached: what stands in for
	// it has its schema and makes nothing.
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-C", "check", "-o", filepath.Join(dir, "terraform-provider-aws"), "./terraform")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the provider: %v\n%s", err, out)
	}
	config := filepath.Join(dir, "terraformrc")
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"hashicorp/aws\" = %q\n  }\n  direct {}\n}\n", dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tf := terraform{program, config}
	t.Run("is valid", func(t *testing.T) { terraformIsValid(t, tf) })
	t.Run("mistakes are found", func(t *testing.T) { terraformFindsMistakes(t, tf) })
	t.Run("refuses what does not fit", func(t *testing.T) { terraformRefuses(t, tf) })
	t.Run("is called as in the guide", func(t *testing.T) { terraformFromTheGuide(t, tf) })
	t.Run("has the templates' parameters", func(t *testing.T) { sameParameters(t, tf) })
	t.Run("makes what the templates make", func(t *testing.T) { sameStacks(t, tf) })
}

type terraform struct{ program, config string }

// module is a copy of the module to work in.
func (tf terraform) module(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "terraform"), os.DirFS("terraform")); err != nil {
		t.Fatal(err)
	}
	policy, err := os.ReadFile("iam-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "iam-policy.json"), policy, 0o600); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "terraform")
}

func (tf terraform) run(t *testing.T, dir string, arguments ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tf.program, arguments...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+tf.config, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	var all, out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &all
	err := cmd.Run()
	if err != nil {
		return out.String() + all.String(), fmt.Errorf("terraform %s: %w", arguments[0], err)
	}
	return out.String(), nil
}

func terraformIsValid(t *testing.T, tf terraform) {
	for _, arguments := range [][]string{{"fmt", "-check", "-diff"}, {"validate", "-no-color"}} {
		if out, err := tf.run(t, tf.module(t), arguments...); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func terraformFindsMistakes(t *testing.T, tf terraform) {
	for name, test := range map[string]struct{ file, old, mistaken, says string }{
		"attribute": {"storage.tf", "visibility_timeout_seconds", "visible_timeout_seconds", "visible_timeout_seconds"},
		"block":     {"worker.tf", "deployment_circuit_breaker {", "deployment_breaker {", "deployment_breaker"},
		"required":  {"worker.tf", `family                   = "${var.name}-worker"`, "", `"family" is required`},
		"reference": {"outputs.tf", "aws_s3_bucket.exams.bucket", "aws_s3_bucket.exams.buckets", "buckets"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := tf.module(t)
			file := filepath.Join(dir, test.file)
			raw, err := os.ReadFile(file)
			if err != nil || !strings.Contains(string(raw), test.old) {
				t.Fatalf("%s has no %q: %v", test.file, test.old, err)
			}
			if err := os.WriteFile(file, []byte(strings.Replace(string(raw), test.old, test.mistaken, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := tf.run(t, dir, "validate", "-no-color"); err == nil || !strings.Contains(out, test.says) {
				t.Errorf("got %v: %s", err, out)
			}
		})
	}
}

// terraformRefuses: what CloudFormation's rules and patterns refuse.
func terraformRefuses(t *testing.T, tf terraform) {
	dir := tf.module(t)
	for variables, says := range map[string]string{
		`{"image": "hakbeon:1"}`: "wants vpc_id", `{"certificate_arn": "arn:aws:acm:x:1:certificate/1"}`: "two public_subnet_ids",
		`{"oidc_issuer": "https://id.example.com"}`: "oidc_issuer wants", `{"client_cidr": "all"}`: "10.0.0.0/8", `{"keep_results_days": 1}`: "30 or more",
	} {
		file := filepath.Join(t.TempDir(), "given.tfvars.json")
		if err := os.WriteFile(file, []byte(variables), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := tf.run(t, dir, "plan", "-no-color", "-var-file", file); err == nil || !strings.Contains(strings.Join(strings.Fields(out), " "), says) {
			t.Errorf("%s: got %v: %s", variables, err, out)
		}
	}
}

// terraformFromTheGuide validates what docs/deploy.md shows, with the module from here.
func terraformFromTheGuide(t *testing.T, tf terraform) {
	root := filepath.Join(filepath.Dir(tf.module(t)), "root")
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`source = "git::[^"]*//deploy/terraform[^"]*"`).ReplaceAllString(strings.Join(guide(t, "hcl"), "\n"), `source = "../terraform"`)
	if err := os.WriteFile(filepath.Join(root, "main.tf"), []byte(shown), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arguments := range [][]string{{"get"}, {"fmt", "-check", "-diff"}, {"validate", "-no-color"}, {"plan", "-no-color"}} {
		if out, err := tf.run(t, root, arguments...); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// plan is what Terraform would make of the module.
type plan struct {
	PlannedValues struct {
		RootModule struct {
			Resources []struct {
				Address string
				Values  map[string]any
			}
		} `json:"root_module"`
	} `json:"planned_values"`
	Configuration struct {
		RootModule struct {
			Variables map[string]struct{ Default any }
		} `json:"root_module"`
	}
}

func (tf terraform) plan(t *testing.T, variables map[string]any) plan {
	t.Helper()
	dir := tf.module(t)
	raw, err := json.Marshal(variables)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "given.tfvars.json"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := tf.run(t, dir, "plan", "-no-color", "-out", "plan", "-var-file", "given.tfvars.json"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := tf.run(t, dir, "show", "-json", "plan")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var p plan
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p plan) resource(t *testing.T, address string) map[string]any {
	t.Helper()
	for _, r := range p.PlannedValues.RootModule.Resources {
		if r.Address == address {
			return r.Values
		}
	}
	t.Errorf("no %s is planned", address)
	return nil
}

// variable is what the module calls a parameter of the templates.
func variable(parameter string) string {
	switch parameter {
	case "Vpc":
		return "vpc_id"
	case "Subnets":
		return "subnet_ids"
	case "PublicSubnets":
		return "public_subnet_ids"
	}
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(parameter, "${1}_$2"))
}

// sameParameters: each parameter of the templates is a variable, with the same default.
func sameParameters(t *testing.T, tf terraform) {
	known := map[string]bool{"name": true, "bucket": true, "tags": true, "environment": true} // of the module alone
	variables := tf.plan(t, map[string]any{}).Configuration.RootModule.Variables
	for _, file := range []string{storageFile, workerFile} {
		for name, raw := range tree(templateTree(t, file)["Parameters"]) {
			v, there := variables[variable(name)]
			known[variable(name)] = true
			if name == "Storage" { // there is one module
				continue
			}
			preset := tree(raw)["Default"]
			if preset == nil {
				preset = ""
			}
			text := fmt.Sprint(v.Default)
			if list, ok := v.Default.([]any); ok && len(list) == 0 {
				text = ""
			}
			if !there || text != fmt.Sprint(preset) {
				t.Errorf("parameter %s, %v by default: variable %s is there %v, %v by default", name, preset, variable(name), there, v.Default)
			}
		}
	}
	for name := range variables {
		if !known[name] {
			t.Errorf("the templates have no parameter for the variable %s", name)
		}
	}
}

// sameStacks compares what both make, for the least and for all parameters.
func sameStacks(t *testing.T, tf terraform) {
	for name, more := range map[string][]string{"least": nil, "full": full} {
		t.Run(name, func(t *testing.T) {
			given := with(leastWorker, more...)
			variables := map[string]any{}
			for parameter, value := range given {
				variables[variable(parameter)] = value
				if strings.HasSuffix(parameter, "Subnets") {
					variables[variable(parameter)] = strings.Split(value, ",")
				}
			}
			storageGiven := map[string]string{}
			if more != nil {
				storageGiven = map[string]string{"UploadsAreJobs": "true", "UploadPrefix": "scans/", "ExamsMayBeDeleted": "true"}
				for parameter, value := range storageGiven {
					variables[variable(parameter)] = value
				}
				storageGiven["AlarmTopicArn"] = given["AlarmTopicArn"]
			}
			p := tf.plan(t, variables)
			storage := stackOf(t, storageFile, storageGiven, nil)
			worker := stackOf(t, workerFile, given, exports(t, storageFile, storage))
			sameTask(t, p, worker)
			sameRights(t, p, storage, worker)
			sameQueuesAndBucket(t, p, storage)
			sameAlarms(t, p, storage, worker)
			sameService(t, p, worker, more != nil)
		})
	}
}

// names are ours in both: a queue is named by its resource in the template and planned
// as "aws_sqs_queue/hakbeon-jobs/arn".
var names = strings.NewReplacer(
	"aws_sqs_queue/hakbeon-jobs/arn", "[Jobs Arn]", "aws_sqs_queue/hakbeon-work/arn", "[Work Arn]", "aws_sqs_queue/hakbeon-callbacks/arn", "[Callbacks Arn]",
	"aws_sqs_queue/hakbeon-dead-letters/arn", "[DeadLetters Arn]", "aws_s3_bucket/hakbeon-123456789012-ap-northeast-2/arn", "[Bucket Arn]",
	"aws_sqs_queue/hakbeon-jobs/url", "Jobs", "aws_sqs_queue/hakbeon-work/url", "Work", "aws_sqs_queue/hakbeon-callbacks/url", "Callbacks",
	"aws_sqs_queue/hakbeon-dead-letters/url", "DeadLetters", "hakbeon-123456789012-ap-northeast-2", "Bucket", "aws_cloudwatch_log_group//hakbeon/worker/arn:*", "[Logs Arn]",
)

func decoded(t *testing.T, v any) any {
	t.Helper()
	var out any
	if err := json.Unmarshal([]byte(fmt.Sprint(v)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func sameTask(t *testing.T, p plan, worker stack) {
	t.Helper()
	definitions, _ := decoded(t, names.Replace(fmt.Sprint(p.resource(t, "aws_ecs_task_definition.worker[0]")["container_definitions"]))).([]any)
	planned := tree(definitions[0])
	read := func(list any, key string) map[string]string {
		out := map[string]string{}
		all, _ := list.([]any)
		for _, one := range all {
			out[fmt.Sprint(tree(one)["name"])] = fmt.Sprint(tree(one)[key])
		}
		return out
	}
	env, secrets := container(t, worker)
	if got := read(planned["environment"], "value"); !maps.Equal(got, env) {
		t.Errorf("environment: Terraform %v, CloudFormation %v", got, env)
	}
	if got := read(planned["secrets"], "valueFrom"); !maps.Equal(got, secrets) {
		t.Errorf("secrets: Terraform %v, CloudFormation %v", got, secrets)
	}
	of, _ := worker.Resources["Task"].Properties["ContainerDefinitions"].([]any)
	for ours, theirs := range map[string]string{
		"image": "Image", "command": "Command", "user": "User", "readonlyRootFilesystem": "ReadonlyRootFilesystem", "stopTimeout": "StopTimeout",
	} {
		if said(planned[ours]) != said(tree(of[0])[theirs]) {
			t.Errorf("%s: Terraform %v, CloudFormation %v", ours, planned[ours], tree(of[0])[theirs])
		}
	}
	if got, want := tree(planned["healthCheck"])["command"], tree(tree(of[0])["HealthCheck"])["Command"]; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("health check: Terraform %q, CloudFormation %q", got, want)
	}
}

func sameRights(t *testing.T, p plan, storage, worker stack) {
	t.Helper()
	workers := allowed(t, storage.Resources["WorkerPolicy"].Properties["PolicyDocument"])
	if results, ok := worker.Resources["ResultQueueRight"]; ok {
		maps.Copy(workers, allowed(t, results.Properties["PolicyDocument"]))
	}
	inline, _ := worker.Resources["ExecutionRole"].Properties["Policies"].([]any)
	for address, want := range map[string]map[string]bool{
		"aws_iam_policy.worker":            workers,
		"aws_iam_policy.backend":           allowed(t, storage.Resources["BackendPolicy"].Properties["PolicyDocument"]),
		"aws_iam_policy.operator":          allowed(t, storage.Resources["OperatorPolicy"].Properties["PolicyDocument"]),
		"aws_iam_role_policy.execution[0]": allowed(t, tree(inline[0])["PolicyDocument"]),
	} {
		got := allowed(t, decoded(t, names.Replace(fmt.Sprint(p.resource(t, address)["policy"]))))
		if !maps.Equal(got, want) {
			t.Errorf("%s: Terraform allows %q, CloudFormation %q", address, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
	}
}
