package check_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

const root = "../.."

// bases answers for the registry: it knows every base image and says of none more
// than what it runs on.
type bases struct{}

func (bases) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config, err := json.Marshal(ocispecs.Image{Platform: ocispecs.Platform{OS: "linux", Architecture: "amd64"}})
	return ref, digest.FromBytes(config), config, err
}

// BuildKit's own compiler takes the Dockerfile, none of its rules has anything to
// say, and the image is what operations.md promises.
func TestDockerfile(t *testing.T) {
	source, err := os.ReadFile("../Dockerfile")
	must(t, err)
	options := dockerfile2llb.ConvertOpt{
		SourceMap:      llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", source),
		TargetPlatform: &ocispecs.Platform{OS: "linux", Architecture: "amd64"}, MetaResolver: bases{},
		Warn: func(rule, description, _, text string, at []parser.Range) {
			t.Errorf("%s: %s: %s at %v", rule, description, text, at)
		},
	}
	built, err := dockerfile2llb.Dockerfile2LLB(t.Context(), source, options)
	must(t, err)
	config := built.Image.Config
	if config.User != "65534:65534" {
		t.Errorf("it runs as %q", config.User)
	}
	if config.Healthcheck == nil || len(config.Healthcheck.Test) < 2 {
		t.Errorf("its health check is %+v", config.Healthcheck)
	}
	if config.StopSignal != "SIGTERM" || len(config.Entrypoint) != 1 {
		t.Errorf("it is started by %q and stopped by %q", config.Entrypoint, config.StopSignal)
	}
}

// A fresh clone has each file that is copied from it, and .dockerignore holds back
// nothing that belongs to the source.
func TestDockerfileHasItsFiles(t *testing.T) {
	sent := filesSent(t)
	source, err := os.ReadFile("../Dockerfile")
	must(t, err)
	tree, err := parser.Parse(bytes.NewReader(source))
	must(t, err)
	stages, _, err := instructions.Parse(tree.AST, nil)
	must(t, err)
	copies := 0
	for _, stage := range stages {
		for _, command := range stage.Commands {
			step, ok := command.(*instructions.CopyCommand)
			if !ok || step.From != "" {
				continue
			}
			for _, from := range step.SourcePaths {
				copies++
				if !has(sent, path.Clean(from)) {
					t.Errorf("line %d copies %s, which a fresh clone does not have", step.Location()[0].Start.Line, from)
				}
			}
		}
	}
	if copies == 0 {
		t.Error("it copies nothing")
	}
}

// filesSent are the files of a fresh clone that reach the builder.
func filesSent(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("SKIPPED: this is no clone: %v", err)
	}
	ignore, err := os.Open(root + "/.dockerignore")
	must(t, err)
	defer ignore.Close()
	patterns, err := ignorefile.ReadAll(ignore)
	must(t, err)
	ignored, err := patternmatcher.New(patterns)
	must(t, err)
	var sent []string
	for name := range strings.SplitSeq(strings.Trim(string(out), "\x00"), "\x00") {
		held, err := ignored.MatchesOrParentMatches(name)
		must(t, err)
		if held {
			t.Errorf(".dockerignore holds back %s", name)
			continue
		}
		sent = append(sent, name)
	}
	return sent
}

// has reports whether a file, or a file of a directory, is among files.
func has(files []string, wanted string) bool {
	for _, name := range files {
		if wanted == "." || name == wanted || strings.HasPrefix(name, wanted+"/") {
			return true
		}
	}
	return false
}
