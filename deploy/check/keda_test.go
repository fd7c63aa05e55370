package check_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// kedaModule is where KEDA's own definitions are: they are read, not compiled,
// for its Go types bring 800 packages.
const kedaModule = "github.com/kedacore/keda/v2@v2.21.0"

// KEDA's objects hold to KEDA's own definitions, and to nothing beyond them.
func TestScalersHoldToKEDAsDefinitions(t *testing.T) {
	dir := download(t)
	checked := 0
	for _, doc := range documents(t) {
		var head metav1.TypeMeta
		must(t, yaml.Unmarshal(doc, &head))
		if !strings.HasPrefix(head.APIVersion, "keda.sh/") {
			continue
		}
		crd := filepath.Join(dir, "config", "crd", "bases", "keda.sh_"+strings.ToLower(head.Kind)+"s.yaml")
		if err := schemaOf(t, crd).Validate(asJSON(t, doc)); err != nil {
			t.Errorf("%s: %v", head.Kind, err)
		}
		checked++
	}
	if checked != 2 {
		t.Errorf("checked %d objects, want 2", checked)
	}
}

// A misspelt field is found: the definitions themselves let unknown ones pass.
func TestAMisspeltFieldIsFound(t *testing.T) {
	schema := schemaOf(t, filepath.Join(download(t), "config", "crd", "bases", "keda.sh_scaledobjects.yaml"))
	doc := []byte(`{"apiVersion":"keda.sh/v1alpha1","kind":"ScaledObject","metadata":{"name":"x"},
		"spec":{"scaleTargetRef":{"name":"x"},"minReplicas":1,"triggers":[]}}`)
	if schema.Validate(asJSON(t, doc)) == nil {
		t.Error("minReplicas passed")
	}
}

func download(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", kedaModule).Output()
	must(t, err)
	var module struct{ Dir string }
	must(t, json.Unmarshal(out, &module))
	return module.Dir
}

func schemaOf(t *testing.T, crd string) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile(crd)
	must(t, err)
	var definition struct {
		Spec struct {
			Versions []struct {
				Schema struct{ OpenAPIV3Schema map[string]any }
			}
		}
	}
	must(t, yaml.Unmarshal(raw, &definition))
	schema := definition.Spec.Versions[0].Schema.OpenAPIV3Schema
	properties, _ := schema["properties"].(map[string]any)
	delete(properties, "metadata") // Kubernetes' own
	properties["metadata"] = map[string]any{"type": "object"}
	spec, _ := properties["spec"].(map[string]any)
	closed(spec)
	compiler := jsonschema.NewCompiler()
	must(t, compiler.AddResource("crd.json", roundTrip(t, schema)))
	compiled, err := compiler.Compile("crd.json")
	must(t, err)
	return compiled
}

// closed lets no field pass that is not defined.
func closed(schema map[string]any) {
	if properties, ok := schema["properties"].(map[string]any); ok {
		if _, free := schema["additionalProperties"]; !free && schema["x-kubernetes-preserve-unknown-fields"] == nil {
			schema["additionalProperties"] = false
		}
		for _, p := range properties {
			if inner, ok := p.(map[string]any); ok {
				closed(inner)
			}
		}
	}
	if items, ok := schema["items"].(map[string]any); ok {
		closed(items)
	}
}

func asJSON(t *testing.T, doc []byte) any {
	t.Helper()
	raw, err := yaml.YAMLToJSON(doc)
	must(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	must(t, err)
	return value
}

func roundTrip(t *testing.T, value any) any {
	t.Helper()
	raw, err := json.Marshal(value)
	must(t, err)
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	must(t, err)
	return out
}
