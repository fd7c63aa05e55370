package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// jars are what "make java" has fetched into a folder of bin/java, as a class path; where
// they are not, or no JDK is, the test is skipped.
func jars(t *testing.T, folder string) string {
	t.Helper()
	for _, tool := range []string{"javac", "java"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT RUN: %s is not on this machine: %v", tool, err)
		}
	}
	path, err := filepath.Abs("../../bin/java/" + folder)
	mustDo(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("NOT RUN: %v: run make java", err)
	}
	return filepath.Join(path, "*")
}

// javac compiles sources, and returns a class path with what came of them and the jars.
func javac(t *testing.T, jars string, arguments ...string) string {
	t.Helper()
	classes := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "javac", append([]string{"--release", "17", "-encoding", "UTF-8", "-proc:none", "-cp", jars, "-d", classes}, arguments...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
	return classes + string(filepath.ListSeparator) + jars
}

// example is one of docs/examples in one language; command skips the test where this machine
// can't run it.
type example struct {
	language string
	command  func(*testing.T) []string
}

func inPython(script, modules string) example {
	return example{"python", func(t *testing.T) []string {
		t.Helper()
		program := python(t, modules)
		path, err := filepath.Abs("../../docs/examples/" + script)
		mustDo(t, err)
		return []string{program, path}
	}}
}

func inJava(class string) example {
	return example{"java", func(t *testing.T) []string {
		t.Helper()
		const examples = "../../docs/examples/"
		path := javac(t, jars(t, "examples"), "-Xlint:all", "-Werror", examples+"java/"+class+".java", examples+"spring/WebhookVerifier.java")
		return []string{"java", "-cp", path, "com.example.hakbeon." + class}
	}}
}

// runExample runs an example over an exam's sheets, and returns what it prints and how many
// files it was given.
func runExample(t *testing.T, command []string, env map[string]string, code, roster, sheets string) (printed string, given int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(sheets, "*"))
	mustDo(t, err)
	cmd := exec.CommandContext(t.Context(), command[0], append(append(command[1:], code, roster), files...)...)
	cmd.Env = bareEnv()
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v:\n%s%s", err, out, stderr.String())
	}
	return string(out), len(files)
}
