package people_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/people"
)

func now() time.Time { return time.Date(2026, 12, 14, 9, 0, 0, 0, time.UTC) }

func secret(letter string) string { return strings.Repeat(letter, people.ShortestSecret) }

func grader() people.Person {
	return people.Person{Name: "김조교", Role: people.Grader, Exams: []string{"A", "B"}, Until: now().Add(24 * time.Hour)}
}

// An invitation says who may do what, and nobody can change what it says.
func Example() {
	secrets, err := people.ParseSecrets(strings.Repeat("not a secret of anybody, ", 2) + strings.Repeat("x", 40))
	fmt.Println(len(secrets), err)
	secrets, _ = people.ParseSecrets(strings.Repeat("x", 40))
	invitation, err := people.Invite(grader(), now())
	if err != nil {
		fmt.Println(err)
		return
	}
	token, _ := secrets.Token(invitation)
	got, err := secrets.Invitation(token, now())
	fmt.Println(got.Person.Name, got.Person.Sees("A"), got.Person.Sees("C"), err)
	_, err = secrets.Invitation(token, now().Add(48*time.Hour))
	fmt.Println(err)
	// Output:
	// 0 secret 1 has 23 characters: take at least 32, such as from openssl rand -hex 32
	// 김조교 true false <nil>
	// the invitation has ended
}

func TestInviteChecksThePerson(t *testing.T) {
	long := make([]string, people.MaxExams+1)
	for i := range long {
		long[i] = fmt.Sprint("E", i)
	}
	for name, tt := range map[string]struct {
		change func(*people.Person)
		ok     bool
	}{
		"a grader":              {func(*people.Person) {}, true},
		"a manager":             {func(p *people.Person) { p.Role, p.Exams = people.Manager, nil }, true},
		"a manager of exams":    {func(p *people.Person) { p.Role = people.Manager }, false},
		"a grader of none":      {func(p *people.Person) { p.Exams = nil }, false},
		"another role":          {func(p *people.Person) { p.Role = "admin" }, false},
		"no role":               {func(p *people.Person) { p.Role = "" }, false},
		"no name":               {func(p *people.Person) { p.Name = "" }, false},
		"a name of two lines":   {func(p *people.Person) { p.Name = "김\n조교" }, false},
		"a name that is turned": {func(p *people.Person) { p.Name = "김\u202e조교" }, false},
		"a name with a margin":  {func(p *people.Person) { p.Name = " 김조교" }, false},
		"a name without end":    {func(p *people.Person) { p.Name = strings.Repeat("김", 201) }, false},
		"an exam that is none":  {func(p *people.Person) { p.Exams = []string{"../A"} }, false},
		"too many exams":        {func(p *people.Person) { p.Exams = long }, false},
		"exams that are too long": {func(p *people.Person) {
			p.Exams = nil
			for i := range 25 {
				p.Exams = append(p.Exams, fmt.Sprintf("E%063d", i))
			}
		}, false},
		"no end":       {func(p *people.Person) { p.Until = time.Time{} }, false},
		"an end now":   {func(p *people.Person) { p.Until = now() }, false},
		"a far end":    {func(p *people.Person) { p.Until = now().AddDate(3, 0, 0) }, false},
		"a second off": {func(p *people.Person) { p.Until = now().Add(time.Second) }, true},
	} {
		p := grader()
		tt.change(&p)
		if i, err := people.Invite(p, now()); (err == nil) != tt.ok || tt.ok && !people.ValidID(i.ID) {
			t.Errorf("%s: got %+v, %v", name, i, err)
		}
	}
}

func TestSees(t *testing.T) {
	for _, tt := range []struct {
		p    people.Person
		want bool
	}{
		{people.Person{Role: people.Manager}, true}, {people.Person{Role: people.Grader, Exams: []string{"A"}}, true},
		{people.Person{Role: people.Grader, Exams: []string{"B", "AA", "a"}}, false}, {people.Person{Exams: []string{"A"}}, false}, {people.Person{Role: "owner"}, false},
	} {
		if got := tt.p.Sees("A"); got != tt.want {
			t.Errorf("%+v: got %v", tt.p, got)
		}
	}
}

// What was sealed for one thing opens nothing else, and nothing that was changed opens.
func TestSeal(t *testing.T) {
	ours := people.Secrets{secret("a")}
	sealed, err := ours.Seal(people.ForSession, "x")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(sealed, ".")
	for name, tt := range map[string]struct {
		by      people.Secrets
		purpose people.Purpose
		text    string
		ok      bool
	}{
		"as it was":             {ours, people.ForSession, sealed, true},
		"by the older secret":   {people.Secrets{secret("b"), secret("a")}, people.ForSession, sealed, true},
		"by another secret":     {people.Secrets{secret("b")}, people.ForSession, sealed, false},
		"by no secret":          {nil, people.ForSession, sealed, false},
		"for another purpose":   {ours, people.ForInvitation, sealed, false},
		"without its mac":       {ours, people.ForSession, parts[0] + "." + parts[1] + ".", false},
		"of two parts":          {ours, people.ForSession, parts[0] + "." + parts[1], false},
		"with another body":     {ours, people.ForSession, parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`"y"`)) + "." + parts[2], false},
		"of another version":    {ours, people.ForSession, "2." + parts[1] + "." + parts[2], false},
		"with something behind": {ours, people.ForSession, sealed + "A", false},
		"nothing":               {ours, people.ForSession, "", false},
		"dots":                  {ours, people.ForSession, "..", false},
		"without end":           {ours, people.ForSession, "1." + strings.Repeat("A", 10_000) + "." + parts[2], false},
	} {
		var got string
		err := tt.by.Open(tt.purpose, tt.text, &got)
		if tt.ok && (err != nil || got != "x") || !tt.ok && !errors.Is(err, people.ErrSeal) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if _, err := (people.Secrets{}).Seal(people.ForSession, 1); err == nil {
		t.Error("sealed with no secret")
	}
}

func TestParseSecrets(t *testing.T) {
	for text, want := range map[string]people.Secrets{
		"": nil, ",, ,": nil, secret("a"): {secret("a")}, secret("b") + ", " + secret("a"): {secret("b"), secret("a")},
	} {
		if got, err := people.ParseSecrets(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	if _, err := people.ParseSecrets(secret("a") + ",hunter2"); err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "secret 2") {
		t.Errorf("got %v", err)
	}
}

// bucket is S3 with the marks of some invitations.
type bucket struct {
	marks map[string]bool
	down  bool
	reads atomic.Int32
}

func (b *bucket) Get(_ context.Context, key string, _ int64) (s3store.Object, error) {
	b.reads.Add(1)
	switch {
	case b.down:
		return s3store.Object{}, errors.New("503")
	case b.marks[key]:
		return s3store.Object{}, nil
	}
	return s3store.Object{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
}

func (b *bucket) CreateRecord(_ context.Context, key string, _ any) error {
	if b.marks[key] {
		return &s3store.Error{Op: "create", Key: key, Kind: s3store.ErrExists}
	}
	b.marks[key] = true
	return nil
}

func (b *bucket) Load(context.Context, string, any) (string, error) {
	return "", errors.New("not this")
}

func (b *bucket) List(context.Context, string) iter.Seq2[s3store.Info, error] {
	return func(func(s3store.Info, error) bool) {}
}

const id = "abcdefghij234567"

// A revoked invitation is known as one within 30 s, and S3 is not asked more often.
func TestRevocations(t *testing.T) {
	b := &bucket{marks: map[string]bool{}}
	clock := newClock()
	r := people.NewRevocationsAt(b, clock.now)
	looks := func(want bool, reads int32) {
		t.Helper()
		got, err := r.Revoked(t.Context(), id)
		if err != nil || got != want || b.reads.Load() != reads {
			t.Errorf("got %v, %v after %d reads, want %v after %d", got, err, b.reads.Load(), want, reads)
		}
	}
	looks(false, 1)
	looks(false, 1)
	for range 2 { // again does nothing
		if err := (people.Book{Records: b}).Revoke(t.Context(), id, "이교수", now()); err != nil {
			t.Fatal(err)
		}
	}
	clock.pass(people.RevokedFor - time.Second)
	looks(false, 1)
	clock.pass(2 * time.Second)
	looks(true, 2)
	b.down = true
	clock.pass(2 * people.RevokedFor)
	if _, err := r.Revoked(t.Context(), id); err == nil {
		t.Error("nobody knows, and it was said")
	}
	b.down = false
	looks(true, 4)
}

type clock struct{ at time.Time }

func newClock() *clock                { return &clock{now()} }
func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

func TestRevokeWantsAnID(t *testing.T) {
	b := &bucket{marks: map[string]bool{}}
	for _, wrong := range []string{"", "../../results/x", strings.ToUpper(id), id + "a", "abcdefghij234561"} {
		if err := (people.Book{Records: b}).Revoke(t.Context(), wrong, "", now()); err == nil || len(b.marks) != 0 {
			t.Errorf("%q: got %v", wrong, err)
		}
	}
	if key := layout.Revoked(id); key != "people/revoked/"+id {
		t.Errorf("it lies at %q", key)
	}
}

// Whatever a provider calls a person, the name may be shown and carried by a verdict.
func FuzzCleanName(f *testing.F) {
	for _, name := range []string{"김조교", " a\tb\n", "\u202ex\u2066", "\xff", strings.Repeat("김 ", 300), "\uffff", "\u200b"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if clean := people.CleanName(name); clean != "" && !people.ValidName(clean) {
			t.Errorf("%q becomes %q", name, clean)
		}
	})
}

// No text opens that was not sealed by us, and none takes the process down.
func FuzzOpen(f *testing.F) {
	ours := people.Secrets{secret("a")}
	sealed, err := ours.Seal(people.ForSession, map[string]int{"a": 1})
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"", "1..", sealed, sealed + ".", "1.e30.x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got map[string]int
		if err := ours.Open(people.ForSession, text, &got); err == nil && text != sealed {
			t.Errorf("%q was opened as %v", text, got)
		}
	})
}
