package deploy_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// stack is a template of CloudFormation as it comes out for certain parameters: its
// functions are worked out, and what its conditions leave away is gone. What only AWS
// knows, such as a queue's ARN, is named after its resource: "Jobs.Arn".
type stack struct {
	Resources map[string]resource
	Outputs   map[string]any
}

type resource struct {
	Type       string
	Properties map[string]any
}

// absent is what !Ref AWS::NoValue leaves.
type absent struct{}

type template struct {
	t          *testing.T
	file       string
	parameters map[string]any
	conditions map[string]any
	decided    map[string]bool
	imports    map[string]string
}

var pseudo = map[string]string{
	"AWS::Region": "ap-northeast-2", "AWS::AccountId": "123456789012", "AWS::Partition": "aws",
	"AWS::URLSuffix": "amazonaws.com", "AWS::StackName": "hakbeon-storage",
}

// stackOf works a template out. Parameters without a default must be given.
func stackOf(t *testing.T, file string, given, imports map[string]string) stack {
	t.Helper()
	root := templateTree(t, file)
	tpl := &template{t: t, file: file, parameters: map[string]any{}, decided: map[string]bool{}, imports: imports}
	for name, p := range tree(root["Parameters"]) {
		tpl.parameters[name] = parameter(t, name, tree(p), given)
	}
	for name := range given {
		if _, there := tpl.parameters[name]; !there {
			t.Fatalf("%s has no parameter %s", file, name)
		}
	}
	tpl.conditions = tree(root["Conditions"])
	tpl.assertRules(tree(root["Rules"]))
	out := stack{Resources: map[string]resource{}, Outputs: map[string]any{}}
	for name, raw := range tree(root["Resources"]) {
		if condition, ok := tree(raw)["Condition"].(string); ok && !tpl.condition(condition) {
			continue
		}
		kind, _ := tree(raw)["Type"].(string)
		properties, _ := tpl.value(tree(raw)["Properties"]).(map[string]any)
		out.Resources[name] = resource{kind, properties}
	}
	for name, raw := range tree(root["Outputs"]) {
		if condition, ok := tree(raw)["Condition"].(string); !ok || tpl.condition(condition) {
			out.Outputs[name] = tpl.value(tree(raw)["Value"])
		}
	}
	return out
}

func parameter(t *testing.T, name string, p map[string]any, given map[string]string) any {
	t.Helper()
	value, ok := given[name]
	if !ok {
		preset, has := p["Default"]
		if !has {
			t.Fatalf("parameter %s is not given and has no default", name)
		}
		value = fmt.Sprint(preset)
	}
	if pattern, ok := p["AllowedPattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(value) {
		t.Errorf("parameter %s: %q does not fit %s", name, value, pattern)
	}
	if allowed, ok := p["AllowedValues"].([]any); ok && !slices.Contains(allowed, any(value)) {
		t.Errorf("parameter %s: %q is not one of %q", name, value, allowed)
	}
	if kind, _ := p["Type"].(string); kind == "CommaDelimitedList" || strings.HasPrefix(kind, "List<") {
		list := []any{}
		for one := range strings.SplitSeq(value, ",") {
			list = append(list, one)
		}
		return list
	}
	return value
}

// assertRules refuses parameters that AWS would refuse before it makes anything.
func (tpl *template) assertRules(rules map[string]any) {
	for name, raw := range rules {
		if when, ok := tree(raw)["RuleCondition"]; ok && tpl.value(when) != true {
			continue
		}
		assertions, _ := tree(raw)["Assertions"].([]any)
		for _, a := range assertions {
			if tpl.value(tree(a)["Assert"]) != true {
				tpl.t.Errorf("%s: rule %s: %v", tpl.file, name, tree(a)["AssertDescription"])
			}
		}
	}
}

func (tpl *template) condition(name string) bool {
	if _, done := tpl.decided[name]; !done {
		raw, there := tpl.conditions[name]
		if !there {
			tpl.t.Fatalf("%s: no condition %s", tpl.file, name)
		}
		tpl.decided[name] = tpl.value(raw) == true
	}
	return tpl.decided[name]
}

// value works out one node.
func (tpl *template) value(node any) any {
	switch n := node.(type) {
	case []any:
		list := []any{}
		for _, one := range n {
			if v := tpl.value(one); v != (absent{}) {
				list = append(list, v)
			}
		}
		return list
	case map[string]any:
		if len(n) == 1 {
			for name, argument := range n {
				if name == "Ref" || name == "Condition" && isText(argument) || strings.HasPrefix(name, "Fn::") {
					return tpl.call(name, argument)
				}
			}
		}
		out := map[string]any{}
		for key, one := range n {
			if v := tpl.value(one); v != (absent{}) {
				out[key] = v
			}
		}
		return out
	}
	return node
}

func isText(v any) bool { _, ok := v.(string); return ok }

func (tpl *template) call(name string, argument any) any {
	list, _ := argument.([]any)
	switch name {
	case "Ref":
		return tpl.ref(fmt.Sprint(argument))
	case "Condition":
		return tpl.condition(fmt.Sprint(argument))
	case "Fn::GetAtt":
		return fmt.Sprint(argument)
	case "Fn::Sub":
		return tpl.sub(argument)
	case "Fn::ImportValue":
		key := fmt.Sprint(tpl.value(argument))
		value, there := tpl.imports[key]
		if !there {
			tpl.t.Errorf("%s imports %s, which nobody exports", tpl.file, key)
		}
		return value
	case "Fn::If":
		if tpl.condition(fmt.Sprint(list[0])) {
			return tpl.value(list[1])
		}
		return tpl.value(list[2])
	case "Fn::Equals":
		return fmt.Sprint(tpl.value(list[0])) == fmt.Sprint(tpl.value(list[1]))
	case "Fn::Not":
		return tpl.value(list[0]) != true
	case "Fn::And":
		return !slices.ContainsFunc(list, func(one any) bool { return tpl.value(one) != true })
	case "Fn::Contains":
		in, _ := tpl.value(list[0]).([]any)
		return slices.Contains(in, tpl.value(list[1]))
	case "Fn::Split":
		parts := []any{}
		for part := range strings.SplitSeq(fmt.Sprint(tpl.value(list[1])), fmt.Sprint(list[0])) {
			parts = append(parts, part)
		}
		return parts
	case "Fn::Select":
		from, _ := tpl.value(list[1]).([]any)
		at, _ := list[0].(int)
		return from[at]
	}
	tpl.t.Fatalf("%s: no function %s is known here", tpl.file, name)
	return nil
}

func (tpl *template) ref(name string) any {
	if name == "AWS::NoValue" {
		return absent{}
	}
	if value, ok := pseudo[name]; ok {
		return value
	}
	if value, ok := tpl.parameters[name]; ok {
		return value
	}
	return name
}

func (tpl *template) sub(argument any) any {
	text, own := argument, map[string]any{}
	if list, ok := argument.([]any); ok {
		text, own = list[0], tree(list[1])
	}
	return regexp.MustCompile(`\$\{([^}!]+)\}`).ReplaceAllStringFunc(fmt.Sprint(text), func(found string) string {
		name := found[2 : len(found)-1]
		if value, ok := own[name]; ok {
			return fmt.Sprint(tpl.value(value))
		}
		return fmt.Sprint(tpl.ref(name))
	})
}

func tree(v any) map[string]any { m, _ := v.(map[string]any); return m }

// templateTree reads a template, its short forms written out.
func templateTree(t *testing.T, file string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return tree(plain(t, doc.Content[0]))
}

func plain(t *testing.T, n *yaml.Node) any {
	t.Helper()
	var value any
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(t, n.Content[i+1])
		}
		value = m
	case yaml.SequenceNode:
		list := []any{}
		for _, one := range n.Content {
			list = append(list, plain(t, one))
		}
		value = list
	default:
		value = n.Value
		if n.Tag == "!!int" || n.Tag == "!!bool" {
			if err := n.Decode(&value); err != nil {
				t.Fatal(err)
			}
		}
	}
	switch tag, short := strings.CutPrefix(n.Tag, "!"); {
	case !short || strings.HasPrefix(tag, "!"):
		return value
	case tag == "Ref" || tag == "Condition":
		return map[string]any{tag: value}
	default:
		return map[string]any{"Fn::" + tag: value}
	}
}

// exports are what a stack gives to others, by name.
func exports(t *testing.T, file string, s stack) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, raw := range tree(templateTree(t, file)["Outputs"]) {
		if export, ok := tree(tree(raw)["Export"])["Name"]; ok {
			key := fmt.Sprint(tree(export)["Fn::Sub"])
			out[strings.ReplaceAll(key, "${AWS::StackName}", pseudo["AWS::StackName"])] = fmt.Sprint(s.Outputs[name])
		}
	}
	return out
}

// with is a set of parameters and some more.
func with(base map[string]string, more ...string) map[string]string {
	out := maps.Clone(base)
	for _, pair := range more {
		name, value, _ := strings.Cut(pair, "=")
		out[name] = value
	}
	return out
}
