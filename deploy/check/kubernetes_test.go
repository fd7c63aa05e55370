package check_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// kinds are the real types that the manifests are decoded into, strictly: a field
// that is not there is an error.
func kinds() map[string]func() any {
	return map[string]func() any{
		"v1/Namespace":                       func() any { return &corev1.Namespace{} },
		"v1/ServiceAccount":                  func() any { return &corev1.ServiceAccount{} },
		"v1/ConfigMap":                       func() any { return &corev1.ConfigMap{} },
		"v1/Secret":                          func() any { return &corev1.Secret{} },
		"v1/Service":                         func() any { return &corev1.Service{} },
		"apps/v1/Deployment":                 func() any { return &appsv1.Deployment{} },
		"policy/v1/PodDisruptionBudget":      func() any { return &policyv1.PodDisruptionBudget{} },
		"networking.k8s.io/v1/NetworkPolicy": func() any { return &networkingv1.NetworkPolicy{} },
	}
}

func TestManifestsDecodeStrictly(t *testing.T) {
	decoded := map[string]int{}
	for _, doc := range documents(t) {
		var head metav1.TypeMeta
		must(t, yaml.Unmarshal(doc, &head))
		if strings.HasPrefix(head.APIVersion, "keda.sh/") {
			continue
		}
		kind := head.APIVersion + "/" + head.Kind
		make, known := kinds()[kind]
		if !known {
			t.Errorf("no type for %s", kind)
			continue
		}
		if err := yaml.UnmarshalStrict(doc, make()); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		decoded[kind]++
	}
	if decoded["apps/v1/Deployment"] != 1 || decoded["v1/ServiceAccount"] != 1 {
		t.Errorf("decoded %v", decoded)
	}
}

// The worker runs as nobody, writes nothing, and has the time to drain.
func TestDeploymentIsSafe(t *testing.T) {
	var d appsv1.Deployment
	for _, doc := range documents(t) {
		var head metav1.TypeMeta
		must(t, yaml.Unmarshal(doc, &head))
		if head.Kind == "Deployment" {
			must(t, yaml.UnmarshalStrict(doc, &d))
		}
	}
	pod := d.Spec.Template.Spec
	c := pod.Containers[0]
	s := c.SecurityContext
	if !*pod.SecurityContext.RunAsNonRoot || !*s.ReadOnlyRootFilesystem || *s.AllowPrivilegeEscalation ||
		!slices.Contains(s.Capabilities.Drop, "ALL") || pod.SecurityContext.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
		t.Errorf("rights: pod %+v, container %+v", pod.SecurityContext, s)
	}
	if *pod.TerminationGracePeriodSeconds < 35 {
		t.Errorf("%d s to drain, want 35 at least", *pod.TerminationGracePeriodSeconds)
	}
	if c.LivenessProbe.HTTPGet.Path != "/livez" || c.ReadinessProbe.HTTPGet.Path != "/readyz" || c.Resources.Limits.Memory().IsZero() {
		t.Errorf("probes or limits are missing: %+v", c)
	}
	if d.Spec.Selector.MatchLabels["app"] != d.Spec.Template.Labels["app"] {
		t.Error("the selector does not select the pods")
	}
	if d.Spec.Replicas != nil {
		t.Error("replicas belong to KEDA: setting them here undoes its scaling at each apply")
	}
}

func documents(t *testing.T) [][]byte {
	t.Helper()
	files, err := filepath.Glob("../kubernetes/*.yaml")
	must(t, err)
	var out [][]byte
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		docs := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(raw)))
		for {
			doc, err := docs.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			must(t, err)
			if asJSON, err := yaml.YAMLToJSON(doc); err != nil || bytes.Equal(asJSON, []byte("null")) || !json.Valid(asJSON) {
				must(t, err)
				continue
			}
			out = append(out, doc)
		}
	}
	if len(out) == 0 {
		t.Fatal("no manifests")
	}
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
