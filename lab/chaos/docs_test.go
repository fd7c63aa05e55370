package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every test and every point that docs/reliability.md names exists, and every point is
// named there.
func TestReliabilityNamesWhatExists(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "|---") {
			continue
		}
		for _, m := range regexp.MustCompile("`([a-z0-9/]+)\\.(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(line, -1) {
			rows++
			if !hasTest(t, filepath.Join(root, m[1]), m[2]) {
				t.Errorf("there is no %s in %s", m[2], m[1])
			}
		}
		for _, m := range regexp.MustCompile("`chaos:([a-z-]+)`").FindAllStringSubmatch(line, -1) {
			if !slices.ContainsFunc(points(), func(p point) bool { return p.name == m[1] }) {
				t.Errorf("there is no point %s", m[1])
			}
		}
	}
	if rows < 50 {
		t.Errorf("found %d names of tests in the tables, want 50 and more", rows)
	}
}

func hasTest(t *testing.T, dir, name string) bool {
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(text), "func "+name+"(t *testing.T)")
	})
}

// Every row of the failure tables names a proof.
func TestEveryRowIsShown(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(text), "## What fails")
	tables, _, _ = strings.Cut(tables, "## The fault runs")
	for line := range strings.Lines(tables) {
		if strings.HasPrefix(line, "| ") && !strings.Contains(line, "shown by") && !strings.Contains(line, "Test") && !strings.Contains(line, "chaos:") {
			t.Errorf("nothing shows this row: %s", line)
		}
	}
}
