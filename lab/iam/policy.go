package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Need is one right that a call takes.
type Need struct{ Action, Resource string }

// Policy is a list of rights. Without any it allows nothing.
type Policy struct{ statements []statement }

type statement struct {
	actions, resources []*regexp.Regexp
}

type document struct {
	Version   string `json:"Version"`
	Statement []struct {
		Sid      string   `json:"Sid"`
		Effect   string   `json:"Effect"`
		Action   []string `json:"Action"`
		Resource []string `json:"Resource"`
	} `json:"Statement"`
}

// Parse reads a policy document in which placeholders were replaced: every
// "name" of the map by its value. Conditions, denials and lists that are no lists
// are errors: nobody should believe that they are heeded.
func Parse(data []byte, placeholders map[string]string) (*Policy, error) {
	text := string(data)
	for name, value := range placeholders {
		text = strings.ReplaceAll(text, name, value)
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	var doc document
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	if doc.Version != "2012-10-17" {
		return nil, errors.New("read the policy: Version should be 2012-10-17")
	}
	p := &Policy{}
	for _, s := range doc.Statement {
		if s.Effect != "Allow" || len(s.Action) == 0 || len(s.Resource) == 0 {
			return nil, fmt.Errorf("read the policy: statement %q should allow actions on resources", s.Sid)
		}
		p.statements = append(p.statements, statement{patterns(s.Action), patterns(s.Resource)})
	}
	return p, nil
}

// patterns reads IAM's wildcards: * stands for any text, slashes included, ? for
// one character.
func patterns(list []string) []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(list))
	for i, s := range list {
		s = regexp.QuoteMeta(s)
		s = strings.ReplaceAll(strings.ReplaceAll(s, `\*`, `.*`), `\?`, `.`)
		out[i] = regexp.MustCompile(`(?s)^` + s + `$`)
	}
	return out
}

// Allows reports whether one statement gives the right.
func (p *Policy) Allows(n Need) bool {
	matches := func(list []*regexp.Regexp, s string) bool {
		return slices.ContainsFunc(list, func(re *regexp.Regexp) bool { return re.MatchString(s) })
	}
	return slices.ContainsFunc(p.statements, func(s statement) bool {
		return matches(s.actions, n.Action) && matches(s.resources, n.Resource)
	})
}
