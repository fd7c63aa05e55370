package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// guide reads the blocks of docs/deploy.md that are of a language.
func guide(t *testing.T, language string) []string {
	t.Helper()
	raw, err := os.ReadFile("../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(raw, -1) {
		blocks = append(blocks, string(m[1]))
	}
	return blocks
}

// The guide's commands are bash, name files that are there, parameters that the
// templates have, and outputs that they give.
func TestGuideFitsTheTemplates(t *testing.T) {
	script := strings.Join(guide(t, "bash"), "\n")
	check := exec.CommandContext(t.Context(), "bash", "-n")
	check.Stdin = strings.NewReader(script)
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for _, path := range regexp.MustCompile(`\bdeploy/[A-Za-z/._-]+`).FindAllString(script, -1) {
		if _, err := os.Stat(filepath.Join("..", path)); err != nil {
			t.Error(err)
		}
	}
	stacks := map[string]string{"hakbeon": workerFile, "hakbeon-storage": storageFile}
	commands := strings.ReplaceAll(script, "\\\n", " ")
	deployed := 0
	for _, m := range regexp.MustCompile(`cloudformation deploy --stack-name (\S+) --template-file deploy/(\S+)(.*)`).FindAllStringSubmatch(commands, -1) {
		if stacks[m[1]] != m[2] {
			t.Errorf("stack %s is made of %s", m[1], m[2])
		}
		parameters := tree(templateTree(t, m[2])["Parameters"])
		_, given, _ := strings.Cut(m[3], "--parameter-overrides")
		for _, p := range regexp.MustCompile(`(\w+)=`).FindAllStringSubmatch(given, -1) {
			if _, there := parameters[p[1]]; !there {
				t.Errorf("%s has no parameter %s", m[2], p[1])
			}
		}
		deployed++
	}
	outputs := regexp.MustCompile(`output (hakbeon\S*) (\w+)`).FindAllStringSubmatch(script, -1)
	for _, m := range outputs {
		if _, there := tree(templateTree(t, stacks[m[1]])["Outputs"])[m[2]]; !there {
			t.Errorf("stack %s has no output %s", m[1], m[2])
		}
	}
	if deployed != 4 || len(outputs) < 15 {
		t.Errorf("found %d deployments and %d outputs", deployed, len(outputs))
	}
}

// describe holds each call of the AWS CLI to botocore's descriptions, which are the
// CLI's own: the service, the operation, its options, and those that it must have.
const describe = `
import re, sys, botocore.session
from botocore import xform_name
session = botocore.session.get_session()
custom = {"cloudformation deploy", "ecr get-login-password", "logs tail", "s3 rm"}
everywhere = {"query", "output", "region", "no-cli-pager"}
seen = 0
script = re.sub(r"\$\(output [^)]*\)", "X", sys.stdin.read().replace("\\\n", " "))
for command in re.findall(r"\baws ((?:[a-z0-9-]+ ){2}[^|\n)]*)", script):
    service, operation, *_ = command.split()
    options = {o for o in re.findall(r"--([a-z-]+)", command)}
    seen += 1
    if f"{service} {operation}" in custom:
        continue
    if operation == "wait":
        waiters = session.get_waiter_model(service).waiter_names
        name = command.split()[2]
        assert name in [xform_name(w, "-") for w in waiters], command
        continue
    model = session.get_service_model(service if service != "s3api" else "s3")
    known = {xform_name(n, "-"): n for n in model.operation_names}
    assert operation in known, f"no operation: {command}"
    shape = model.operation_model(known[operation]).input_shape
    members = {xform_name(m, "-") for m in shape.members} if shape else set()
    required = {xform_name(m, "-") for m in shape.required_members} if shape else set()
    members |= {"no-" + m for m in members}
    assert options - everywhere <= members, f"{options - everywhere - members}: {command}"
    assert required <= {o.removeprefix("no-") for o in options}, f"lacks {required - options}: {command}"
print(seen)
`

func TestGuideCallsAWSAsItIs(t *testing.T) {
	python := filepath.Join(os.Getenv("HAKBEON_TEST_VENV"), "bin", "python3")
	if exec.CommandContext(t.Context(), python, "-c", "import botocore").Run() != nil {
		t.Skip("SKIPPED: botocore is not here, so the AWS calls of docs/deploy.md are not checked: run make venv and export HAKBEON_TEST_VENV=$PWD/bin/venv")
	}
	run := func(script string) (string, error) {
		cmd := exec.CommandContext(t.Context(), python, "-c", describe)
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	script := strings.Join(guide(t, "bash"), "\n")
	if out, err := run(script); err != nil || len(out) != 2 {
		t.Errorf("%v: %s calls", err, out)
	}
	for _, wrong := range []string{"aws ecs run-job --cluster a", "aws sqs delete-queue --queue a", "aws sqs delete-queue --region a"} {
		if out, err := run(wrong); err == nil {
			t.Errorf("%s passed: %s", wrong, out)
		}
	}
}
