package deploy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"
)

// cfn-lint, from PyPI, knows every resource's properties.
func TestCloudFormationPassesItsLinter(t *testing.T) {
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("SKIPPED: cfn-lint is not here, so deploy/cloudformation is not checked: pip install cfn-lint==1.58.0")
	}
	out, err := exec.CommandContext(t.Context(), lint, "--non-zero-exit-code", "warning", "cloudformation/hakbeon.yaml").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// CloudFormation reads YAML without anchors and aliases, which its linter takes.
func TestCloudFormationHasNoAliases(t *testing.T) {
	raw, err := os.ReadFile("cloudformation/hakbeon.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`(?m)^[^#"']*: [&*][a-z]+`).Find(raw); found != nil {
		t.Errorf("an anchor or alias: %s", found)
	}
}

// The unit's own checker, without asking whether the binary is installed here.
func TestUnitPassesItsChecker(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("SKIPPED: systemd-analyze is not here, so deploy/hakbeon-worker.service is not checked")
	}
	unit, err := os.ReadFile("hakbeon-worker.service")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	here, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := root + "/hakbeon-worker.service"
	if err := os.WriteFile(path, replaceAll(unit, "/opt/hakbeon/hakbeon worker", here+" worker"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", "--recursive-errors=no", path)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// The worker's role in the template and the policy for those who make the role
// by hand allow the same.
func TestRolesAllowTheSame(t *testing.T) {
	raw, err := os.ReadFile("iam-policy.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("SKIPPED: deploy/iam-policy.json is not here yet")
	}
	if err != nil {
		t.Fatal(err)
	}
	var policy document
	if err := json.Unmarshal(raw, &policy); err != nil {
		t.Fatal(err)
	}
	template, err := os.ReadFile("cloudformation/hakbeon.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var stack struct {
		Resources struct {
			TaskRole struct {
				Properties struct {
					Policies []struct {
						PolicyDocument document `yaml:"PolicyDocument"`
					} `yaml:"Policies"`
				} `yaml:"Properties"`
			} `yaml:"TaskRole"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(template, &stack); err != nil {
		t.Fatal(err)
	}
	got, want := stack.Resources.TaskRole.Properties.Policies[0].PolicyDocument.actions(), policy.actions()
	if !slices.Equal(got, want) {
		t.Errorf("the template allows %q, iam-policy.json %q", got, want)
	}
}

// The template removes from no place that the policy doesn't name.
func TestTemplateRemovesNoMoreThanThePolicy(t *testing.T) {
	policy, err := os.ReadFile("iam-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	template, err := os.ReadFile("cloudformation/hakbeon.yaml")
	if err != nil {
		t.Fatal(err)
	}
	statement := regexp.MustCompile(`(?s)Action: s3:DeleteObject\n +Resource:\n((?: +- .*\n)+)`).FindSubmatch(template)
	if statement == nil || regexp.MustCompile(`\[[^\]]*s3:DeleteObject`).Match(template) {
		t.Fatal("s3:DeleteObject is not a statement of its own")
	}
	places := regexp.MustCompile(`Bucket\.Arn\}(/[^"]+)`).FindAllSubmatch(statement[1], -1)
	if len(places) == 0 {
		t.Error("the template removes nothing")
	}
	for _, place := range places {
		if !bytes.Contains(policy, append([]byte("arn:aws:s3:::BUCKET"), place[1]...)) {
			t.Errorf("the template removes %s, which iam-policy.json does not allow", place[1])
		}
	}
}

type document struct {
	Statement []struct {
		Effect string `yaml:"Effect"`
		Action any    `yaml:"Action"`
	} `yaml:"Statement"`
}

// actions are what is allowed, sorted.
func (d document) actions() []string {
	set := map[string]bool{}
	for _, s := range d.Statement {
		if s.Effect != "Allow" {
			continue
		}
		switch a := s.Action.(type) {
		case string:
			set[a] = true
		case []any:
			for _, one := range a {
				set[one.(string)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func replaceAll(text []byte, old, with string) []byte {
	return bytes.ReplaceAll(text, []byte(old), []byte(with))
}
