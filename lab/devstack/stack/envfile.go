package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Var is one variable of the env file.
type Var struct{ Name, Value string }

// plain is what a shell, python-dotenv and godotenv all read unquoted and
// without change.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:+=,@%-]*$`)

// renderEnv returns the env file's text, one NAME=VALUE a line.
func renderEnv(vars []Var) (string, error) {
	var b strings.Builder
	b.WriteString("# Written by devstack; valid while it runs.\n")
	for _, v := range vars {
		if !plain.MatchString(v.Value) {
			return "", fmt.Errorf("%s has characters that an env file cannot hold unquoted", v.Name)
		}
		fmt.Fprintf(&b, "%s=%s\n", v.Name, v.Value)
	}
	return b.String(), nil
}

// writeEnv puts the file in place in one step, readable by its owner only:
// whoever waits for it never sees half of it.
func writeEnv(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".env-*")
	if err != nil {
		return fmt.Errorf("write env file: %w", err)
	}
	_, err = f.WriteString(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write env file: %w", err)
	}
	return nil
}

// removeEnv removes the file if it is still ours: a later start may have
// written its own to the same place.
func removeEnv(path, text string) error {
	now, err := os.ReadFile(path)
	if err != nil || string(now) != text {
		return nil //nolint:nilerr // a file that can't be read is not ours
	}
	return os.Remove(path)
}
