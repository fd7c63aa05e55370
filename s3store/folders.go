package s3store

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Folders returns the names of the folders right under a prefix that ends in
// "/", at most limit of them.
func (s *Store) Folders(ctx context.Context, prefix string, limit int) ([]string, error) {
	pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix, Delimiter: aws.String("/")})
	var out []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, wrap(ctx, "list", prefix, err)
		}
		for _, p := range page.CommonPrefixes {
			if len(out) == limit {
				return out, nil
			}
			out = append(out, strings.TrimSuffix(strings.TrimPrefix(aws.ToString(p.Prefix), prefix), "/"))
		}
	}
	return out, nil
}
