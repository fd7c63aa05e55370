package page_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/apikey"
	"hakbeon/lab/idp"
	"hakbeon/s3store/layout"
	"hakbeon/web/auth"
	"hakbeon/web/people"
	"hakbeon/web/signin"
)

// club is a rig to which people come by invitation.
type club struct {
	*rig

	secrets people.Secrets
	// revoked has every invitation be revoked, down has nobody know.
	revoked, down atomic.Bool
}

func newClub(t *testing.T) *club {
	t.Helper()
	c := &club{secrets: sealing()}
	c.rig = serveGate(t, auth.New(apikey.Full(key), false).For(auth.People{Secrets: c.secrets, Revoked: c.isRevoked, NoKeys: true}), nil)
	return c
}

func (c *club) isRevoked(context.Context, string) (bool, error) {
	if c.down.Load() {
		return false, errors.New("503")
	}
	return c.revoked.Load(), nil
}

func person(role people.Role, exams ...string) people.Person {
	return people.Person{Name: "김조교", Role: role, Exams: exams, Until: time.Now().Add(time.Hour)}
}

// link is the path of an invitation for somebody.
func (c *club) link(p people.Person) string {
	c.t.Helper()
	i, err := people.Invite(p, time.Now())
	must(c.t, err)
	token, err := c.secrets.Token(i)
	must(c.t, err)
	return "/review/invite/" + token
}

// enter has somebody come in by an invitation, in a browser of their own.
func (c *club) enter(p people.Person) *club {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	must(c.t, err)
	own := *c.rig
	own.client = &http.Client{Jar: jar, Transport: c.client.Transport, CheckRedirect: c.client.CheckRedirect}
	if status, body := own.do(http.MethodPost, c.link(p), "", ""); status != http.StatusSeeOther {
		c.t.Fatalf("an invitation: got %d %s", status, body)
	}
	return &club{rig: &own, secrets: c.secrets}
}

// Every route that names an exam is closed to who may not see it: also one that is new.
func TestAGraderTouchesOnlyTheirExams(t *testing.T) {
	c := newClub(t)
	c.store.record(layout.Batch{ExamCode: "other", BatchID: "b"}.Job(), exam.Job{ExamCode: "other", BatchID: "b", Total: 1, CreatedAt: time.Now()})
	own := c.enter(person(people.Grader, "e"))
	token, objects := own.token(), len(c.store.objects)
	source, err := os.ReadFile("page.go")
	must(t, err)
	found := regexp.MustCompile(`"([A-Z]+) (/[^"]*\{exam\}[^"]*)"`).FindAllStringSubmatch(string(source), -1)
	if len(found) < 14 {
		t.Fatalf("only %d routes were found in page.go", len(found))
	}
	fill := strings.NewReplacer("{exam}", "other", "{batch}", "b", "{sheet}", "0123456789abcdef", "{page}", "1", "{part}", "id")
	for _, route := range found {
		path := fill.Replace(route[2])
		if strings.HasPrefix(path, "/exams/") && route[1] != http.MethodGet {
			continue // of the mount
		}
		if status, body := own.do(route[1], path+"?name=1.jpg", `{"names":["1.jpg"]}`, token); status != http.StatusForbidden {
			t.Errorf("%s %s: got %d %s", route[1], path, status, body)
		}
	}
	if status, _ := own.do(http.MethodDelete, "/review/exams/e?confirm=e", "", token); status != http.StatusForbidden || len(own.erased) != 0 {
		t.Errorf("a grader deletes an exam: got %d, %v", status, own.erased)
	}
	if len(own.queued) != 0 || len(c.store.objects) != objects {
		t.Errorf("%d messages and %d objects came of it", len(own.queued), len(c.store.objects)-objects)
	}
	manager := c.enter(person(people.Manager))
	if status, _ := manager.get("/review/exams/other/batches"); status != http.StatusOK {
		t.Errorf("a manager: got %d", status)
	}
	if status, _ := manager.do(http.MethodDelete, "/review/exams/e?confirm=e", "", manager.token()); status != http.StatusNoContent || !slices.Equal(own.erased, []string{"e by 김조교"}) {
		t.Errorf("a manager deletes one: got %d, %v", status, own.erased)
	}
	for who, want := range map[*club]string{own: "e", manager: "e other"} {
		var list struct{ Exams []struct{ Code string } }
		_, body := who.get("/review/exams")
		must(t, json.Unmarshal([]byte(body), &list))
		codes := map[string]bool{}
		for _, line := range list.Exams {
			codes[line.Code] = true
		}
		for _, code := range []string{"e", "other"} {
			if codes[code] != strings.Contains(want, code) {
				t.Errorf("%s is listed: %v, want %s", code, codes[code], want)
			}
		}
	}
}

// A link that is looked at opens nothing; its button opens a session of the person's.
func TestInvitation(t *testing.T) {
	c := newClub(t)
	link := c.link(person(people.Grader, "e"))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		if status, body := c.do(method, link, "", ""); status != http.StatusOK || method == http.MethodGet && !strings.Contains(body, "<strong>김조교</strong>") {
			t.Errorf("%s: got %d\n%s", method, status, body)
		}
		if status, _ := c.get("/review/exams"); status != http.StatusUnauthorized {
			t.Fatalf("after %s: got %d", method, status)
		}
	}
	request, err := http.NewRequest(http.MethodPost, c.url+link, nil)
	must(t, err)
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := c.client.Do(request)
	must(t, err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: got %d", answer.StatusCode)
	}
	answer, err = c.client.PostForm(c.url+link, nil)
	must(t, err)
	answer.Body.Close()
	cookie := answer.Cookies()[0]
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/exams" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.MaxAge > 3600 {
		t.Errorf("got %d to %q with %+v", answer.StatusCode, answer.Header.Get("Location"), cookie)
	}
	if status, body := c.get("/exams"); status != http.StatusOK || !strings.Contains(body, "김조교") || !strings.Contains(body, `title="e"`) {
		t.Errorf("the start page: got %d\n%s", status, body)
	}
}

func TestInvitationsThatOpenNothing(t *testing.T) {
	c := newClub(t)
	good := c.link(person(people.Grader, "e"))
	session, err := c.secrets.Seal(people.ForSession, people.Invitation{ID: "abcdefghij234567", Person: person(people.Manager)})
	must(t, err)
	ended, err := c.secrets.Token(people.Invitation{ID: "abcdefghij234567", Person: people.Person{Name: "x", Role: people.Manager, Until: time.Now().Add(-time.Second)}})
	must(t, err)
	bad, err := c.secrets.Token(people.Invitation{ID: "abcdefghij234567", Person: people.Person{Name: "x", Role: "owner", Until: time.Now().Add(time.Hour)}})
	must(t, err)
	others, err := (people.Secrets{strings.Repeat("x", 40)}).Token(people.Invitation{ID: "abcdefghij234567", Person: person(people.Manager)})
	must(t, err)
	for name, tt := range map[string]struct {
		path    string
		revoked bool
		down    bool
		want    int
	}{
		"changed": {path: good[:len(good)-1], want: 404}, "of another secret": {path: "/review/invite/" + others, want: 404}, "of another kind": {path: "/review/invite/" + session, want: 404},
		"of nobody": {path: "/review/invite/" + bad, want: 404}, "ended": {path: "/review/invite/" + ended, want: 410},
		"revoked": {path: good, revoked: true, want: 410}, "nobody knows": {path: good, down: true, want: 503},
	} {
		c.revoked.Store(tt.revoked)
		c.down.Store(tt.down)
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if status, _ := c.do(method, tt.path, "", ""); status != tt.want {
				t.Errorf("%s, %s: got %d, want %d", name, method, status, tt.want)
			}
		}
		c.down.Store(false)
		c.revoked.Store(false)
		if status, _ := c.get("/review/exams"); status != http.StatusUnauthorized {
			t.Fatalf("%s: it let somebody in: %d", name, status)
		}
	}
}

// Who settles a sheet is written down, by the session and by nothing that the browser says.
func TestVerdictsAreThePersons(t *testing.T) {
	c := newClub(t)
	own := c.enter(person(people.Grader, "e"))
	const path, body = "/review/exams/e/b/verdicts", `{"sheet":"0123456789abcdef","verdict":"undo"}`
	if status := own.post(path, `{"sheet":"0123456789abcdef","verdict":"undo","by":"이교수"}`, own.token()); status != http.StatusBadRequest {
		t.Errorf("by another's name: got %d", status)
	}
	if status := own.post(path, body, own.token()); status != http.StatusAccepted {
		t.Fatalf("got %d", status)
	}
	if got := own.resolved(); len(got) != 1 || got[0].By != "김조교" {
		t.Errorf("queued %+v", got)
	}
	// The page's token is of one session: another person's opens nothing.
	if status := c.enter(person(people.Manager)).post(path, body, own.token()); status != http.StatusForbidden {
		t.Errorf("with another person's token: got %d", status)
	}
	s := exam.Sheet{Result: exam.Result{Sheet: "0123456789abcdef", SheetKey: "1.jpg", Version: 2, Status: exam.StatusMatched}}
	s.Meta.Stage, s.Meta.By = exam.StagePerson, "김조교"
	c.store.record(layout.Batch{ExamCode: "e", BatchID: "b"}.Result(s.Sheet), s)
	answer, err := own.client.Get(own.url + "/review/exams/e/b/events")
	must(t, err)
	defer answer.Body.Close()
	first := make([]byte, 4096)
	n, err := io.ReadAtLeast(answer.Body, first, 300)
	must(t, err)
	if !strings.Contains(string(first[:n]), `"by":"김조교"`) {
		t.Errorf("got %s", first[:n])
	}
}

// What is brought says by whom.
func TestBroughtSaysBy(t *testing.T) {
	c := newClub(t)
	own := c.enter(person(people.Grader, "e"))
	token := own.token()
	for _, step := range [][3]string{
		{http.MethodPut, "roster", goodRoster}, {http.MethodPut, "scans?name=1.jpg", "picture"}, {http.MethodPost, "begin", `{"names":["1.jpg"]}`},
	} {
		if status, body := own.do(step[0], "/review/exams/e/b2/"+step[1], step[2], token); status >= 300 {
			t.Fatalf("%v: got %d %s", step, status, body)
		}
	}
	_, body := own.get("/review/exams/e/b2/brought")
	var got []exam.Brought
	must(t, json.Unmarshal([]byte(body), &got))
	if len(got) != 2 || got[0].What != exam.BroughtRoster || got[0].Count != 2 || got[1].What != exam.BroughtScans || got[0].By != "김조교" || got[1].By != "김조교" {
		t.Errorf("got %s", body)
	}
}

// A session ends with its invitation: at the next call, and in a stream that is open.
func TestRevokedSessionsEnd(t *testing.T) {
	c := newClub(t)
	own := c.enter(person(people.Grader, "e"))
	c.down.Store(true)
	for _, path := range []string{"/review/exams/e/batches", "/exams/e"} {
		if status, _ := own.get(path); status != http.StatusServiceUnavailable {
			t.Errorf("%s, where nobody knows: got %d", path, status)
		}
	}
	c.down.Store(false)
	if status, _ := own.get("/review/exams/e/batches"); status != http.StatusOK {
		t.Errorf("before: got %d", status)
	}
	c.revoked.Store(true)
	if status, _ := own.get("/review/exams/e/batches"); status != http.StatusUnauthorized {
		t.Errorf("after: got %d", status)
	}
	if _, body := own.get("/exams/e"); strings.Contains(body, "csrf") || strings.Contains(body, `name="key"`) {
		t.Errorf("the page after: %s", body)
	}
}

func TestStreamsEndWithTheirSession(t *testing.T) {
	c := newClub(t)
	p := person(people.Grader, "e")
	p.Until = time.Now().Add(2 * time.Second)
	own := c.enter(p)
	answer, err := own.client.Get(own.url + "/review/exams/e/b/events")
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body) // ends by itself
	must(t, err)
	if !strings.HasSuffix(string(body), "event: over\ndata: \"\"\n\n") || !time.Now().After(p.Until.Truncate(time.Second)) {
		t.Errorf("got %s", body)
	}
	if status, _ := own.get("/review/exams/e/b/events"); status != http.StatusUnauthorized {
		t.Errorf("the next one: got %d", status)
	}
}

// A key opens no session where people come in by themselves, and forged cookies none.
func TestOtherCookies(t *testing.T) {
	c := newClub(t)
	answer, err := c.login(key, "/exams")
	must(t, err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("by the key: got %d", answer.StatusCode)
	}
	byKey := serve(t, key)
	answer, err = byKey.login(key, "/exams")
	must(t, err)
	invitation := strings.TrimPrefix(c.link(person(people.Manager)), "/review/invite/")
	ended, err := c.secrets.Seal(people.ForSession, map[string]any{"person": people.Person{Name: "x", Role: people.Manager, Until: time.Now()}})
	must(t, err)
	owner, err := c.secrets.Seal(people.ForSession, map[string]any{"person": people.Person{Name: "x", Role: "owner", Until: time.Now().Add(time.Hour)}})
	must(t, err)
	for name, value := range map[string]string{"of the key": answer.Cookies()[0].Value, "an invitation": invitation, "ended": ended, "of no role": owner, "dots": "1..", "nothing": ""} {
		if status := withCookie(t, c.url, value); status != http.StatusUnauthorized {
			t.Errorf("%s: got %d", name, status)
		}
	}
}

// A person comes in by a provider that really signs, and lands where they wanted to be,
// if that is ours.
func TestSignInByProvider(t *testing.T) {
	secrets := sealing()
	gate := auth.New(apikey.Full(key), false).For(auth.People{Secrets: secrets, NoKeys: true})
	var r *rig
	at, err := idp.Start("hakbeon", "x", "http://127.0.0.1/review/oidc/callback")
	must(t, err)
	t.Cleanup(at.Close)
	at.Person(map[string]any{"sub": "7", "name": "김조교", "hakbeon_exams": []string{"e"}})
	r = serveGate(t, gate, signin.New(signin.Options{
		Issuer: at.URL, ClientID: at.ClientID, ClientSecret: at.Secret, RedirectURL: at.Redirect, ExamsClaim: "hakbeon_exams", Secrets: secrets,
		Client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}))
	if _, body := r.get("/exams/e?batch=b"); !strings.Contains(body, `href="review/oidc/begin?next=%2Fexams%2Fe%3Fbatch%3Db`) || strings.Contains(body, `name="key"`) {
		t.Errorf("the login: %s", body)
	}
	for next, want := range map[string]string{"/exams/e?batch=b": "/exams/e?batch=b", "https://evil.example/exams/": "/", "//evil.example/exams": "/", "/exams/\\evil": "/"} {
		answer, err := r.client.Get(r.url + "/review/oidc/begin?" + url.Values{"next": {next}}.Encode())
		must(t, err)
		answer.Body.Close()
		provider, err := r.client.Get(answer.Header.Get("Location"))
		must(t, err)
		provider.Body.Close()
		back, err := provider.Location()
		must(t, err)
		status, body := r.get(back.RequestURI())
		if status != http.StatusOK || !strings.Contains(body, `content="0;url=`+want+`"`) {
			t.Errorf("%s: got %d %s", next, status, body)
		}
		if again, _ := r.get(back.RequestURI()); again != http.StatusForbidden {
			t.Errorf("a second time: got %d", again)
		}
	}
	if status, body := r.get("/exams/e"); status != http.StatusOK || !strings.Contains(body, "csrf") {
		t.Errorf("the exam: got %d\n%s", status, body)
	}
	if status, _ := r.get("/exams/other"); status != http.StatusForbidden {
		t.Errorf("another exam: got %d", status)
	}
}

func TestProviderThatIsDown(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(down.Close)
	secrets := sealing()
	r := serveGate(t, auth.New(apikey.Full(key), false).For(auth.People{Secrets: secrets}), signin.New(signin.Options{
		Issuer: down.URL, Secrets: secrets, Client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}))
	if status, _ := r.get("/review/oidc/begin"); status != http.StatusServiceUnavailable {
		t.Errorf("got %d", status)
	}
	if status, _ := r.get("/review/oidc/callback?state=x&code=y"); status != http.StatusForbidden {
		t.Errorf("who was never sent there: got %d", status)
	}
}

// A manager makes a link that lets somebody in, sees whom they have invited, and ends it.
// Nobody else does.
func TestManagersInvite(t *testing.T) {
	c := newClub(t)
	boss, grader := c.enter(person(people.Manager)), c.enter(person(people.Grader, "e"))
	form := func(who *club, path string, values url.Values) (int, string) {
		t.Helper()
		answer, err := who.client.PostForm(who.url+path, values)
		must(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		must(t, err)
		return answer.StatusCode, string(body)
	}
	_, page := boss.get("/people")
	token := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(page)
	if token == nil || !strings.Contains(page, "Nobody has been invited yet.") {
		t.Fatalf("the page: %s", page)
	}
	good := url.Values{"csrf": {token[1]}, "name": {" <b>이조교</b> "}, "role": {"grader"}, "exams": {"e, f"}, "until": {time.Now().AddDate(0, 0, 3).Format(time.DateOnly)}}
	with := func(name, value string) url.Values {
		changed := maps.Clone(good)
		changed.Set(name, value)
		return changed
	}
	for name, tt := range map[string]struct {
		who    *club
		values url.Values
		want   int
	}{
		"a grader": {grader, with("csrf", grader.token()), 403}, "another's token": {boss, with("csrf", grader.token()), 403}, "no token": {boss, with("csrf", ""), 403},
		"no name": {boss, with("name", " "), 422}, "no exam": {boss, with("exams", ""), 422}, "no day": {boss, with("until", "soon"), 422}, "yesterday": {boss, with("until", "2020-01-01"), 422},
		"another role": {boss, with("role", "owner"), 422}, "without end": {boss, with("exams", strings.Repeat("x", 20<<10)), 403},
	} {
		if status, _ := form(tt.who, "/people", tt.values); status != tt.want || len(c.store.list("people/")) != 0 {
			t.Errorf("%s: got %d, want %d, and %d records", name, status, tt.want, len(c.store.list("people/")))
		}
	}
	status, page := form(boss, "/people", good)
	link := regexp.MustCompile(`value="(http://[^"]+/review/invite/[^"]+)"`).FindStringSubmatch(page)
	if status != http.StatusOK || link == nil || strings.Contains(page, "<b>") || !strings.Contains(page, "e, f") {
		t.Fatalf("got %d\n%s", status, page)
	}
	if _, again := boss.get("/people"); strings.Contains(again, "/review/invite/") {
		t.Error("the link is shown twice")
	}
	if status, _ := grader.get("/people"); status != http.StatusForbidden {
		t.Errorf("a grader sees the page: %d", status)
	}
	if status, body := c.get(strings.TrimPrefix(link[1], c.url)); status != http.StatusOK || !strings.Contains(body, "이조교") {
		t.Errorf("the link: got %d\n%s", status, body)
	}
	id := regexp.MustCompile(`people/([a-z2-7]{16})/revoke`).FindStringSubmatch(page)
	if status, _ := form(grader, "/people/"+id[1]+"/revoke", url.Values{"csrf": {grader.token()}}); status != http.StatusForbidden || len(c.store.list(layout.RevokedOf)) != 0 {
		t.Errorf("a grader revokes: %d", status)
	}
	if status, _ := form(boss, "/people/"+id[1]+"/revoke", url.Values{"csrf": {token[1]}}); status != http.StatusSeeOther || len(c.store.list(layout.Revoked(id[1]))) != 1 {
		t.Errorf("a manager revokes: %d, %v", status, c.store.list("people/"))
	}
	if _, page := boss.get("/people"); !strings.Contains(page, "revoked") || strings.Contains(page, "/revoke") {
		t.Errorf("after it: %s", page)
	}
}

func TestThePageOfPeopleWantsALogin(t *testing.T) {
	c := newClub(t)
	if _, body := c.get("/people"); strings.Contains(body, "csrf") || strings.Contains(body, "invited") {
		t.Errorf("without a session: %s", body)
	}
	if status, _ := c.do(http.MethodPost, "/people", "", ""); status != http.StatusOK || len(c.store.list("people/")) != 0 {
		t.Errorf("got %d, and %v", status, c.store.list("people/"))
	}
}

// A grader finds their exams also where there are more than can be listed.
func TestAGradersListAmongTooMany(t *testing.T) {
	c := newClub(t)
	for i := range 501 {
		b := layout.Batch{ExamCode: fmt.Sprintf("a%03d", i), BatchID: "b"}
		c.store.record(b.Job(), exam.Job{ExamCode: b.ExamCode, BatchID: "b", Total: 1, CreatedAt: time.Now()})
	}
	var list struct {
		Exams []struct{ Code string }
		More  bool
	}
	_, body := c.enter(person(people.Grader, "e", "a007", "none")).get("/review/exams")
	must(t, json.Unmarshal([]byte(body), &list))
	if len(list.Exams) != 2 || list.More {
		t.Errorf("got %s", body)
	}
}
