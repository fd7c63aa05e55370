package check_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
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
		"networking.k8s.io/v1/Ingress":       func() any { return &networkingv1.Ingress{} },
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
	if decoded["apps/v1/Deployment"] != 1 || decoded["v1/ServiceAccount"] != 1 || decoded["networking.k8s.io/v1/Ingress"] != 1 {
		t.Errorf("decoded %v", decoded)
	}
}

// The worker runs as nobody, writes nothing, and has the time to drain.
func TestDeploymentIsSafe(t *testing.T) {
	d := one[appsv1.Deployment](t, documents(t), "Deployment")
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

// documents are the objects of the example overlay, as 'kubectl apply -k' would send them.
func documents(t *testing.T) [][]byte {
	t.Helper()
	return rendered(t, "../kubernetes", "example")
}

// rendered builds one of the folders beside each other that Kustomize knows.
func rendered(t *testing.T, root, folder string) [][]byte {
	t.Helper()
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(root, folder))
	must(t, err)
	out := make([][]byte, 0, objects.Size())
	for _, object := range objects.Resources() {
		doc, err := object.AsYAML()
		must(t, err)
		out = append(out, doc)
	}
	if len(out) == 0 {
		t.Fatal("no manifests")
	}
	return out
}

// one decodes the only object of a kind.
func one[T any](t *testing.T, docs [][]byte, kind string) T {
	t.Helper()
	var out T
	found := 0
	for _, doc := range docs {
		var head metav1.TypeMeta
		must(t, yaml.Unmarshal(doc, &head))
		if head.Kind == kind {
			must(t, yaml.Unmarshal(doc, &out))
			found++
		}
	}
	if found != 1 {
		t.Fatalf("%d objects of kind %s", found, kind)
	}
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
