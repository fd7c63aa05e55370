package deploy_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func sameQueuesAndBucket(t *testing.T, p plan, storage stack) {
	t.Helper()
	for address, name := range map[string]string{
		`aws_sqs_queue.queue["jobs"]`: "Jobs", `aws_sqs_queue.queue["work"]`: "Work", `aws_sqs_queue.queue["callbacks"]`: "Callbacks", "aws_sqs_queue.dead_letters": "DeadLetters",
	} {
		planned, of := p.resource(t, address), storage.Resources[name].Properties
		for ours, theirs := range map[string]string{
			"message_retention_seconds": "MessageRetentionPeriod", "visibility_timeout_seconds": "VisibilityTimeout",
			"receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds", "sqs_managed_sse_enabled": "SqsManagedSseEnabled",
		} {
			if said(planned[ours]) != said(of[theirs]) {
				t.Errorf("%s of %s: Terraform %v, CloudFormation %v", theirs, name, planned[ours], of[theirs])
			}
		}
		if name == "DeadLetters" {
			continue
		}
		got, want := tree(decoded(t, planned["redrive_policy"])), tree(of["RedrivePolicy"])
		if said(got["maxReceiveCount"]) != said(want["maxReceiveCount"]) || names.Replace(fmt.Sprint(got["deadLetterTargetArn"])) != "[DeadLetters Arn]" {
			t.Errorf("redrive of %s: Terraform %v, CloudFormation %v", name, got, want)
		}
	}
	kept := map[string]string{}
	rules, _ := p.resource(t, "aws_s3_bucket_lifecycle_configuration.exams")["rule"].([]any)
	for _, r := range rules {
		kept[said(tree(r)["id"])] = said(first(tree(r)["filter"])["prefix"], first(tree(r)["expiration"])["days"], first(tree(r)["abort_incomplete_multipart_upload"])["days_after_initiation"])
	}
	want := map[string]string{}
	rules, _ = tree(storage.Resources["Bucket"].Properties["LifecycleConfiguration"])["Rules"].([]any)
	for _, r := range rules {
		want[said(tree(r)["Id"])] = said(tree(r)["Prefix"], tree(r)["ExpirationInDays"], tree(tree(r)["AbortIncompleteMultipartUpload"])["DaysAfterInitiation"])
	}
	if !maps.Equal(kept, want) {
		t.Errorf("kept: Terraform %v, CloudFormation %v", kept, want)
	}
	_, notifies := storage.Resources["Bucket"].Properties["NotificationConfiguration"]
	if text := fmt.Sprint(p.PlannedValues); strings.Contains(text, "aws_s3_bucket_notification") != notifies || strings.Contains(text, `filter_prefix:scans/`) != notifies {
		t.Errorf("uploads are told of: CloudFormation %v", notifies)
	}
}

func first(v any) map[string]any {
	if list, ok := v.([]any); ok && len(list) > 0 {
		return tree(list[0])
	}
	return tree(v)
}

func sameAlarms(t *testing.T, p plan, storage, worker stack) {
	t.Helper()
	got, want := map[string]string{}, map[string]string{}
	for _, r := range p.PlannedValues.RootModule.Resources {
		if m := regexp.MustCompile(`^aws_cloudwatch_metric_alarm.this\["(\w+)"\]$`).FindStringSubmatch(r.Address); m != nil {
			v := r.Values
			got[m[1]] = said(v["namespace"], v["metric_name"], v["statistic"], v["period"], v["evaluation_periods"], v["threshold"], v["comparison_operator"], v["treat_missing_data"], v["alarm_actions"], len(tree(v["dimensions"])))
		}
	}
	for _, s := range []stack{storage, worker} {
		for name, r := range s.Resources {
			if v := r.Properties; r.Type == "AWS::CloudWatch::Alarm" {
				dimensions, _ := v["Dimensions"].([]any)
				want[name] = said(v["Namespace"], v["MetricName"], v["Statistic"], v["Period"], v["EvaluationPeriods"], v["Threshold"], v["ComparisonOperator"], v["TreatMissingData"], v["AlarmActions"], len(dimensions))
			}
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("alarms: Terraform %v, CloudFormation %v", got, want)
	}
}

// sameService: the scaling, who may come in, and what the load balancer does.
func sameService(t *testing.T, p plan, worker stack, reached bool) {
	t.Helper()
	scaling := tree(worker.Resources["ByBacklog"].Properties["TargetTrackingScalingPolicyConfiguration"])
	planned := first(p.resource(t, "aws_appautoscaling_policy.backlog[0]")["target_tracking_scaling_policy_configuration"])
	for ours, theirs := range map[string]string{"target_value": "TargetValue", "scale_out_cooldown": "ScaleOutCooldown", "scale_in_cooldown": "ScaleInCooldown"} {
		if said(planned[ours]) != said(scaling[theirs]) {
			t.Errorf("%s: Terraform %v, CloudFormation %v", ours, planned[ours], scaling[theirs])
		}
	}
	metrics := func(list any, id, expression string) []string {
		all, _ := list.([]any)
		var out []string
		for _, m := range all {
			out = append(out, said(tree(m)[id], tree(m)[expression]))
		}
		slices.Sort(out)
		return out
	}
	got := metrics(first(planned["customized_metric_specification"])["metrics"], "id", "expression")
	want := metrics(tree(scaling["CustomizedMetricSpecification"])["Metrics"], "Id", "Expression")
	if !slices.Equal(got, want) {
		t.Errorf("scaled by: Terraform %q, CloudFormation %q", got, want)
	}
	balanced := map[string]bool{}
	for _, r := range p.PlannedValues.RootModule.Resources {
		balanced[strings.SplitN(r.Address, ".", 2)[0]] = true
	}
	if balanced["aws_lb"] != reached || balanced["aws_vpc_security_group_ingress_rule"] != reached {
		t.Errorf("reached from outside: %v, planned %q", reached, slices.Sorted(maps.Keys(balanced)))
	}
	if !reached {
		return
	}
	group := worker.Resources["Workers"].Properties
	health := first(p.resource(t, "aws_lb_target_group.workers[0]")["health_check"])
	for ours, theirs := range map[string]string{"path": "HealthCheckPath", "interval": "HealthCheckIntervalSeconds", "timeout": "HealthCheckTimeoutSeconds", "healthy_threshold": "HealthyThresholdCount", "unhealthy_threshold": "UnhealthyThresholdCount"} {
		if said(health[ours]) != said(group[theirs]) {
			t.Errorf("%s: Terraform %v, CloudFormation %v", ours, health[ours], group[theirs])
		}
	}
	if got, want := p.resource(t, "aws_lb_listener.https[0]")["ssl_policy"], worker.Resources["Https"].Properties["SslPolicy"]; got != want {
		t.Errorf("TLS: Terraform %v, CloudFormation %v", got, want)
	}
}

// said writes values as both files mean them: what is left away is empty, and a number
// is one whether it was written as text or not.
func said(values ...any) string {
	var texts []string
	for _, v := range values {
		text := fmt.Sprint(v)
		switch v := v.(type) {
		case nil:
			text = ""
		case float64:
			text = strconv.FormatFloat(v, 'f', -1, 64)
		case []any:
			text = strings.Join(listOf(v), ",")
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}
