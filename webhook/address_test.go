package webhook_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"hakbeon/webhook"
)

func TestPostRefusesSpecialAddresses(t *testing.T) {
	c := client(t, webhook.Options{})
	for _, host := range []string{
		"127.0.0.1", "127.0.0.1:8443", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0",
		"224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fd00:ec2::254]", "[fc00::1]", "[::ffff:127.0.0.1]",
		"[::ffff:169.254.169.254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost",
	} {
		if got := post(t, c, "https://"+host+"/"); got.Reason != webhook.ReasonAddress {
			t.Errorf("%s: got %v, want reason address_refused", host, got)
		}
	}
}

// What is refused at delivery is refused before it, in the same words.
func TestCheckSaysWhatPostWould(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	for _, test := range []struct{ url, list, answer string }{
		{"ftp://x/", "", ""},
		{"no url", "", ""},
		{"http://backend.test/", "", "8.8.8.8"},
		{"https://10.0.0.1/", "", ""},
		{"https://[::1]:8443/", "", ""},
		{"https://backend.test/", "backend.test", "10.0.0.1"},
		{s.URL + "/", "127.0.0.1", ""},
	} {
		o := webhook.Options{Allowed: allowed(t, test.list)}
		if test.answer != "" {
			o.Resolver = nameServer(t, test.answer)
		}
		c := client(t, o)
		want := fmt.Sprint(c.Post(t.Context(), test.url, "evt_1", nil))
		err := c.Check(t.Context(), test.url)
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%s: check says %q, post %q", test.url, got, want)
		}
		if bad, ok := errors.AsType[*webhook.Error](err); ok != (err != nil) || ok && !bad.Refused() {
			t.Errorf("%s: got %v, want a refusal or none", test.url, err)
		}
	}
}

// Check neither needs the receiver nor tells it.
func TestCheckDoesNotPost(t *testing.T) {
	c := client(t, webhook.Options{Resolver: nameServer(t, "203.0.114.7")})
	must(t, c.Check(t.Context(), "https://backend.test/hook"))
}

func TestPostAsksTheAddressNotTheName(t *testing.T) {
	var reached atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	tests := []struct {
		name, list, answer string
		want               webhook.Reason // empty: delivered
	}{
		{"a listed name does not open the private network", "backend.test", "127.0.0.1", webhook.ReasonAddress},
		{"nor the metadata service", "backend.test", "169.254.169.254", webhook.ReasonAddress},
		{"a listed address does", "backend.test,127.0.0.1", "127.0.0.1", ""},
		{"a listed block does", "backend.test,127.0.0.0/8", "127.0.0.1", ""},
		{"on the listed port", "backend.test,127.0.0.1" + port, "127.0.0.1", ""},
		{"on no other port", "backend.test,127.0.0.1:1", "127.0.0.1", webhook.ReasonAddress},
		{"another address does not", "backend.test,127.0.0.2", "127.0.0.1", webhook.ReasonAddress},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := reached.Load()
			c := client(t, webhook.Options{Allowed: allowed(t, tt.list), Resolver: nameServer(t, tt.answer)})
			url := "http://backend.test" + port + "/"
			must(t, webhook.CheckURL(url, allowed(t, tt.list)))
			if tt.want == "" {
				must(t, c.Post(t.Context(), url, "evt_1", nil))
			} else if got := post(t, c, url); got.Reason != tt.want {
				t.Errorf("got %v, want reason %s", got, tt.want)
			}
			if delivered := reached.Load() - before; delivered != 0 && tt.want != "" {
				t.Error("the receiver was reached")
			}
		})
	}
}

// The name server answers with a good address while the URL is looked at and
// with another one afterwards.
func TestPostSurvivesRebinding(t *testing.T) {
	var reached atomic.Int32
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		w.Header().Set("Connection", "close") // each post dials anew
	})
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	list := allowed(t, "rebind.test,127.0.0.1")
	resolver := nameServer(t, "127.0.0.1", "127.0.0.1", "169.254.169.254")
	first, err := resolver.LookupIP(t.Context(), "ip4", "rebind.test")
	must(t, err)
	if !first[0].Equal(net.IPv4(127, 0, 0, 1)) {
		t.Fatalf("first answer is %v", first)
	}
	c := client(t, webhook.Options{Allowed: list, Resolver: resolver})
	must(t, c.Post(t.Context(), "http://rebind.test"+port, "evt_1", nil))
	if got := post(t, c, "http://rebind.test"+port); got.Reason != webhook.ReasonAddress {
		t.Errorf("after rebinding: got %v, want reason address_refused", got)
	}
	if reached.Load() != 1 {
		t.Errorf("reached %d times, want 1", reached.Load())
	}
}

func TestAddressErrorSaysWhatToList(t *testing.T) {
	c := client(t, webhook.Options{Allowed: allowed(t, "backend.test"), Resolver: nameServer(t, "10.1.2.3")})
	got := post(t, c, "https://backend.test/private")
	for _, part := range []string{"backend.test", "10.1.2.3", "allowed"} {
		if !strings.Contains(got.Error(), part) {
			t.Errorf("%q does not say %q", got, part)
		}
	}
}
