package embedded_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"hakbeon/lab/conformance"
	"hakbeon/lab/embedded"
)

// parentVariable makes this test binary start a stack and wait to be killed.
const parentVariable = "HAKBEON_TEST_PARENT_OF"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentVariable); dir != "" {
		parent(dir)
		return
	}
	os.Exit(m.Run())
}

func parent(dir string) {
	stack, err := embedded.Start(context.Background(), embedded.Options{Dir: dir})
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	fmt.Println(stack.Env["AWS_ENDPOINT_URL_S3"])
	<-stack.Done()
}

// A parent that is killed cannot stop its child; the child must notice.
func TestChildGoesWithKilledParent(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://") {
		cmd.Process.Kill()
		t.Fatalf("the parent said %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	addr := strings.TrimPrefix(strings.TrimSpace(line), "http://")
	if !eventually(func() bool { return !open(addr) }) {
		t.Fatalf("the stack still listens at %s", addr)
	}
	if !eventually(func() bool { _, err := os.Stat(filepath.Join(dir, "env")); return err != nil }) {
		t.Error("the env file is still there: the stack did not end cleanly")
	}
}

func open(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// eventually polls another process's doings, of which no one tells us.
func eventually(ok func() bool) bool {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return false
}

// What S3 acknowledged survives a kill in the middle of writing.
func TestObjectsSurviveKill(t *testing.T) {
	dir := t.TempDir()
	victim, err := embedded.Start(t.Context(), embedded.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := writeUntilKilled(t, victim, 200)
	if err := victim.Stop(); err == nil {
		t.Error("stopping a killed stack reports no error")
	}

	again := start(t, embedded.Options{Dir: dir})
	c := s3.NewFromConfig(config(t, again))
	for key := range acknowledged {
		out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(again.Env["S3_BUCKET"]), Key: &key})
		if err != nil {
			t.Errorf("get %s: %v", key, err)
			continue
		}
		body, err := io.ReadAll(out.Body)
		out.Body.Close()
		if err != nil || !bytes.Equal(body, objectOf(key)) || out.Metadata["key"] != key {
			t.Errorf("%s came back damaged: %d bytes, metadata %v, error %v", key, len(body), out.Metadata, err)
		}
	}
}

// A bucket that an earlier start made, with keys of its own, is fully ours.
func TestBucketOutlivesItsKeys(t *testing.T) {
	dir := t.TempDir()
	var keys []string
	for i := range 2 {
		stack, err := embedded.Start(t.Context(), embedded.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, stack.Env["AWS_ACCESS_KEY_ID"])
		cfg := config(t, stack)
		conformance.S3(t, s3.NewFromConfig(cfg), stack.Env["S3_BUCKET"], conformance.S3Options{
			STS: sts.NewFromConfig(cfg), Only: []string{"Overwrite", "Copy", "ListPages", "SessionCredentials"},
		})
		if err := stack.Stop(); err != nil {
			t.Errorf("stop %d: %v", i, err)
		}
	}
	if keys[0] == keys[1] {
		t.Error("both starts have the same access key")
	}
}

// objectOf is the body that belongs to a key.
func objectOf(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return bytes.Repeat(sum[:], 1000)
}

// writeUntilKilled writes from eight goroutines, kills the stack once n puts
// were acknowledged, and returns all that were.
func writeUntilKilled(t *testing.T, stack *embedded.Stack, n int) map[string]bool {
	t.Helper()
	c := s3.NewFromConfig(config(t, stack), func(o *s3.Options) { o.RetryMaxAttempts = 1 })
	var (
		mu   sync.Mutex
		done = map[string]bool{}
		wg   sync.WaitGroup
		kill sync.Once
	)
	for writer := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("w%d/%04d", writer, i)
				_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
					Bucket: aws.String(stack.Env["S3_BUCKET"]), Key: &key,
					Body: bytes.NewReader(objectOf(key)), Metadata: map[string]string{"key": key},
				})
				if err != nil {
					return
				}
				mu.Lock()
				done[key] = true
				enough := len(done) >= n
				mu.Unlock()
				if enough {
					kill.Do(func() { mustKill(t, stack) })
				}
			}
		})
	}
	wg.Wait()
	if len(done) < n {
		t.Fatalf("only %d puts succeeded before the kill", len(done))
	}
	return done
}

func mustKill(t *testing.T, stack *embedded.Stack) {
	process, err := os.FindProcess(stack.Pid())
	if err != nil {
		t.Error(err)
		return
	}
	if err := process.Kill(); err != nil {
		t.Error(err)
	}
}

// The env file means the same to everything that may read it.
func TestEnvFileReaders(t *testing.T) {
	dir := t.TempDir()
	stack := start(t, embedded.Options{Dir: dir})
	readers := map[string][]string{
		"sh": {"sh", "-c", `set -a; . "$0"; env`},
		"python-dotenv": {"python3", "-c", "import sys, dotenv\n" +
			"for k, v in dotenv.dotenv_values(sys.argv[1]).items(): print(k + '=' + v)"},
	}
	for name, args := range readers {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(args[0], append(args[1:], filepath.Join(dir, "env"))...)
			cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
			out, err := cmd.CombinedOutput()
			if err != nil && name != "sh" {
				t.Skipf("SKIPPED: %s is not installed: %v", name, err)
			}
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			lines := strings.Split(string(out), "\n")
			for variable, value := range stack.Env {
				found := false
				for _, line := range lines {
					found = found || line == variable+"="+value
				}
				if !found {
					t.Errorf("%s is not read as %q", variable, value)
				}
			}
		})
	}
}
