package credentials_test

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"hakbeon/s3store/credentials"
)

func Example() {
	source, err := credentials.Open(aws.Config{}, credentials.Options{
		Endpoint: credentials.Endpoint{URL: "https://backend.example.com/sts/credentials", Token: "from a secret store"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(source)
	// Output: STS_API_ENDPOINT (POST https://backend.example.com/sts/credentials)
}
