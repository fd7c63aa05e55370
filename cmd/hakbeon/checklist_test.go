package main_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	checklist    = "docs/integration-checklist.md"
	checklistKo  = "docs/integration-checklist.ko.md"
	checklistDir = "/tmp/hakbeon-try" // as the page has them
	checklistAI  = "127.0.0.1:8000"
)

// listed is what a checklist tells its reader to run.
type listed struct {
	setup  string
	shell  []shellCommand
	rows   []row
	inline []string // commands in the tables
}

// shellCommand is a numbered command of a block, with the lines that it prints.
type shellCommand struct {
	number, code string
	want         []string
}

type row struct{ name, shownBy string }

// TestChecklist: every line of the integration's checklist has its command, in
// both languages the same, and each does what the page says. Those of the shell
// are run; tests that the page names are run by "make test" and only have to be
// there.
func TestChecklist(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT RUN: %s is not on this machine: %v", tool, err)
		}
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	p, ko := readPage(t, root, checklist), readPage(t, root, checklistKo)
	if a, b := fmt.Sprint(p.setup, p.shell, p.inline), fmt.Sprint(ko.setup, ko.shell, ko.inline); a != b {
		t.Errorf("the commands of the two languages differ:\n%s\n%s", a, b)
	}
	for _, p := range []listed{p, ko} {
		checkRows(t, p)
	}
	for _, command := range p.inline {
		if err := checkInline(root, command); err != nil {
			t.Errorf("%s: %v", command, err)
		}
	}
	// A folder and a port of the test's own in place of the page's.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	dir := t.TempDir()
	ours := strings.NewReplacer(checklistDir, dir, checklistAI, listener.Addr().String())
	if n := strings.Count(p.setup, checklistDir); n != 1 || strings.Count(p.setup, checklistAI) != 2 {
		t.Fatalf("the setup should name %s once and %s twice:\n%s", checklistDir, checklistAI, p.setup)
	}
	binary(t)
	environment := setUp(t, root, dir, ours.Replace(p.setup))
	for _, c := range p.shell {
		if strings.Contains(c.code, "deploy/smoke.sh") {
			continue // TestSmoke's
		}
		since := time.Now()
		if err := c.run(t.Context(), root, environment); err != nil {
			t.Errorf("[%s] %v\n%s", c.number, err, c.code)
		}
		t.Logf("[%s] took %v", c.number, time.Since(since).Round(time.Millisecond))
	}
}

var (
	shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	numbered   = regexp.MustCompile(`(?m)^# (\d+)\n`)
	reference  = regexp.MustCompile(`\[(\d+)\]`)
	codeSpan   = regexp.MustCompile("`([^`]*)`")
)

// readPage reads a checklist: the first block is the setup, in all others each
// command stands below its number.
func readPage(t *testing.T, root, file string) listed {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	var p listed
	for i, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		if i == 0 {
			p.setup = block[1]
			continue
		}
		starts := numbered.FindAllStringSubmatchIndex(block[1], -1)
		if starts == nil || starts[0][0] != 0 {
			t.Errorf("%s: a block without a number:\n%s", file, block[1])
		}
		for j, at := range starts {
			end := len(block[1])
			if j+1 < len(starts) {
				end = starts[j+1][0]
			}
			p.shell = append(p.shell, newShellCommand(block[1][at[2]:at[3]], block[1][at[1]:end]))
		}
	}
	for line := range strings.Lines(string(text)) {
		// A bar inside a cell is written \|.
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00"), "|")
		if len(cells) != 5 || cells[0] != "" || strings.HasPrefix(cells[1], "---") {
			continue
		}
		p.rows = append(p.rows, row{strings.TrimSpace(cells[1]), strings.ReplaceAll(cells[3], "\x00", "|")})
	}
	// The first line of a table is its head.
	p.rows = slices.DeleteFunc(p.rows, func(r row) bool {
		return slices.Contains([]string{"shown by", "command", "확인", "명령"}, strings.TrimSpace(r.shownBy))
	})
	for _, r := range p.rows {
		for _, span := range codeSpan.FindAllStringSubmatch(r.shownBy, -1) {
			p.inline = append(p.inline, span[1])
		}
	}
	return p
}

func newShellCommand(number, text string) shellCommand {
	c := shellCommand{number: number}
	for line := range strings.Lines(text) {
		if want, ok := strings.CutPrefix(line, "#> "); ok {
			c.want = append(c.want, strings.TrimSpace(want))
		} else {
			c.code += line
		}
	}
	c.code = strings.TrimSpace(c.code)
	return c
}

// checkRows: each row has a command or the number of one, each number stands for
// one command that says what it prints, and is in a row.
func checkRows(t *testing.T, p listed) {
	t.Helper()
	if len(p.rows) < 30 {
		t.Errorf("found only %d rows", len(p.rows))
	}
	known := map[string]bool{}
	for _, c := range p.shell {
		if known[c.number] || c.code == "" || len(c.want) == 0 {
			t.Errorf("[%s] is there twice, or without a command or what it prints", c.number)
		}
		known[c.number] = true
	}
	used := map[string]bool{}
	for _, r := range p.rows {
		numbers := reference.FindAllStringSubmatch(codeSpan.ReplaceAllString(r.shownBy, ""), -1)
		if len(numbers) == 0 && !codeSpan.MatchString(r.shownBy) {
			t.Errorf("%q has no command", r.name)
		}
		for _, n := range numbers {
			used[n[1]] = true
			if !known[n[1]] {
				t.Errorf("%q names [%s], which is no command", r.name, n[1])
			}
		}
	}
	for _, c := range p.shell {
		if !used[c.number] {
			t.Errorf("[%s] is named by no row", c.number)
		}
	}
}

var (
	goTest = regexp.MustCompile(`^go test \./([a-z/]+) -run '?([A-Za-z0-9|]+)'? -v$`)
	target = regexp.MustCompile(`^make ([a-z-]+)$`)
	smoke  = regexp.MustCompile(`^SMOKE_WATCH_S=\d+ deploy/smoke\.sh \$AI$`)
)

// checkInline says whether what a table's command names is there.
func checkInline(root, command string) error {
	if m := goTest.FindStringSubmatch(command); m != nil {
		for pattern := range strings.SplitSeq(m[2], "|") {
			if err := checkTest(filepath.Join(root, m[1]), pattern); err != nil {
				return err
			}
		}
		return nil
	}
	if m := target.FindStringSubmatch(command); m != nil {
		makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
		if err == nil && !regexp.MustCompile(`(?m)^`+m[1]+`:`).Match(makefile) {
			err = fmt.Errorf("there is no target %s", m[1])
		}
		return err
	}
	if smoke.MatchString(command) {
		return nil // TestSmoke's
	}
	return fmt.Errorf("is none that this test can check: put it into a numbered block")
}

// checkTest: a package has a test whose name a -run pattern matches.
func checkTest(dir, pattern string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return err
	}
	named := regexp.MustCompile(`(?m)^func Test\w*` + strings.TrimPrefix(pattern, "Test") + `\w*\(t \*testing\.T\)`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if named.Match(source) {
			return nil
		}
	}
	return fmt.Errorf("no test of %s matches %s", dir, pattern)
}

// setUp runs the page's setup in a shell that stays until the test's end, for the
// servers in its background, and returns the file of the variables it exports.
func setUp(t *testing.T, root, dir, setup string) string {
	t.Helper()
	file := filepath.Join(dir, "exports")
	cmd := exec.Command("bash", "-eu", "-o", "pipefail", "-c", setup+"\nexport -p > "+file+".new\nmv "+file+".new "+file+"\nwait")
	cmd.Dir, cmd.Env = root, bareEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said lockedBuffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // until the servers have closed the output, too
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(40 * time.Second):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			t.Error("what the setup started did not end")
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "worker.log"))
			t.Logf("the setup said:\n%s\nand the worker:\n%s", said.String(), tail(string(log), 4000))
		}
	})
	await(t, 2*time.Minute, "the page's setup", func() bool {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the page's setup: %v", err)
		default:
		}
		_, err := os.Stat(file)
		return err == nil
	})
	return file
}

// run runs the command as the page has it, and compares what it prints: each
// line that the page has must come, in the page's order.
func (c shellCommand) run(ctx context.Context, root, environment string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-eu", "-o", "pipefail", "-c", ". "+environment+"\n"+c.code)
	cmd.Dir, cmd.Env = root, bareEnv()
	cmd.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w:\n%s%s", err, &stdout, &stderr)
	}
	lines := strings.Split(stdout.String(), "\n")
	for _, want := range c.want {
		pattern := regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(want), "…", ".*") + `$`)
		at := slices.IndexFunc(lines, pattern.MatchString)
		if at < 0 {
			return fmt.Errorf("does not print %s:\n%s", want, &stdout)
		}
		lines = lines[at+1:]
	}
	return nil
}
