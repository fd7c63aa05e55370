// Command run runs the conformance suites against the embedded servers, against
// independent ones that this machine can have (ElasticMQ with Java and Maven, moto
// with Python), and against AWS when CONFORMANCE_BUCKET and credentials are set. What
// a server is known to do otherwise is printed with its reason. The last line has the
// figures; the exit code is 0 only if nothing failed.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	dir := flag.String("dir", "bench/servers", "where fetched servers are kept")
	only := flag.String("only", "", "names of servers, separated by commas (default: all)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ok, err := run(ctx, *dir, *only)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, only string) (bool, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false, err
	}
	var total tally
	servers := 0
	for _, s := range allServers(dir) {
		if only != "" && !strings.Contains(","+only+",", ","+s.name+",") {
			continue
		}
		n, err := s.check(ctx)
		if absent, ok := errors.AsType[*absentError](err); ok {
			fmt.Printf("%-10s NOT TESTED: %v\n", s.name, absent)
			total.skipped++
			continue
		}
		if err != nil {
			return false, fmt.Errorf("%s: %w", s.name, err)
		}
		servers++
		fmt.Printf("%-10s %s: checks=%d failed=%d skipped=%d known=%d\n", s.name, s.services, n.checks, n.failed, n.skipped, n.known)
		for _, line := range n.notes {
			fmt.Println("           " + line)
		}
		total.add(n)
	}
	fmt.Printf("servers=%d checks=%d failed=%d skipped=%d known=%d\n", servers, total.checks, total.failed, total.skipped, total.known)
	return total.failed == 0, nil
}

// tally counts subtests.
type tally struct {
	checks, failed, skipped, known int
	notes                          []string
}

func (t *tally) add(o tally) {
	t.checks += o.checks
	t.failed += o.failed
	t.skipped += o.skipped
	t.known += o.known
}

// goTest runs tests and counts their subtests of the depth.
func goTest(ctx context.Context, env []string, pattern, pkg string, depth int) (tally, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-timeout=10m", "-json", "-run", pattern, pkg)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return tally{}, err
	}
	if err := cmd.Start(); err != nil {
		return tally{}, fmt.Errorf("run the suites: %w", err)
	}
	n := count(bufio.NewScanner(out), depth)
	if err := cmd.Wait(); err != nil && n.failed == 0 {
		return n, fmt.Errorf("run the suites: %w: %s", err, strings.Join(n.notes, "\n"))
	}
	return n, nil
}

// count reads what "go test -json" prints.
func count(lines *bufio.Scanner, depth int) (n tally) {
	lines.Buffer(nil, 1<<20)
	said := map[string][]string{}
	for lines.Scan() {
		var e struct {
			Action string `json:"Action"`
			Test   string `json:"Test"`
			Output string `json:"Output"`
		}
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		text := strings.TrimSpace(e.Output)
		top := strings.Join(strings.SplitN(e.Test, "/", depth+2)[:min(depth+1, strings.Count(e.Test, "/")+1)], "/")
		if e.Action == "output" && text != "" && !strings.HasPrefix(text, "=== ") && !strings.HasPrefix(text, "--- ") {
			said[top] = append(said[top], text)
		}
		if strings.Count(e.Test, "/") != depth {
			continue
		}
		reason := strings.Join(said[e.Test], " ")
		switch e.Action {
		case "pass":
			n.checks++
		case "fail":
			n.checks++
			n.failed++
			n.notes = append(n.notes, "FAILED "+e.Test+": "+reason)
		case "skip":
			_, why, known := strings.Cut(reason, "KNOWN DIFFERENCE: ")
			if !known {
				n.skipped++
				n.notes = append(n.notes, "skipped "+e.Test+": "+reason)
				continue
			}
			n.known++
			n.notes = append(n.notes, "known  "+e.Test+": "+why)
		}
	}
	return n
}
