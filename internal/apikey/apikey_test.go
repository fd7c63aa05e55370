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
		"a":                {"a jobs,read,rosters,metrics"},
		"a,b c":            {"a jobs,read,rosters,metrics", "b jobs,read,rosters,metrics", "c jobs,read,rosters,metrics"},
		"a:metrics":        {"a metrics"},
		"a:jobs+read, b==": {"a jobs,read", "b== jobs,read,rosters,metrics"},
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
	for _, text := range []string{"a:", "secret:admin", ":metrics", "secret:jobs+", "secret:Jobs"} {
		if _, err := apikey.Parse(text); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v, want an error without the key", text, err)
		}
	}
}

func TestSecrets(t *testing.T) {
	keys, err := apikey.Parse("full half:jobs+read prometheus:metrics")
	if err != nil {
		t.Fatal(err)
	}
	if got := keys.Secrets(apikey.Jobs, apikey.Read); !slices.Equal(got, []string{"full", "half"}) {
		t.Errorf("got %v", got)
	}
	if _, ok := keys.Find("ful"); ok {
		t.Error("a part of a key is a key")
	}
}
