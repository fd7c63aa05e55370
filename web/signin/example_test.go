package signin_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"hakbeon/lab/idp"
	"hakbeon/web/signin"
)

// A person goes to the provider and comes back as somebody.
func Example() {
	at, err := idp.Start(client, secret, redirect)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer at.Close()
	at.Person(map[string]any{"sub": "7", "name": "김조교", "hakbeon_exams": []string{"SaS_2017_Final"}})
	p := signin.New(signin.Options{Issuer: at.URL, ClientID: client, ClientSecret: secret, RedirectURL: redirect, ExamsClaim: "hakbeon_exams", Secrets: secrets()})
	address, cookie, err := p.Begin(context.Background(), true, "/exams")
	fmt.Println(strings.HasPrefix(address, at.URL+"/authorize?"), err)

	back := visit(address)
	request := httptest.NewRequest(http.MethodGet, back.String(), nil)
	request.AddCookie(cookie)
	who, next, err := p.End(request)
	fmt.Println(who.Name, who.Exams, next, err)
	// Output:
	// true <nil>
	// 김조교 [SaS_2017_Final] /exams <nil>
}

// visit is a browser that goes to an address and is sent on to another.
func visit(address string) *url.URL {
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(address)
	if err != nil {
		return &url.URL{}
	}
	defer answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		return &url.URL{}
	}
	return back
}
