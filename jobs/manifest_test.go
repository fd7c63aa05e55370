package jobs_test

import (
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"testing"

	"hakbeon/jobs"
)

func TestParseManifest(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
		says       string
	}{
		{"good", ` {"keys" : ["a.jpg", "답안/1.jpg"]}` + "\n", []string{"a.jpg", "답안/1.jpg"}, ""},
		{"not JSON", `keys`, nil, "should be JSON"},
		{"empty", ``, nil, "should be JSON"},
		{"a list", `["a.jpg"]`, nil, "should be JSON"},
		{"no keys", `{"keys": []}`, nil, "should be JSON"},
		{"null", `{"keys": null}`, nil, "should be JSON"},
		{"a number", `{"keys": [1]}`, nil, "should be JSON"},
		{"another field", `{"keys": ["a"], "roster_key": "r.xlsx"}`, nil, "nothing else"},
		{"twice", `{"keys": ["a"], "keys": ["b"]}`, nil, "nothing else"},
		{"cut short", `{"keys": ["a"`, nil, "should be JSON"},
		{"more behind", `{"keys": ["a"]} {"keys": ["b"]}`, nil, "nothing else"},
		{"not UTF-8", "{\"keys\": [\"\xff\"]}", nil, "UTF-8"},
		{"up and out", `{"keys": ["a", "b/../../c"]}`, nil, "keys[1]"},
		{"absolute", `{"keys": ["/a"]}`, nil, "keys[0]"},
		{"control character", `{"keys": ["a\u0007"]}`, nil, "keys[0]"},
		{"overlong", `{"keys": ["` + strings.Repeat("a", 1025) + `"]}`, nil, "keys[0]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := jobs.ParseManifest([]byte(test.text))
			if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
			if err == nil && !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Twenty million keys of nothing cost the memory of a hundred thousand.
func TestManifestBomb(t *testing.T) {
	bomb := []byte(`{"keys": ["",` + strings.Repeat(`"",`, jobs.MaxManifestBytes/3-10) + `""]}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := jobs.ParseManifest(bomb)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "at most 100000") {
		t.Errorf("got %v", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("took %d MiB, want at most 64", took>>20)
	}
}

// FuzzParseManifest: no bytes panic, and what is taken is what the plain decoder
// makes of it.
func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(`{"keys": ["a.jpg", "b.jpg"]}`))
	f.Add([]byte(`{"keys": ["\ud800", "\u0000"], "x": {}}`))
	f.Add([]byte(`{"keys": [[[[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := jobs.ParseManifest(data)
		if err != nil {
			return
		}
		var plain struct {
			Keys []string `json:"keys"`
		}
		if err := json.Unmarshal(data, &plain); err != nil || !slices.Equal(plain.Keys, keys) {
			t.Errorf("got %q, the plain decoder %q, %v", keys, plain.Keys, err)
		}
	})
}
