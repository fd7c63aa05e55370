package main_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"hakbeon/exam"
	"hakbeon/lab/synth"
)

// TestGeneratedPythonClient makes a client of the document that a running worker shows, by
// openapi-python-client, and does a backend's work with it.
func TestGeneratedPythonClient(t *testing.T) {
	program := python(t, "openapi_python_client")
	const key = "0123456789abcdef0123456789abcdef"
	drawn, sheets, roster := drawExam(t, 77, synth.ExamSpec{Code: "E", Roster: 20, Sheets: 1})
	w := serveWorker(t, "API_KEY="+key)
	resp, err := http.Get(w.url + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	document, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "openapi.json"), document, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(arguments ...string) []byte {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, arguments...)
		cmd.Dir, cmd.Env = dir, append(bareEnv(), "PYTHONPATH="+dir)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s%s", arguments[0], err, out, stderr.String())
		}
		return out
	}
	run("-c", "import sys; from openapi_python_client.cli import app; sys.argv[0] = 'openapi-python-client'; app()",
		"generate", "--path", "openapi.json", "--meta", "none", "--output-path", "hakbeon_client")
	script, err := filepath.Abs("testdata/generated_client.py")
	if err != nil {
		t.Fatal(err)
	}
	out := run(script, w.url, key, roster, filepath.Join(sheets, drawn.Sheets[0].File))
	var got []string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if len(got) != 3 || got[0] != drawn.Sheets[0].ID || got[1] != drawn.Sheets[0].ID || got[2] != exam.StatusMatched {
		t.Errorf("the sheet of %s: got %q", drawn.Sheets[0].ID, got)
	}
}
