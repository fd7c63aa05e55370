package faultproxy_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"hakbeon/lab/faultproxy"
)

func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	calls := 0
	proxy, err := faultproxy.Start(faultproxy.Options{
		Target: server.URL,
		Request: func(context.Context, *faultproxy.Call) faultproxy.Fault {
			if calls++; calls == 1 {
				return faultproxy.SlowDown
			}
			return faultproxy.None
		},
	})
	if err != nil {
		panic(err)
	}
	defer proxy.Close()
	for range 2 {
		resp, err := http.Get(proxy.URL())
		if err != nil {
			panic(err)
		}
		resp.Body.Close()
		fmt.Println(resp.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	// Output:
	// 503
	// 200
}
