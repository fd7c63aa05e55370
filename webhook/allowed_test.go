package webhook_test

import (
	"net/url"
	"strings"
	"testing"

	"hakbeon/internal/egress"
	"hakbeon/webhook"
)

func TestCheckURL(t *testing.T) {
	const list = "backend.example.com, Only.Example.com:8443, 10.0.0.0/8, 127.0.0.1:9000, [::1]:9000, ::2, 한글.example, my_service, "
	tests := []struct {
		url string
		ok  bool
	}{
		{"https://backend.example.com/hooks/recognition", true},
		{"http://backend.example.com/", true},
		{"https://backend.example.com", true},
		{"https://backend.example.com:9999/x?token=1", true},
		{"HTTPS://BACKEND.example.COM./x", true},
		{"https://only.example.com:8443/", true},
		{"https://한글.example/", true},
		{"https://xn--bj0bj06e.example/", true},
		{"http://my_service:8080/", true},
		{"http://10.200.3.4:1234/", true},
		{"http://127.0.0.1:9000/hook", true},
		{"http://[::1]:9000/hook", true},
		{"https://[::2]/", true},
		{"http://[::ffff:10.0.0.1]/", true},

		{"", false},
		{"/hooks", false},
		{"backend.example.com/hooks", false},
		{"//backend.example.com/hooks", false},
		{"https:backend.example.com", false},
		{"https://", false},
		{"https:///path", false},
		{"ftp://backend.example.com/", false},
		{"javascript:alert(1)", false},
		{"https://user@backend.example.com/", false},
		{"https://user:pass@backend.example.com/", false},
		{"https://backend.example.com@evil.example/", false},
		{"https://backend.example.com\\@evil.example/", false},
		{"https://backend.example.com/#part", false},
		{"https://backend.example.com/#", false},
		{"https://backend.example.com:0/", false},
		{"https://backend.example.com:99999/", false},
		{"https://backend.example.com /", false},
		{"https://backend.example.com\n/", false},
		{"https://evil.example/backend.example.com", false},
		{"https://backend.example.com.evil.example/", false},
		{"https://sub.backend.example.com/", false},
		{"https://only.example.com/", false},
		{"http://only.example.com/", false},
		{"http://127.0.0.1/", false},
		{"http://127.1:9000/", false},
		{"http://2130706433:9000/", false},
		{"http://0x7f000001:9000/", false},
		{"http://127.0.0.1.:9000/", false},
		{"http://[::1]/", false},
		{"http://[::2%25eth0]/", false},
		{"http://11.0.0.1/", false},
		{"https://backend.example.com/" + strings.Repeat("x", 2048), false},
	}
	a := allowed(t, list)
	for _, tt := range tests {
		err := webhook.CheckURL(tt.url, a)
		if (err == nil) != tt.ok {
			t.Errorf("%.80q: got %v, want ok %v", tt.url, err, tt.ok)
		}
		if err := webhook.CheckURL(tt.url, egress.Allowed{}); err == nil {
			t.Errorf("%.80q: taken though nothing is allowed", tt.url)
		}
	}
}

func TestCheckURLShowsOnlyTheHost(t *testing.T) {
	for _, raw := range []string{
		"https://evil.example/private-path?private-query", "https://private-user:private-pass@evil.example/", "https://private-\x7f/",
		"private-scheme://evil.example", "https://evil.example:private-port/", "https://evil.example/%private",
	} {
		err := webhook.CheckURL(raw, egress.Allowed{})
		if err == nil {
			t.Errorf("%q was taken", raw)
			continue
		}
		assertNoLeak(t, err.Error(), "private")
	}
}

func FuzzCheckURL(f *testing.F) {
	a := allowed(f, "good.example,10.0.0.0/8")
	f.Add("https://good.example/")
	f.Add("http://10.1.2.3:80/?x#y")
	f.Add("https://good.example@evil.example\\/")
	f.Fuzz(func(t *testing.T, raw string) {
		if webhook.CheckURL(raw, a) != nil {
			return
		}
		u, err := url.Parse(raw)
		must(t, err)
		name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
		isASCII := strings.IndexFunc(name, func(r rune) bool { return r > 127 }) < 0
		if isASCII && name != "good.example" && !strings.Contains(name, "10.") && !strings.HasPrefix(name, "::ffff:") {
			t.Fatalf("%q leads to %q", raw, name)
		}
	})
}
