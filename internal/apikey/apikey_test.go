package apikey_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hakbeon/internal/apikey"
)

func Example() {
	keys, err := apikey.Parse("backend, prometheus:metrics")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, ok := keys.Find("prometheus")
	fmt.Println(ok, key.May(apikey.Metrics), key.May(apikey.Jobs))
	// Output: true true false
}

func TestParse(t *testing.T) {
	for text, want := range map[string][]string{
		"":                 nil,
		"a":                {"a jobs,read,rosters,metrics,delete"},
		"a, b,, c ,":       {"a jobs,read,rosters,metrics,delete", "b jobs,read,rosters,metrics,delete", "c jobs,read,rosters,metrics,delete"},
		"blue sky":         {"blue sky jobs,read,rosters,metrics,delete"},
		"blue sky :read,a": {"blue sky read", "a jobs,read,rosters,metrics,delete"},
		"a:metrics":        {"a metrics"},
		"a:jobs+read, b==": {"a jobs,read", "b== jobs,read,rosters,metrics,delete"},
	} {
		keys, err := apikey.Parse(text)
		var got []string
		for _, k := range keys {
			var rights []string
			for _, r := range k.Rights {
				rights = append(rights, string(r))
			}
			got = append(got, k.Secret+" "+strings.Join(rights, ","))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"a:", "secret:admin", ":metrics", "secret:jobs+", "secret:Jobs", "secret:jobs secret:read"} {
		if _, err := apikey.Parse(text); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v, want an error without the key", text, err)
		}
	}
}

func TestFind(t *testing.T) {
	keys, err := apikey.Parse("full,half:jobs+read,prometheus:metrics")
	if err != nil {
		t.Fatal(err)
	}
	if key, ok := keys.Find("half"); !ok || !key.May(apikey.Jobs) || key.May(apikey.Rosters) {
		t.Errorf("got %+v, %v", key.Rights, ok)
	}
	if _, ok := keys.Find("ful"); ok {
		t.Error("a part of a key is a key")
	}
}

// A phrase is let in whole, and its words are not.
func TestPhrase(t *testing.T) {
	keys, err := apikey.Parse("blue sky")
	if err != nil {
		t.Fatal(err)
	}
	for secret, want := range map[string]bool{"blue sky": true, "blue": false, "sky": false} {
		if _, ok := keys.Find(secret); ok != want {
			t.Errorf("%q: got %v", secret, ok)
		}
	}
}

func TestGuessable(t *testing.T) {
	for text, says := range map[string]string{
		"": "", "0123456789abcdef": "", "0123456789abcdef, 0123456789abcdef0:read": "",
		"1": "key 1 has 1 ", "0123456789abcdef,hunter2:metrics": "key 2 has 7 ", "하늘하늘하늘": "key 1 has 6 ",
	} {
		keys, err := apikey.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		err = keys.Guessable()
		if (err == nil) != (says == "") || err != nil && (!strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%q: got %v, want %q without the key", text, err, says)
		}
	}
}
