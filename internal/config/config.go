// Package config reads hakbeon's settings from the environment, and from a .env
// file for what the environment does not say.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"hakbeon/internal/apikey"
)

// Config is every setting of ours. What the AWS SDK reads (AWS_REGION, keys,
// AWS_ENDPOINT_URL_SQS, ...) is left to it.
type Config struct {
	Bucket string `env:"S3_BUCKET"`

	JobsURL     string `env:"SQS_QUEUE_URL"`
	WorkURL     string `env:"SQS_WORK_QUEUE_URL"`
	CallbackURL string `env:"SQS_CALLBACK_QUEUE_URL"`
	DeadURL     string `env:"SQS_DLQ_URL"`
	ResultURL   string `env:"RESULT_QUEUE_URL"`
	Uploads     string `env:"UPLOAD_KEY_PATTERN"`
	// UploadsDirect: browsers put scans into the bucket by themselves.
	UploadsDirect bool   `env:"UPLOADS_DIRECT"`
	WebhookURL    string `env:"WEBHOOK_URL"`
	WebhookKeys   string `env:"WEBHOOK_SECRET"`
	WebhookPair   string `env:"WEBHOOK_SIGNING_KEY"`
	WebhookHosts  string `env:"WEBHOOK_ALLOWED_HOSTS"`
	DownloadHosts string `env:"DOWNLOAD_ALLOWED_HOSTS"`

	WebhookRate     float64       `env:"WEBHOOK_RATE"             envDefault:"100"`
	CircuitFailures int           `env:"WEBHOOK_CIRCUIT_FAILURES" envDefault:"5"`
	CircuitOpen     time.Duration `env:"WEBHOOK_CIRCUIT_OPEN"     envDefault:"30s"`

	STSEndpoint     string `env:"STS_API_ENDPOINT"`
	STSMethod       string `env:"STS_API_METHOD"              envDefault:"POST"`
	STSToken        string `env:"STS_API_TOKEN"`
	STSKey          string `env:"STS_API_KEY"`
	STSByExam       bool   `env:"STS_API_EXAM_CODE"`
	RoleARN         string `env:"AWS_ROLE_ARN"`
	RoleSession     string `env:"AWS_ROLE_SESSION_NAME"`
	WebIdentityFile string `env:"AWS_WEB_IDENTITY_TOKEN_FILE"`

	VLMKey         string        `env:"OPENAI_API_KEY"`
	VLMURL         string        `env:"OPENAI_BASE_URL"`
	VLMModel       string        `env:"OPENAI_MODEL"`
	VLMTimeout     time.Duration `env:"OPENAI_TIMEOUT"      envDefault:"20s"`
	VLMBudget      int           `env:"OPENAI_BATCH_BUDGET" envDefault:"50"`
	VLMPerMinute   int           `env:"OPENAI_PER_MINUTE"   envDefault:"60"`
	VLMPriceIn     float64       `env:"OPENAI_PRICE_IN"`
	VLMPriceOut    float64       `env:"OPENAI_PRICE_OUT"`
	VLMCalibration string        `env:"OPENAI_CALIBRATION"`

	HTTPAddr       string `env:"HTTP_ADDR"            envDefault:":8000"`
	HTTPPrefix     string `env:"HTTP_PATH_PREFIX"`
	APIKeys        string `env:"API_KEY"`
	AllowAnonymous bool   `env:"HTTP_ALLOW_ANONYMOUS"`
	CORSOrigins    string `env:"CORS_ALLOWED_ORIGINS"`
	TLSCert        string `env:"HTTP_TLS_CERT"`
	TLSKey         string `env:"HTTP_TLS_KEY"`

	SessionSecret string `env:"SESSION_SECRET"`
	// KeyLogin says whether an API key opens a session: on, off, or, where it is empty, as
	// long as there is no SessionSecret.
	KeyLogin       string `env:"API_KEY_LOGIN"`
	OIDCIssuer     string `env:"OIDC_ISSUER"`
	OIDCClient     string `env:"OIDC_CLIENT_ID"`
	OIDCSecret     string `env:"OIDC_CLIENT_SECRET"`
	OIDCRedirect   string `env:"OIDC_REDIRECT_URL"`
	OIDCManagers   string `env:"OIDC_MANAGERS"`
	OIDCExamsClaim string `env:"OIDC_EXAMS_CLAIM"   envDefault:"hakbeon_exams"`

	Accept        float64       `env:"ACCEPT_CONFIDENCE" envDefault:"0.99"`
	Concurrency   int           `env:"CONCURRENCY"`
	MaxAttempts   int           `env:"MAX_ATTEMPTS"      envDefault:"3"`
	BatchDeadline time.Duration `env:"BATCH_DEADLINE"    envDefault:"6h"`
	BatchIdle     time.Duration `env:"BATCH_IDLE"        envDefault:"10m"`
	DrainTimeout  time.Duration `env:"DRAIN_TIMEOUT"     envDefault:"25s"`
	// Visibility is how long a worker that was killed keeps its messages from others.
	Visibility  time.Duration `env:"VISIBILITY_TIMEOUT" envDefault:"30s"`
	LogLevel    string        `env:"LOG_LEVEL"          envDefault:"info"`
	ONNXRuntime string        `env:"ONNXRUNTIME_LIB"`
	// NoNames leaves the name beside the number unread.
	NoNames bool `env:"NAMES_OFF"`
	// NoAttendance leaves out whom a roster's column of attendance marks as absent.
	NoAttendance bool `env:"ATTENDANCE_OFF"`
	// NameModel and NameDictionary are files of another name model.
	NameModel      string `env:"NAME_MODEL"`
	NameDictionary string `env:"NAME_DICTIONARY"`
}

// Load puts what the file says into the process's environment, where that says
// nothing itself, and reads the settings. A file says which library is loaded into the
// process and where its data go, and commands are called in folders of others' files: so
// none of the working folder is read unless it is named. Without a name it is the one of
// the user's configuration, hakbeon/.env, if that is there.
func Load(file string) (Config, error) {
	if err := loadFile(file); err != nil {
		return Config{}, err
	}
	var c Config
	if err := env.Parse(&c); err != nil {
		return Config{}, unparsed(err)
	}
	return c, c.check()
}

// unparsed says of values that can't be read which variable holds them and what it
// should hold. Only numbers, times and switches can be wrong here, and none is secret.
func unparsed(err error) error {
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		return fmt.Errorf("read the environment: %w", err)
	}
	var errs []error
	for _, one := range all.Errors {
		bad, ok := errors.AsType[env.ParseError](one)
		field, known := reflect.TypeFor[Config]().FieldByName(bad.Name)
		if !ok || !known {
			errs = append(errs, one)
			continue
		}
		name := field.Tag.Get("env")
		errs = append(errs, fmt.Errorf("%s is %q: it should be %s", name, os.Getenv(name), wanted(bad.Type)))
	}
	return errors.Join(errs...)
}

// wanted names what is read into a field of this type.
func wanted(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a time such as 30s or 6h"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	}
	return "a number such as 0.99"
}

func loadFile(file string) error {
	if file == "" {
		if file = ownFile(); file == "" {
			return nil
		}
	}
	err := godotenv.Load(file)
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("read the environment file: %w", err)
	}
	if err != nil {
		// The parser's own error quotes the file, secrets included.
		return fmt.Errorf("read the environment file %s: a line of it is not NAME=VALUE", file)
	}
	return nil
}

// ownFile is the user's own file of settings, "" without one.
func ownFile() string {
	folder, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	file := filepath.Join(folder, "hakbeon", ".env")
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	return file
}

// prefixRE is of paths that need no escaping.
var prefixRE = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)

func (c Config) check() error {
	var errs []error
	if c.Accept <= 0.5 || c.Accept >= 1 {
		errs = append(errs, fmt.Errorf("ACCEPT_CONFIDENCE is %v: it should lie between 0.5 and 1, such as 0.99", c.Accept))
	}
	if c.WebhookRate < 0 || c.CircuitFailures < 0 {
		errs = append(errs, errors.New("WEBHOOK_RATE and WEBHOOK_CIRCUIT_FAILURES should be 0, for none, or more"))
	}
	for name, d := range map[string]time.Duration{"WEBHOOK_CIRCUIT_OPEN": c.CircuitOpen, "BATCH_DEADLINE": c.BatchDeadline, "BATCH_IDLE": c.BatchIdle, "DRAIN_TIMEOUT": c.DrainTimeout} {
		if d <= 0 {
			errs = append(errs, fmt.Errorf("%s is %v: it should be a positive time such as 30s or 6h", name, d))
		}
	}
	if c.Visibility < 2*time.Second || c.Visibility > time.Hour {
		errs = append(errs, fmt.Errorf("VISIBILITY_TIMEOUT is %v: it should lie between 2s and 1h, such as 30s", c.Visibility))
	}
	if c.VLMTimeout <= 0 || c.VLMBudget < 1 || c.VLMPerMinute < 1 {
		errs = append(errs, errors.New("OPENAI_TIMEOUT, OPENAI_BATCH_BUDGET and OPENAI_PER_MINUTE should be above 0; to ask no second reader, unset OPENAI_API_KEY"))
	}
	if (c.NameModel == "") != (c.NameDictionary == "") {
		errs = append(errs, errors.New("NAME_MODEL and NAME_DICTIONARY should both be set, or neither"))
	}
	if c.HTTPPrefix != "" && !prefixRE.MatchString(c.HTTPPrefix) {
		errs = append(errs, fmt.Errorf("HTTP_PATH_PREFIX is %q: it should be a path such as /hakbeon, without a slash at its end", c.HTTPPrefix))
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		errs = append(errs, errors.New("HTTP_TLS_CERT and HTTP_TLS_KEY should both be set, or neither"))
	}
	if _, err := apikey.Parse(c.APIKeys); err != nil {
		errs = append(errs, fmt.Errorf("API_KEY: %w", err))
	}
	errs = append(errs, c.checkPeople())
	if c.APIKeys == "" && slices.Contains(c.Origins(), "*") {
		errs = append(errs, errors.New("CORS_ALLOWED_ORIGINS is * and there is no API_KEY: any web page could then do anything here; set API_KEY, or name the origins"))
	}
	for _, origin := range c.Origins() {
		if u, err := url.Parse(origin); origin != "*" && (err != nil || u.Host == "" || strings.TrimSuffix(u.Scheme, "s") != "http" || u.Path != "") {
			errs = append(errs, fmt.Errorf("CORS_ALLOWED_ORIGINS has %q: it should be like https://grading.example.com", origin))
		}
	}
	if c.Concurrency < 0 || c.MaxAttempts < 1 {
		errs = append(errs, errors.New("CONCURRENCY and MAX_ATTEMPTS should be 1 or more"))
	}
	if _, err := zapcore.ParseLevel(c.LogLevel); err != nil {
		errs = append(errs, fmt.Errorf("LOG_LEVEL is %q: it should be debug, info, warn or error", c.LogLevel))
	}
	return errors.Join(errs...)
}

// checkPeople says what of the settings of how people sign in does not fit together.
func (c Config) checkPeople() error {
	var errs []error
	if !slices.Contains([]string{"", "on", "off"}, c.KeyLogin) {
		errs = append(errs, fmt.Errorf("API_KEY_LOGIN is %q: it should be on or off", c.KeyLogin))
	}
	if c.SessionSecret != "" && len(c.Keys()) == 0 {
		errs = append(errs, errors.New("SESSION_SECRET is set and there is no API_KEY: people would have to sign in, and programs would not; set API_KEY, too"))
	}
	if c.OIDCIssuer == "" {
		return errors.Join(errs...)
	}
	if c.SessionSecret == "" || c.OIDCClient == "" || c.OIDCRedirect == "" {
		errs = append(errs, errors.New("OIDC_ISSUER wants SESSION_SECRET, OIDC_CLIENT_ID and OIDC_REDIRECT_URL, too"))
	}
	for name, address := range map[string]string{"OIDC_ISSUER": c.OIDCIssuer, "OIDC_REDIRECT_URL": c.OIDCRedirect} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
			errs = append(errs, fmt.Errorf("%s should be an https address without a user; http is for this machine alone", name))
		} else if name == "OIDC_REDIRECT_URL" && u.Path != "/review/oidc/callback" {
			errs = append(errs, errors.New("OIDC_REDIRECT_URL should be like https://grading.example.com/review/oidc/callback"))
		}
	}
	return errors.Join(errs...)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// KeysOpenSessions reports whether people may come in by an API key.
func (c Config) KeysOpenSessions() bool {
	return c.KeyLogin == "on" || c.KeyLogin == "" && c.SessionSecret == ""
}

// Managers are the subjects and addresses of those who are managers at the provider.
func (c Config) Managers() []string { return list(c.OIDCManagers) }

// Need returns an error that names the variables of the list that are not set.
func Need(names ...string) error {
	missing := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return os.Getenv(name) != "" })
	if len(missing) == 0 {
		return nil
	}
	hint := "see .env.example; 'hakbeon local --env-file FILE' makes a set for trying out"
	if _, err := os.Lstat(".env"); err == nil {
		hint = "the .env of this folder is read only if it is named: --env-file .env"
	}
	return fmt.Errorf("not set: %s (%s)", strings.Join(missing, ", "), hint)
}

// Keys are the API keys that are valid now.
func (c Config) Keys() apikey.Keys {
	keys, err := apikey.Parse(c.APIKeys)
	if err != nil {
		return nil // Load has refused them
	}
	return keys
}

// Origins are the web origins that browsers may call from.
func (c Config) Origins() []string { return list(c.CORSOrigins) }

func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// Listen is the address to serve HTTP on: without a key it is a loopback
// address, unless anonymous access is allowed by name.
func (c Config) Listen() (string, error) {
	host, port, err := net.SplitHostPort(c.HTTPAddr)
	if err != nil {
		return "", fmt.Errorf("HTTP_ADDR is %q: it should be HOST:PORT or :PORT", c.HTTPAddr)
	}
	if len(c.Keys()) > 0 || c.AllowAnonymous {
		return c.HTTPAddr, nil
	}
	if host == "" {
		return net.JoinHostPort("127.0.0.1", port), nil
	}
	if !loopback(host) {
		return "", fmt.Errorf("HTTP_ADDR is %q and there is no API_KEY: set API_KEY, listen on 127.0.0.1, or set HTTP_ALLOW_ANONYMOUS=true", c.HTTPAddr)
	}
	return c.HTTPAddr, nil
}

// Logger returns a logger that writes JSON, or coloured lines if pretty.
func (c Config) Logger(pretty bool) (*zap.Logger, error) {
	level, err := zapcore.ParseLevel(c.LogLevel)
	if err != nil {
		return nil, fmt.Errorf("LOG_LEVEL: %w", err)
	}
	cfg := zap.NewProductionConfig()
	cfg.Sampling = nil
	cfg.EncoderConfig.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	if pretty {
		cfg = zap.NewDevelopmentConfig()
		cfg.EncoderConfig.EncodeLevel = zapcore.CapitalColorLevelEncoder
		cfg.EncoderConfig.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05.000")
		cfg.DisableCaller = true
	}
	cfg.DisableStacktrace = true
	cfg.Level = zap.NewAtomicLevelAt(level)
	log, err := cfg.Build()
	if err != nil {
		return nil, fmt.Errorf("make the logger: %w", err)
	}
	return log, nil
}
