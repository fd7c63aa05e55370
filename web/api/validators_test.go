package api_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// validator runs a program of the environment that make validate fetches.
func validator(t *testing.T, document string, program ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program[0], program[1:]...)
	cmd.Stdin = strings.NewReader(document)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func validators(t *testing.T) string {
	t.Helper()
	venv := os.Getenv("HAKBEON_TEST_VENV")
	if _, err := os.Stat(filepath.Join(venv, "validators", "node_modules")); venv == "" || err != nil {
		t.Skip("SKIPPED: the documents were not held to their own validators: run make validate, or make venv and export HAKBEON_TEST_VENV=$PWD/bin/venv")
	}
	return venv
}

// The OpenAPI document is valid by OpenAPI's own schema, the AsyncAPI document by AsyncAPI's
// own parser, and either finds a document that is not.
func TestDocumentsPassTheirValidators(t *testing.T) {
	venv := validators(t)
	openAPI := []string{filepath.Join(venv, "bin", "openapi-spec-validator"), "--schema", "3.1", "-"}
	asyncAPI := []string{"node", "../../lab/validators/asyncapi.js", filepath.Join(venv, "validators")}
	for path, test := range map[string]struct {
		program        []string
		says           string
		right, mistake string
	}{
		"/openapi.json":  {openAPI, "OK", `"in":"header"`, `"in":"heading"`},
		"/asyncapi.json": {asyncAPI, "3.0.0, 12 messages, 2 operations", `"action": "receive"`, `"action": "take"`},
	} {
		document := newAPI("key").do(t, get(path)).text
		if out, err := validator(t, document, test.program...); err != nil || !strings.Contains(out, test.says) {
			t.Errorf("%s: %v\n%s", path, err, out)
		}
		broken := strings.Replace(document, test.right, test.mistake, 1)
		if broken == document {
			t.Fatalf("%s has no %s", path, test.right)
		}
		if out, err := validator(t, broken, test.program...); err == nil {
			t.Errorf("%s passed with %s:\n%s", path, test.mistake, out)
		}
	}
}
