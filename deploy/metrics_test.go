// Package deploy_test checks what operators are given against the product.
package deploy_test

import (
	"context"
	"encoding/json"
	"image"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.yaml.in/yaml/v4"

	"hakbeon/recognizer"
	"hakbeon/s3store"
	"hakbeon/worker"
	"hakbeon/worker/queue/awssqs"
)

// Every metric and every label that a dashboard or an alert names is one that a
// worker has.
func TestDashboardsAndAlertsNameWhatIsThere(t *testing.T) {
	metrics := registered(t)
	expressions := slices.Concat(dashboardExpressions(t, "grafana/hakbeon.json"), alertExpressions(t))
	if len(expressions) < 30 {
		t.Fatalf("found only %d expressions", len(expressions))
	}
	named := 0
	for _, expr := range expressions {
		for _, m := range regexp.MustCompile(`\b((?:hakbeon|process|go)_[a-z_]+)(?:\{([^}]*)\})?`).FindAllStringSubmatch(expr, -1) {
			named++
			labels, there := metrics[base(m[1], metrics)]
			if !there {
				t.Errorf("%s is no metric of ours, in: %s", m[1], expr)
				continue
			}
			for _, l := range regexp.MustCompile(`([a-z_]+)\s*(?:=|!)`).FindAllStringSubmatch(m[2], -1) {
				if !slices.Contains(append(labels, "job", "instance", "le"), l[1]) {
					t.Errorf("%s has no label %s, in: %s", m[1], l[1], expr)
				}
			}
		}
	}
	if named < 35 {
		t.Errorf("found only %d metrics in %d expressions", named, len(expressions))
	}
}

// Every alert says what to do: it links to an entry of the runbook, which is there.
func TestEachAlertHasItsEntryInTheRunbook(t *testing.T) {
	book, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(book), -1) {
		anchors[strings.ToLower(strings.ReplaceAll(heading[1], " ", "-"))] = true
	}
	for _, rule := range alerts(t) {
		page, anchor, _ := strings.Cut(rule.Annotations["runbook"], "#")
		if page != "docs/operations.md" || anchor != strings.ToLower(rule.Alert) || !anchors[anchor] {
			t.Errorf("%s: no entry under %q", rule.Alert, rule.Annotations["runbook"])
		}
		if rule.Labels["severity"] == "" || rule.Annotations["summary"] == "" {
			t.Errorf("%s: no severity or no summary", rule.Alert)
		}
	}
}

// base takes the ending off that a histogram's series have.
func base(name string, metrics map[string][]string) string {
	for _, end := range []string{"_bucket", "_count", "_sum"} {
		if short, ok := strings.CutSuffix(name, end); ok && metrics[short] != nil {
			return short
		}
	}
	return name
}

func dashboardExpressions(t *testing.T, path string) []string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Title  string
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(raw, &board); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			out = append(out, target.Expr)
		}
	}
	return out
}

type rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func alerts(t *testing.T) []rule {
	t.Helper()
	raw, err := os.ReadFile("prometheus/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	var out []rule
	for _, g := range file.Groups {
		out = append(out, g.Rules...)
	}
	if len(out) == 0 {
		t.Fatal("no alerts")
	}
	return out
}

func alertExpressions(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, rule := range alerts(t) {
		out = append(out, rule.Expr)
	}
	return out
}

// recorder notes what is registered.
type recorder struct {
	prometheus.Registerer

	metrics map[string][]string // labels by name
}

func (r *recorder) Register(c prometheus.Collector) error {
	descs := make(chan *prometheus.Desc)
	go func() { c.Describe(descs); close(descs) }()
	for d := range descs {
		m := regexp.MustCompile(`fqName: "([^"]+)".*constLabels: \{(.*?)\}, variableLabels: \{(.*?)\}`).FindStringSubmatch(d.String())
		labels := strings.FieldsFunc(m[3], func(r rune) bool { return r == ',' || r == ' ' })
		for _, pair := range regexp.MustCompile(`(\w+)=`).FindAllStringSubmatch(m[2], -1) {
			labels = append(labels, pair[1])
		}
		r.metrics[m[1]] = append([]string{}, labels...)
	}
	return nil
}

func (r *recorder) MustRegister(all ...prometheus.Collector) {
	for _, c := range all {
		_ = r.Register(c)
	}
}

// registered are the metrics of a worker, as 'hakbeon worker' registers them.
func registered(t *testing.T) map[string][]string {
	t.Helper()
	r := &recorder{metrics: map[string][]string{}}
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	_, err := worker.New(worker.Options{
		Broker: awssqs.Broker(sqs.New(sqs.Options{})), Store: s3store.New(s3.New(s3.Options{}), "b"), Reader: nobody{}, Poster: nobody{},
		Queues: worker.Queues{Jobs: "j", Work: "w", Callbacks: "c", DeadLetters: "d"}, Metrics: r,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.metrics
}

type nobody struct{}

func (nobody) Read(context.Context, image.Image) (*recognizer.Reading, error) {
	return &recognizer.Reading{}, nil
}
func (nobody) Model() string { return "" }
func (nobody) Attempt(context.Context, string, string, []byte) (int, error) {
	return 0, nil
}
