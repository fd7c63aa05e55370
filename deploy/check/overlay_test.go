package check_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

type scaledObject struct {
	Spec struct {
		ScaleTargetRef struct{ Name string }
		Triggers       []struct{ Metadata map[string]string }
	}
}

// The overlay's settings reach the worker and the scaling.
func TestSettingsReachWorkerAndScaling(t *testing.T) {
	docs := documents(t)
	settings := one[corev1.ConfigMap](t, docs, "ConfigMap")
	worker := one[appsv1.Deployment](t, docs, "Deployment")
	if got := worker.Spec.Template.Spec.Containers[0].EnvFrom[0].ConfigMapRef.Name; got != settings.Name {
		t.Errorf("the worker reads %s, the settings are %s", got, settings.Name)
	}
	scaled := one[scaledObject](t, docs, "ScaledObject")
	queue := settings.Data["SQS_WORK_QUEUE_URL"]
	count, age := scaled.Spec.Triggers[0].Metadata, scaled.Spec.Triggers[1].Metadata
	if count["queueURL"] != queue || count["awsRegion"] != settings.Data["AWS_REGION"] || age["awsRegion"] != settings.Data["AWS_REGION"] || !strings.HasSuffix(queue, "/"+age["dimensionValue"]) {
		t.Errorf("scaled by %v and %v, the queue is %s", count, age, queue)
	}
	if scaled.Spec.ScaleTargetRef.Name != worker.Name {
		t.Errorf("scales %s", scaled.Spec.ScaleTargetRef.Name)
	}
}

// Changed settings are another map, so that the pods are started anew.
func TestChangedSettingsStartPodsAnew(t *testing.T) {
	before := one[appsv1.Deployment](t, documents(t), "Deployment")
	root := t.TempDir()
	must(t, os.CopyFS(root, os.DirFS("../kubernetes")))
	file := filepath.Join(root, "example", "settings.env")
	raw, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, append(raw, "LOG_LEVEL=debug\n"...), 0o600))
	after := one[appsv1.Deployment](t, rendered(t, root, "example"), "Deployment")
	name := func(d appsv1.Deployment) string {
		return d.Spec.Template.Spec.Containers[0].EnvFrom[0].ConfigMapRef.Name
	}
	if name(before) == name(after) {
		t.Errorf("the worker still reads %s", name(after))
	}
}

// Each setting in the overlay, written out or not, is one of .env.example, and none is a
// secret.
func TestOverlaysSettingsAreKnown(t *testing.T) {
	example, err := os.ReadFile("../../.env.example")
	must(t, err)
	settings, err := os.ReadFile("../kubernetes/example/settings.env")
	must(t, err)
	pattern := regexp.MustCompile(`(?m)^#?([A-Z][A-Z0-9_]+)=`)
	var known []string
	for _, m := range pattern.FindAllSubmatch(example, -1) {
		known = append(known, string(m[1]))
	}
	named := pattern.FindAllSubmatch(settings, -1)
	for _, m := range named {
		if name := string(m[1]); !slices.Contains(known, name) || strings.HasSuffix(name, "SECRET") || strings.HasSuffix(name, "KEY") || strings.HasSuffix(name, "TOKEN") {
			t.Errorf("%s", name)
		}
	}
	if len(named) < 10 || !bytes.Contains(settings, []byte("OPENAI_MODEL")) {
		t.Errorf("only %d settings were found", len(named))
	}
}

// The ingress leads to the service, the service to the pods, and the policy lets the
// load balancer in.
func TestIngressReachesThePods(t *testing.T) {
	docs := documents(t)
	ingress := one[networkingv1.Ingress](t, docs, "Ingress")
	service := one[corev1.Service](t, docs, "Service")
	worker := one[appsv1.Deployment](t, docs, "Deployment")
	policy := one[networkingv1.NetworkPolicy](t, docs, "NetworkPolicy")
	backend := ingress.Spec.Rules[0].HTTP.Paths[0].Backend.Service
	if backend.Name != service.Name || backend.Port.Name != service.Spec.Ports[0].Name {
		t.Errorf("the ingress leads to %v", backend)
	}
	pod := worker.Spec.Template
	for label, value := range service.Spec.Selector {
		if pod.Labels[label] != value {
			t.Errorf("the service selects %s=%s, the pods have %v", label, value, pod.Labels)
		}
	}
	port := pod.Spec.Containers[0].Ports[0]
	if target := service.Spec.Ports[0].TargetPort.String(); target != port.Name {
		t.Errorf("the service leads to %s, the pod listens at %s", target, port.Name)
	}
	blocks := slices.ContainsFunc(policy.Spec.Ingress[0].From, func(from networkingv1.NetworkPolicyPeer) bool { return from.IPBlock != nil })
	if !blocks || ingress.Annotations["alb.ingress.kubernetes.io/healthcheck-path"] != pod.Spec.Containers[0].LivenessProbe.HTTPGet.Path {
		t.Errorf("the load balancer is let in: %v; it asks %v", blocks, ingress.Annotations)
	}
	if ingress.Annotations["alb.ingress.kubernetes.io/certificate-arn"] == "" {
		t.Error("no certificate")
	}
}

// The base alone is whole but for the settings, and brings no scaling and no ingress.
func TestBaseAlone(t *testing.T) {
	docs := rendered(t, "../kubernetes", "base")
	if len(docs) != 6 {
		t.Errorf("%d objects", len(docs))
	}
	for _, doc := range docs {
		if bytes.Contains(doc, []byte("kind: Ingress\n")) || bytes.Contains(doc, []byte("keda.sh")) || bytes.Contains(doc, []byte("123456789012")) {
			t.Errorf("the base has\n%s", doc)
		}
	}
}
