package deploy_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

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
	if err := os.WriteFile(path, bytes.ReplaceAll(unit, []byte("/opt/hakbeon/hakbeon worker"), []byte(here+" worker")), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", "--recursive-errors=no", path)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
