package auth_test

import (
	"fmt"

	"hakbeon/internal/apikey"
	"hakbeon/web/auth"
)

// A key lets in to what it may do; 0 lets in.
func ExampleGate_Refusal() {
	const key = "not a key of anybody"
	gate := auth.New(apikey.Full(key), false)
	status, _ := gate.Refusal(key, apikey.Read)
	fmt.Println(status)
	fmt.Println(gate.Refusal("", apikey.Read))
	// Output:
	// 0
	// 401 send a valid API key as X-API-Key or as a Bearer token
}
