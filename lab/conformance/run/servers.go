package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	motoVersion      = "5.2.5"
	elasticMQProject = "lab/conformance/elasticmq/pom.xml"
	startWithin      = 60 * time.Second
)

// server is one that the suites are run against.
type server struct {
	name     string
	services string
	// fetch gets it, if it is not there; an *absentError if this machine can't have it.
	fetch func(ctx context.Context) error
	// command runs it on a port; nil if it runs already.
	command func(port string) []string
}

// absentError says why a server is not tried here.
type absentError struct{ why string }

// Error implements error.
func (e *absentError) Error() string { return e.why }

func absentf(format string, args ...any) error { return &absentError{fmt.Sprintf(format, args...)} }

func allServers(dir string) []server {
	python, jars := filepath.Join(dir, "moto", "bin", "python"), filepath.Join(dir, "elasticmq")
	return []server{
		{name: "embedded", services: "SQS,S3,STS"},
		{
			name: "elasticmq", services: "SQS",
			fetch: func(ctx context.Context) error {
				return fetch(ctx, filepath.Join(jars, "done"), []string{"java", "mvn"},
					[]string{"mvn", "-q", "-B", "-f", elasticMQProject, "dependency:copy-dependencies", "-DoutputDirectory=" + jars})
			},
			command: func(port string) []string {
				return []string{
					"java", "-Xmx256m", "-Dnode-address.port=" + port, "-Drest-sqs.bind-port=" + port, "-Drest-sqs.bind-hostname=127.0.0.1",
					"-Drest-stats.enabled=false", "-cp", jars + "/*", "org.elasticmq.server.Main",
				}
			},
		},
		{
			name: "moto", services: "SQS,S3",
			fetch: func(ctx context.Context) error {
				return fetch(ctx, filepath.Join(dir, "moto", "done"), []string{"python3"},
					[]string{"python3", "-m", "venv", filepath.Join(dir, "moto")},
					[]string{python, "-m", "pip", "install", "--quiet", "moto[server]==" + motoVersion})
			},
			command: func(port string) []string {
				return []string{python, "-m", "moto.server", "-H", "127.0.0.1", "-p", port}
			},
		},
		{name: "aws", services: "SQS,S3,STS", fetch: awsGiven},
	}
}

// awsGiven needs a bucket of the developer's own; the suites use keys under
// "conformance/" and queues named "conformance-..." and remove them.
func awsGiven(context.Context) error {
	for _, name := range []string{"CONFORMANCE_BUCKET", "CONFORMANCE_ROLE_ARN", "AWS_REGION"} {
		if os.Getenv(name) == "" {
			return absentf("set CONFORMANCE_BUCKET, CONFORMANCE_ROLE_ARN (a role that your credentials may assume), AWS_REGION and credentials")
		}
	}
	return nil
}

// fetch runs commands once: done is made when they have succeeded.
func fetch(ctx context.Context, done string, needs []string, commands ...[]string) error {
	for _, program := range needs {
		if _, err := exec.LookPath(program); err != nil {
			return absentf("%s is not installed", program)
		}
	}
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	for _, c := range commands {
		if out, err := exec.CommandContext(ctx, c[0], c[1:]...).CombinedOutput(); err != nil {
			return absentf("%s: %v: %s", strings.Join(c, " "), err, tail(out))
		}
	}
	return os.WriteFile(done, nil, 0o600)
}

func tail(out []byte) string { return strings.TrimSpace(string(out[max(0, len(out)-500):])) }

// check fetches and starts the server, and runs the suites of its services.
func (s server) check(ctx context.Context) (tally, error) {
	if s.name == "embedded" {
		return goTest(ctx, nil, "^TestConformance$", "./lab/embedded", 2)
	}
	if err := s.fetch(ctx); err != nil {
		return tally{}, err
	}
	env := []string{"CONFORMANCE_SERVER=" + s.name, "CONFORMANCE_SERVICES=" + s.services}
	if s.command != nil {
		endpoint, stop, err := s.start(ctx)
		if err != nil {
			return tally{}, err
		}
		defer stop()
		env = append(env, "CONFORMANCE_BUCKET=conformance", "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
			"AWS_SECRET_ACCESS_KEY=example", "AWS_SESSION_TOKEN=", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
			"AWS_ENDPOINT_URL_SQS="+endpoint, "AWS_ENDPOINT_URL_S3="+endpoint, "AWS_ENDPOINT_URL_STS="+endpoint)
	}
	return goTest(ctx, env, "Elsewhere$", "./lab/conformance", 1)
}

// start runs the server on a free port until stop.
func (s server) start(ctx context.Context) (endpoint string, stop func(), err error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return "", nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	args := s.command(port)
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	if err := cmd.Start(); err != nil {
		cancel()
		return "", nil, fmt.Errorf("start: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop = func() {
		cancel()
		<-ended //nolint:errcheck // it was stopped
	}
	for limit := time.Now().Add(startWithin); ; time.Sleep(100 * time.Millisecond) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close() // it has shown that somebody listens
			return "http://" + address, stop, nil
		}
		select {
		case why := <-ended:
			cancel()
			return "", nil, fmt.Errorf("it ended at once: %w", why)
		default:
		}
		if time.Now().After(limit) {
			stop()
			return "", nil, fmt.Errorf("it did not listen within %v", startWithin)
		}
	}
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}
