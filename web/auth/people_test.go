package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hakbeon/internal/apikey"
	"hakbeon/web/auth"
	"hakbeon/web/people"
)

func withPeople(revoked func(context.Context, string) (bool, error)) *auth.Gate {
	return auth.New(apikey.Full(full), false).For(auth.People{Secrets: people.Secrets{strings.Repeat("s", people.ShortestSecret)}, Revoked: revoked, NoKeys: true})
}

// admitted is a request of somebody whom the gate has let in.
func admitted(t *testing.T, gate *auth.Gate, p people.Person) *http.Request {
	t.Helper()
	w := httptest.NewRecorder()
	if err := gate.Admit(w, httptest.NewRequest(http.MethodPost, "/", nil), p, "abcdefghij234567"); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range w.Result().Cookies() {
		r.AddCookie(c)
	}
	return r
}

func grader(until time.Time) people.Person {
	return people.Person{Name: "김조교", Subject: "7", Role: people.Grader, Exams: []string{"A"}, Until: until}
}

// A person's session ends after twelve hours, or at the person's own end before that.
func TestSessionsOfPeopleEnd(t *testing.T) {
	for name, tt := range map[string]struct{ until, ends time.Duration }{
		"long":  {100 * time.Hour, auth.SessionTime},
		"short": {time.Hour, time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			gate := withPeople(nil)
			r := admitted(t, gate, grader(time.Now().Add(tt.until)))
			s, err := gate.Session(r)
			if err != nil || s.Person.Name != "김조교" || !s.Person.Sees("A") || s.Person.Sees("B") || !s.May(apikey.Rosters) {
				t.Errorf("%s: got %+v, %v", name, s.Person, err)
			}
			time.Sleep(tt.ends - time.Second)
			if _, err := gate.Session(r); err != nil {
				t.Errorf("%s, a second before: %v", name, err)
			}
			time.Sleep(time.Second)
			if _, err := gate.Session(r); !errors.Is(err, auth.ErrNoSession) {
				t.Errorf("%s, at its end: %v", name, err)
			}
		})
	}
}

func TestNobodyIsAdmittedWhoIsNobody(t *testing.T) {
	for name, p := range map[string]people.Person{
		"nobody": {}, "ended": grader(time.Unix(1, 0)), "of no exam": {Name: "x", Role: people.Grader}, "of another role": {Name: "x", Role: "owner"},
	} {
		w := httptest.NewRecorder()
		gate := withPeople(nil)
		err := gate.Admit(w, httptest.NewRequest(http.MethodPost, "/", nil), p, "")
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		for _, c := range w.Result().Cookies() {
			r.AddCookie(c)
		}
		if _, none := gate.Session(r); !errors.Is(none, auth.ErrNoSession) {
			t.Errorf("%s: got %v and a session", name, err)
		}
	}
}

// Require: 401 is for who has to sign in, 503 where that can't be known.
func TestRequireOfPeople(t *testing.T) {
	var revoked bool
	var down error
	gate := withPeople(func(_ context.Context, id string) (bool, error) {
		if id != "abcdefghij234567" {
			t.Errorf("asked for %q", id)
		}
		return revoked, down
	})
	r := admitted(t, gate, grader(time.Now().Add(time.Hour)))
	for _, tt := range []struct {
		revoked bool
		down    error
		want    int
	}{{false, nil, http.StatusOK}, {true, nil, http.StatusUnauthorized}, {false, errors.New("503"), http.StatusServiceUnavailable}} {
		revoked, down = tt.revoked, tt.down
		w := httptest.NewRecorder()
		gate.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if name := auth.SessionOf(r.Context()).Person.Name; name != "김조교" {
				t.Errorf("the session is of %q", name)
			}
		})).ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%+v: got %d", tt, w.Code)
		}
	}
}

// A key opens a session unless people come in by themselves.
func TestByKey(t *testing.T) {
	if withPeople(nil).ByKey() || !withPeople(nil).Graders() || !auth.New(apikey.Full(full), false).ByKey() {
		t.Error("whether a key opens a session")
	}
	if withPeople(nil).LogIn(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil), full) {
		t.Error("a key opened one")
	}
	for role, may := range map[people.Role]bool{people.Grader: false, people.Manager: true} {
		p := grader(time.Now().Add(time.Hour))
		if p.Role = role; role == people.Manager {
			p.Exams = nil
		}
		s, err := withPeople(nil).Session(admitted(t, withPeople(nil), p))
		if err != nil || s.May(apikey.Delete) != may || !s.May(apikey.Jobs) || s.ByKey() {
			t.Errorf("a %s: %v, may delete: %v", role, err, s.May(apikey.Delete))
		}
	}
	s, err := auth.New(nil, false).Session(httptest.NewRequest(http.MethodGet, "/", nil))
	if err != nil || s.Person.Name != "" || !s.Person.Sees("any") {
		t.Errorf("without keys: %+v, %v", s.Person, err)
	}
}
