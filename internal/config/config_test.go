package config_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hakbeon/internal/config"
)

// fresh makes the process's environment hold only what is given of ours.
func fresh(t *testing.T, env map[string]string) {
	t.Helper()
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if slices.Contains(names, name) {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
}

var names = []string{
	"S3_BUCKET", "SQS_QUEUE_URL", "SQS_WORK_QUEUE_URL", "SQS_CALLBACK_QUEUE_URL", "SQS_DLQ_URL", "RESULT_QUEUE_URL", "UPLOAD_KEY_PATTERN", "UPLOADS_DIRECT", "STS_API_ENDPOINT", "WEBHOOK_URL",
	"WEBHOOK_SECRET", "WEBHOOK_ALLOWED_HOSTS", "DOWNLOAD_ALLOWED_HOSTS", "WEBHOOK_RATE", "WEBHOOK_CIRCUIT_FAILURES", "WEBHOOK_CIRCUIT_OPEN", "HTTP_ADDR", "HTTP_PATH_PREFIX", "API_KEY", "HTTP_ALLOW_ANONYMOUS", "ACCEPT_CONFIDENCE", "CONCURRENCY",
	"OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "OPENAI_TIMEOUT", "OPENAI_BATCH_BUDGET", "OPENAI_PER_MINUTE",
	"OPENAI_PRICE_IN", "OPENAI_PRICE_OUT", "OPENAI_CALIBRATION",
	"STS_API_METHOD", "STS_API_TOKEN", "STS_API_KEY", "STS_API_EXAM_CODE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
	"CORS_ALLOWED_ORIGINS", "HTTP_TLS_CERT", "HTTP_TLS_KEY",
	"MAX_ATTEMPTS", "BATCH_DEADLINE", "BATCH_IDLE", "DRAIN_TIMEOUT", "LOG_LEVEL", "ONNXRUNTIME_LIB",
	"SESSION_SECRET", "API_KEY_LOGIN", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_REDIRECT_URL", "OIDC_MANAGERS", "OIDC_EXAMS_CLAIM",
	"VISIBILITY_TIMEOUT", "NAMES_OFF", "ATTENDANCE_OFF", "NAME_MODEL", "NAME_DICTIONARY",
}

func envFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	fresh(t, nil)
	t.Chdir(t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	got, err := config.Load("")
	want := config.Config{
		HTTPAddr: ":8000", STSMethod: "POST", Accept: 0.99, MaxAttempts: 3, BatchDeadline: 6 * time.Hour, BatchIdle: 10 * time.Minute, DrainTimeout: 25 * time.Second, Visibility: 30 * time.Second, LogLevel: "info",
		VLMTimeout: 20 * time.Second, VLMBudget: 50, VLMPerMinute: 60, WebhookRate: 100, CircuitFailures: 5, CircuitOpen: 30 * time.Second,
		OIDCExamsClaim: "hakbeon_exams",
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

// The file says what the environment doesn't.
func TestFileAndEnvironment(t *testing.T) {
	fresh(t, map[string]string{"S3_BUCKET": "of-the-environment"})
	for _, name := range []string{"CONCURRENCY", "WEBHOOK_SECRET"} { // set by Load: unset them at the end
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	got, err := config.Load(envFile(t, "S3_BUCKET=of-the-file\nCONCURRENCY=7\n# a comment\nWEBHOOK_SECRET=\"whsec_a whsec_b\"\n"))
	if err != nil || got.Bucket != "of-the-environment" || got.Concurrency != 7 || got.WebhookKeys != "whsec_a whsec_b" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := config.Load(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a named file that is not there was passed over")
	}
	if _, err := config.Load(envFile(t, "'")); err == nil {
		t.Error("a broken file was passed over")
	}
}

func TestLoadRefuses(t *testing.T) {
	for setting, says := range map[string]string{
		"ACCEPT_CONFIDENCE=1": "ACCEPT_CONFIDENCE", "ACCEPT_CONFIDENCE=0.5": "ACCEPT_CONFIDENCE", "ACCEPT_CONFIDENCE=high": "ACCEPT_CONFIDENCE is",
		"BATCH_DEADLINE=0s": "BATCH_DEADLINE", "DRAIN_TIMEOUT=-1s": "DRAIN_TIMEOUT", "BATCH_DEADLINE=6": "BATCH_DEADLINE is",
		"WEBHOOK_RATE=-1": "WEBHOOK_RATE", "WEBHOOK_RATE=fast": "WEBHOOK_RATE is", "WEBHOOK_CIRCUIT_FAILURES=-1": "WEBHOOK_CIRCUIT_FAILURES",
		"WEBHOOK_CIRCUIT_OPEN=0s": "WEBHOOK_CIRCUIT_OPEN", "CONCURRENCY=-1": "CONCURRENCY", "MAX_ATTEMPTS=0": "MAX_ATTEMPTS", "LOG_LEVEL=loud": "LOG_LEVEL",
		"VISIBILITY_TIMEOUT=1s": "VISIBILITY_TIMEOUT", "VISIBILITY_TIMEOUT=12h": "VISIBILITY_TIMEOUT",
		"HTTP_TLS_CERT=cert.pem": "HTTP_TLS_KEY", "NAME_MODEL=names.onnx": "NAME_DICTIONARY", "NAMES_OFF=perhaps": "NAMES_OFF", "CORS_ALLOWED_ORIGINS=grading.example.com": "https://",
	} {
		t.Run(setting, func(t *testing.T) {
			name, value, _ := strings.Cut(setting, "=")
			fresh(t, map[string]string{name: value})
			if _, err := config.Load(envFile(t, "")); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("got %v, want an error with %s", err, says)
			}
		})
	}
}

// The file holds secrets: no error quotes it.
func TestBrokenFileKeepsItsSecrets(t *testing.T) {
	fresh(t, nil)
	_, err := config.Load(envFile(t, "WEBHOOK_SECRET=whsec_topsecret\nthis is no setting\nAPI_KEY=topsecret\n"))
	if err == nil || strings.Contains(err.Error(), "topsecret") || !strings.Contains(err.Error(), "NAME=VALUE") {
		t.Errorf("got %v, want an error that says NAME=VALUE and quotes nothing", err)
	}
}

// Without a key nobody beyond the machine can reach the HTTP side, unless that
// is asked for by name.
func TestListen(t *testing.T) {
	for _, test := range []struct {
		addr, keys string
		anonymous  bool
		want       string
	}{
		{":8000", "", false, "127.0.0.1:8000"},
		{":8000", "k", false, ":8000"},
		{":8000", " , ", false, "127.0.0.1:8000"},
		{":8000", "", true, ":8000"},
		{"127.0.0.1:1", "", false, "127.0.0.1:1"},
		{"localhost:1", "", false, "localhost:1"},
		{"[::1]:1", "", false, "[::1]:1"},
		{"0.0.0.0:1", "", false, ""},
		{"example.com:1", "", false, ""},
		{"10.0.0.1:1", "k", false, "10.0.0.1:1"},
		{"8000", "k", false, ""},
	} {
		c := config.Config{HTTPAddr: test.addr, APIKeys: test.keys, AllowAnonymous: test.anonymous}
		got, err := c.Listen()
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%+v: got %q, %v; want %q", test, got, err, test.want)
		}
	}
}

func TestNeed(t *testing.T) {
	fresh(t, map[string]string{"S3_BUCKET": "b"})
	if err := config.Need("S3_BUCKET"); err != nil {
		t.Error(err)
	}
	err := config.Need("S3_BUCKET", "SQS_QUEUE_URL", "SQS_DLQ_URL")
	if err == nil || !strings.Contains(err.Error(), "SQS_QUEUE_URL, SQS_DLQ_URL") || strings.Contains(err.Error(), "S3_BUCKET") {
		t.Errorf("got %v, want the two that are missing", err)
	}
}

func TestLogger(t *testing.T) {
	for _, pretty := range []bool{false, true} {
		log, err := config.Config{LogLevel: "warn"}.Logger(pretty)
		if err != nil || log.Level().String() != "warn" {
			t.Errorf("pretty %v: got level %v, %v", pretty, log.Level(), err)
		}
	}
	if _, err := (config.Config{LogLevel: "loud"}).Logger(false); err == nil {
		t.Error("an unknown level was accepted")
	}
}

func ExampleConfig_Listen() {
	open := config.Config{HTTPAddr: ":8000"}
	address, _ := open.Listen()
	fmt.Println(address)
	// Output: 127.0.0.1:8000
}

// In a folder of strangers' files none of their settings is read; one's own are.
func TestStrangersSettings(t *testing.T) {
	fresh(t, nil)
	strange, own := t.TempDir(), t.TempDir()
	t.Chdir(strange)
	t.Setenv("XDG_CONFIG_HOME", own)
	write := func(path, library string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("ONNXRUNTIME_LIB="+library+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct{ path, library, file, want string }{
		{filepath.Join(strange, ".env"), "./evil.so", "", ""},
		{filepath.Join(strange, "named.env"), "named.so", "named.env", "named.so"},
		{filepath.Join(own, "hakbeon", ".env"), "own.so", "", "own.so"},
	} {
		write(step.path, step.library)
		if err := os.Unsetenv("ONNXRUNTIME_LIB"); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(step.file)
		if err != nil || cfg.ONNXRuntime != step.want {
			t.Errorf("with %s: library %q, %v, want %q", filepath.Base(step.path), cfg.ONNXRuntime, err, step.want)
		}
	}
	if err := config.Need("S3_BUCKET"); err == nil || !strings.Contains(err.Error(), "--env-file .env") {
		t.Errorf("got %v, which does not say how the .env is read", err)
	}
}

func TestAnyOriginWantsAKey(t *testing.T) {
	fresh(t, map[string]string{"CORS_ALLOWED_ORIGINS": "*"})
	if _, err := config.Load(os.DevNull); err == nil || !strings.Contains(err.Error(), "CORS_ALLOWED_ORIGINS") {
		t.Errorf("got %v, want an error", err)
	}
	t.Setenv("API_KEY", "secret:metrics+nonsense")
	if _, err := config.Load(os.DevNull); err == nil || !strings.Contains(err.Error(), "API_KEY") || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want an error without the key", err)
	}
}

// What can't be read is named as it was written, not as the program calls it.
func TestUnreadableValues(t *testing.T) {
	for setting, want := range map[string]string{
		"CONCURRENCY=many":         `CONCURRENCY is "many": it should be a whole number`,
		"BATCH_DEADLINE=6 hours":   `BATCH_DEADLINE is "6 hours": it should be a time such as 30s or 6h`,
		"HTTP_ALLOW_ANONYMOUS=yes": `HTTP_ALLOW_ANONYMOUS is "yes": it should be true or false`,
		"ACCEPT_CONFIDENCE=0,99":   `ACCEPT_CONFIDENCE is "0,99": it should be a number such as 0.99`,
	} {
		name, value, _ := strings.Cut(setting, "=")
		fresh(t, map[string]string{name: value, "MAX_ATTEMPTS": "x"})
		_, err := config.Load(os.DevNull)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "MAX_ATTEMPTS") {
			t.Errorf("%s: got %v, want both and %q", setting, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "field") || strings.Contains(err.Error(), "strconv")) {
			t.Errorf("%s: %v speaks of the program's insides", setting, err)
		}
	}
}

// People come in by themselves where all of that is set, and only then.
func TestPeople(t *testing.T) {
	all := map[string]string{
		"API_KEY": "k", "SESSION_SECRET": "s", "OIDC_ISSUER": "https://id.example.com/realm", "OIDC_CLIENT_ID": "hakbeon",
		"OIDC_REDIRECT_URL": "https://grading.example.com/review/oidc/callback", "OIDC_MANAGERS": "a@example.com, b",
	}
	for change, says := range map[string]string{
		"API_KEY=": "set API_KEY, too", "SESSION_SECRET=": "OIDC_ISSUER wants", "OIDC_CLIENT_ID=": "OIDC_ISSUER wants", "OIDC_ISSUER=http://id.example.com": "https address",
		"OIDC_ISSUER=http://127.0.0.1:8080": "", "OIDC_ISSUER=id.example.com": "https address", "OIDC_REDIRECT_URL=https://grading.example.com/exams": "should be like",
		"OIDC_REDIRECT_URL=https://me@grading.example.com/review/oidc/callback": "without a user", "API_KEY_LOGIN=perhaps": "on or off", "API_KEY_LOGIN=on": "", "OIDC_ISSUER=": "",
	} {
		name, value, _ := strings.Cut(change, "=")
		changed := maps.Clone(all)
		changed[name] = value
		fresh(t, changed)
		c, err := config.Load(os.DevNull)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want %q", change, err, says)
		}
		if err == nil && (c.KeysOpenSessions() != (c.KeyLogin == "on") || !slices.Equal(c.Managers(), []string{"a@example.com", "b"})) {
			t.Errorf("%s: keys %v, managers %v", change, c.KeysOpenSessions(), c.Managers())
		}
	}
	for login, want := range map[string]bool{"": true, "on": true, "off": false} {
		if got := (config.Config{KeyLogin: login}).KeysOpenSessions(); got != want {
			t.Errorf("without a secret, with %q: got %v", login, got)
		}
	}
}
