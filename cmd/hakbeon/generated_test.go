package main_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"hakbeon/exam"
	"hakbeon/lab/synth"
)

const generatedKey = "0123456789abcdef0123456789abcdef"

// TestGeneratedPythonClient makes a client of the document that a running worker shows, by
// openapi-python-client, and does a backend's work with it.
func TestGeneratedPythonClient(t *testing.T) {
	program := python(t, "openapi_python_client")
	g := serveDocument(t)
	g.run(t, program, "-c", "import sys; from openapi_python_client.cli import app; sys.argv[0] = 'openapi-python-client'; app()",
		"generate", "--path", "openapi.json", "--meta", "none", "--output-path", "hakbeon_client")
	script, err := filepath.Abs("testdata/generated_client.py")
	mustDo(t, err)
	g.drive(t, program, script)
}

// TestGeneratedJavaClient does the same in Java, with a client by OpenAPI Generator.
func TestGeneratedJavaClient(t *testing.T) {
	path, generator := jars(t, "client"), jars(t, "generator")
	g := serveDocument(t)
	const name = "com.example.hakbeon.client"
	g.run(t, "java", "-cp", generator, "org.openapitools.codegen.OpenAPIGenerator", "generate", "-g", "java", "--library", "native",
		"-i", "openapi.json", "-o", "client", "--global-property", "apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false",
		"--invoker-package", name, "--api-package", name+".api", "--model-package", name+".model", "--additional-properties", "useSingleRequestParameter=true")
	made := filepath.Join(g.dir, "client", "src", "main", "java", "com", "example", "hakbeon", "client")
	sources := []string{"testdata/GeneratedClient.java"}
	for _, pattern := range []string{"*.java", "*/*.java"} {
		files, err := filepath.Glob(filepath.Join(made, pattern))
		mustDo(t, err)
		sources = slices.Concat(sources, files)
	}
	g.drive(t, "java", "-cp", javac(t, path, sources...), "GeneratedClient")
}

// generated is a folder with the document of a running worker, and an exam of one sheet.
type generated struct {
	url, dir, roster, sheet, student string
}

func serveDocument(t *testing.T) generated {
	t.Helper()
	drawn, sheets, roster := drawExam(t, 77, synth.ExamSpec{Code: "E", Roster: 20, Sheets: 1})
	w := serveWorker(t, "API_KEY="+generatedKey)
	resp, err := http.Get(w.url + "/openapi.json")
	mustDo(t, err)
	defer resp.Body.Close()
	document, err := io.ReadAll(resp.Body)
	mustDo(t, err)
	dir := t.TempDir()
	mustDo(t, os.WriteFile(filepath.Join(dir, "openapi.json"), document, 0o600))
	return generated{w.url, dir, roster, filepath.Join(sheets, drawn.Sheets[0].File), drawn.Sheets[0].ID}
}

func (g generated) run(t *testing.T, command ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir, cmd.Env = g.dir, append(bareEnv(), "PYTHONPATH="+g.dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", command[0], err, tail(string(out), 4000), tail(stderr.String(), 4000))
	}
	return out
}

// drive runs a program that uses the client.
func (g generated) drive(t *testing.T, command ...string) {
	t.Helper()
	out := g.run(t, append(command, g.url, generatedKey, g.roster, g.sheet)...)
	var got []string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if want := []string{g.student, g.student, exam.StatusMatched}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
