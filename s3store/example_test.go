package s3store_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// A record is created once, and changed only as it was read.
func Example() {
	ctx := context.Background()
	cfg, err := stack.AWSConfig(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	store := s3store.New(client, stack.Env["S3_BUCKET"])
	key := layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "a"}.Part("1")

	fmt.Println(store.CreateRecord(ctx, key, exam.Part{Keys: []string{"1.jpg"}}))
	err = store.CreateRecord(ctx, key, exam.Part{Keys: []string{"2.jpg"}})
	fmt.Println(errors.Is(err, s3store.ErrExists))

	var part exam.Part
	etag, err := store.Load(ctx, key, &part)
	fmt.Println(part.Keys, err)
	part.Keys = append(part.Keys, "2.jpg")
	fmt.Println(store.ReplaceRecord(ctx, key, part, etag))
	// Output:
	// <nil>
	// true
	// [1.jpg] <nil>
	// <nil>
}
