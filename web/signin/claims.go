package signin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"hakbeon/web/people"
)

// claims are what the provider says of a person. Who gives an access token beside the
// signed one may keep name, mail address and all else for the userinfo endpoint (OpenID
// Connect Core, 5.4); the signed token's word comes first.
func (p *Provider) claims(ctx context.Context, provider *oidc.Provider, tokens *oauth2.Token, token *oidc.IDToken) (map[string]json.RawMessage, error) {
	var all, more map[string]json.RawMessage
	if token.Claims(&all) != nil {
		return nil, errUnread
	}
	if provider.UserInfoEndpoint() == "" {
		return all, nil
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return nil, errNoInfo // the rest may quote what it said of the person
	}
	if info.Subject != token.Subject {
		return nil, fmt.Errorf("%w: its userinfo is of somebody else", ErrToken)
	}
	if info.Claims(&more) != nil {
		return nil, errUnread
	}
	maps.Copy(more, all)
	return more, nil
}

var (
	errUnread = fmt.Errorf("%w: its claims can't be read", ErrToken)
	errNoInfo = errors.New("the provider's userinfo endpoint does not answer as it should")
)

// person makes a person of a token's claims: a manager if they are named as one, else a
// grader of the exams that the claim has.
func (p *Provider) person(token *oidc.IDToken, all map[string]json.RawMessage) (people.Person, error) {
	var claims struct {
		Name, Username, Email string
		Verified              any // some providers send a text
	}
	if token.Subject == "" || !readAll(all, map[string]any{
		"name": &claims.Name, "preferred_username": &claims.Username, "email": &claims.Email, "email_verified": &claims.Verified,
	}) {
		return people.Person{}, errUnread
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

// readAll reads claims into variables; those that aren't there are left as they are.
func readAll(claims map[string]json.RawMessage, into map[string]any) bool {
	for name, value := range into {
		if raw := claims[name]; raw != nil && json.Unmarshal(raw, value) != nil {
			return false
		}
	}
	return true
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
