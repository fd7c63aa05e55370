package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

// listTests are about listings and deletions of many keys.
func listTests() []s3Test {
	return []s3Test{
		{"ListPages", listPages},
		{"ListStartAfter", listStartAfter},
		{"ListPrefix", listPrefix},
		{"ListDelimiter", listDelimiter},
		{"ListMany", listMany},
		{"DeleteMany", deleteMany},
	}
}

// list returns the names under the subtest's prefix and a further one, by
// whole pages.
func (b *s3Bucket) list(t *testing.T, under string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, name := range b.listOrdered(t, &s3.ListObjectsV2Input{Prefix: b.key(under)}) {
		names[name] = true
	}
	return names
}

// listOrdered pages through a listing and returns the names in its order.
func (b *s3Bucket) listOrdered(t *testing.T, in *s3.ListObjectsV2Input) []string {
	t.Helper()
	in.Bucket = &b.name
	var names []string
	for pages := s3.NewListObjectsV2Paginator(b.c, in); pages.HasMorePages(); {
		page, err := pages.NextPage(b.ctx)
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		for _, o := range page.Contents {
			names = append(names, strings.TrimPrefix(aws.ToString(o.Key), b.prefix))
		}
	}
	return names
}

// fill puts n small objects and returns their names in order.
func (b *s3Bucket) fill(t *testing.T, dir string, n int) []string {
	t.Helper()
	names := make([]string, n)
	var g errgroup.Group
	g.SetLimit(16)
	for i := range n {
		names[i] = fmt.Sprintf("%s%05d", dir, i)
		g.Go(func() error {
			_, err := b.put(names[i], []byte("x"))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatalf("put %d objects: %v", n, err)
	}
	return names
}

func listPages(t *testing.T, b *s3Bucket) {
	want := b.fill(t, "", 10)
	for _, size := range []int32{1, 3, 5, 10, 11} {
		got := b.listOrdered(t, &s3.ListObjectsV2Input{Prefix: &b.prefix, MaxKeys: &size})
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: got %v, want %v", size, got, want)
		}
	}
}

func listStartAfter(t *testing.T, b *s3Bucket) {
	names := b.fill(t, "", 10)
	tests := []struct {
		after string
		want  []string
	}{{names[0], names[1:]}, {names[4], names[5:]}, {names[4] + "x", names[5:]}, {names[9], nil}}
	for _, test := range tests {
		got := b.listOrdered(t, &s3.ListObjectsV2Input{Prefix: &b.prefix, StartAfter: b.key(test.after), MaxKeys: aws.Int32(2)})
		if !slices.Equal(got, test.want) {
			t.Errorf("after %s: got %v, want %v", test.after, got, test.want)
		}
	}
}

// listPrefix goes by characters, not by folders, and orders by bytes.
func listPrefix(t *testing.T, b *s3Bucket) {
	for _, name := range []string{"exam/1", "exam/2", "exam-b/1", "examples", "시험/1", "other"} {
		b.mustPut(t, name, []byte("x"))
	}
	tests := []struct {
		prefix string
		want   []string
	}{
		{"exam", []string{"exam-b/1", "exam/1", "exam/2", "examples"}},
		{"exam/", []string{"exam/1", "exam/2"}},
		{"시험/", []string{"시험/1"}},
		{"none/", nil},
	}
	for _, test := range tests {
		got := b.listOrdered(t, &s3.ListObjectsV2Input{Prefix: b.key(test.prefix)})
		if !slices.Equal(got, test.want) {
			t.Errorf("prefix %q: got %q, want %q", test.prefix, got, test.want)
		}
	}
}

func listDelimiter(t *testing.T, b *s3Bucket) {
	for _, name := range []string{"a/1", "a/2", "b/1", "top"} {
		b.mustPut(t, name, []byte("x"))
	}
	out, err := b.c.ListObjectsV2(b.ctx, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &b.prefix, Delimiter: aws.String("/")})
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	var folders []string
	for _, p := range out.CommonPrefixes {
		folders = append(folders, strings.TrimPrefix(aws.ToString(p.Prefix), b.prefix))
	}
	if !slices.Equal(folders, []string{"a/", "b/"}) || len(out.Contents) != 1 {
		t.Errorf("got folders %v and %d objects, want [a/ b/] and 1", folders, len(out.Contents))
	}
}

// listMany has more keys than a page may hold.
func listMany(t *testing.T, b *s3Bucket) {
	want := b.fill(t, "many/", 1050)
	first, err := b.c.ListObjectsV2(b.ctx, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: b.key("many/")})
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	if len(first.Contents) != 1000 || !aws.ToBool(first.IsTruncated) {
		t.Errorf("first page has %d keys, truncated %v; want 1000, true", len(first.Contents), aws.ToBool(first.IsTruncated))
	}
	if got := b.listOrdered(t, &s3.ListObjectsV2Input{Prefix: b.key("many/")}); !slices.Equal(got, want) {
		t.Errorf("listed %d keys, want the %d in order", len(got), len(want))
	}
}

// deleteMany deletes a full batch; a key that is not there is no error.
func deleteMany(t *testing.T, b *s3Bucket) {
	names := append(b.fill(t, "", 998), "none")
	b.mustPut(t, "이름 +%.jpg", []byte("x"))
	b.mustPut(t, "stays", []byte("x"))
	var ids []types.ObjectIdentifier
	for _, name := range append(names, "이름 +%.jpg") {
		ids = append(ids, types.ObjectIdentifier{Key: b.key(name)})
	}
	out, err := b.c.DeleteObjects(b.ctx, &s3.DeleteObjectsInput{Bucket: &b.name, Delete: &types.Delete{Objects: ids}})
	if err != nil {
		t.Fatalf("delete %d: %v", len(ids), err)
	}
	if len(out.Errors) > 0 || len(out.Deleted) != len(ids) {
		t.Errorf("deleted %d with %d errors, want %d with none", len(out.Deleted), len(out.Errors), len(ids))
	}
	if left := b.list(t, ""); len(left) != 1 || !left["stays"] {
		t.Errorf("left after the batch: %v, want only stays", left)
	}
}
