package signin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"

	"hakbeon/web/people"
)

// person makes a person of a token's claims: a manager if they are named as one, else a
// grader of the exams that the claim has.
func (p *Provider) person(token *oidc.IDToken) (people.Person, error) {
	var claims struct {
		Name     string `json:"name"`
		Username string `json:"preferred_username"`
		Email    string `json:"email"`
		// Some providers send this as a text.
		Verified any `json:"email_verified"`
	}
	var all map[string]json.RawMessage
	if token.Claims(&claims) != nil || token.Claims(&all) != nil || token.Subject == "" {
		return people.Person{}, fmt.Errorf("%w: its claims can't be read", ErrToken)
	}
	who := people.Person{
		Name:    cmp.Or(people.CleanName(claims.Name), people.CleanName(claims.Username), people.CleanName(claims.Email), people.CleanName(token.Subject)),
		Subject: token.Issuer + "#" + token.Subject, Role: people.Grader,
	}
	verified := claims.Verified == true || claims.Verified == "true"
	if slices.Contains(p.opts.Managers, token.Subject) || verified && slices.ContainsFunc(p.opts.Managers, func(m string) bool {
		return strings.Contains(m, "@") && strings.EqualFold(m, claims.Email)
	}) {
		who.Role = people.Manager
		return who, nil
	}
	if who.Exams = examsOf(all[p.opts.ExamsClaim]); len(who.Exams) == 0 {
		return people.Person{}, ErrNoExams
	}
	if err := who.Check(); err != nil {
		return people.Person{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	return who, nil
}

// examsOf reads a claim of exams: a list of codes, or one text of them; none if it is
// something else.
func examsOf(claim json.RawMessage) []string {
	var codes []string
	if json.Unmarshal(claim, &codes) == nil {
		return compact(codes)
	}
	var text string
	if json.Unmarshal(claim, &text) != nil {
		return nil
	}
	return compact(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }))
}

func compact(codes []string) []string { return slices.Compact(slices.Sorted(slices.Values(codes))) }
