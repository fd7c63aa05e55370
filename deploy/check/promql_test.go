package check_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// Prometheus itself takes the rules.
func TestAlertRulesLoad(t *testing.T) {
	raw, err := os.ReadFile("../prometheus/alerts.yaml")
	must(t, err)
	groups, errs := rulefmt.Parse(raw, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	if len(errs) > 0 || len(groups.Groups) == 0 {
		t.Errorf("rules: %v", errs)
	}
}

// Every query of the dashboard is PromQL.
func TestDashboardQueriesParse(t *testing.T) {
	raw, err := os.ReadFile("../grafana/hakbeon.json")
	must(t, err)
	var board struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	must(t, json.Unmarshal(raw, &board))
	n := 0
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			n++
			query := strings.ReplaceAll(target.Expr, "$__rate_interval", "1m")
			if _, err := parser.NewParser(parser.Options{}).ParseExpr(query); err != nil {
				t.Errorf("%s: %v", target.Expr, err)
			}
		}
	}
	if n < 20 {
		t.Errorf("found only %d queries", n)
	}
}
