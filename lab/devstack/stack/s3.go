package stack

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3err"

	"hakbeon/lab/sigv4"
)

// s3Server is the S3 gateway, serving one directory. A process can hold only
// one, and its working directory is the gateway's.
type s3Server struct {
	url    string
	client *s3.Client
	http   *http.Client
	cancel context.CancelFunc
	closed atomic.Bool
	// done is closed once the gateway has ended, then err says why.
	done chan struct{}
	err  error
}

// startS3 serves dir and makes the bucket. With port 0 it draws ports below
// the range that the kernel gives to clients, until one is free.
func startS3(ctx context.Context, dir string, port int, keys *issuer, fail func(error)) (*s3Server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("start S3: %w", err)
	}
	// A kill between the gateway's making of the bucket's directory and its
	// writing of the owner leaves an empty one that it then refuses for good.
	// This removes only an empty directory.
	_ = os.Remove(filepath.Join(dir, Bucket))
	var last error
	for range 20 {
		at := port
		if at == 0 {
			at = 20000 + rand.IntN(12000)
		}
		var srv *s3Server
		srv, last = tryS3(ctx, dir, at, keys)
		if last == nil {
			go srv.watch(fail)
			return srv, nil
		}
		if port != 0 || ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("start S3: %w", last)
}

// checkXattr makes dir and refuses a file system that cannot hold what the
// gateway keeps beside an object's bytes.
func checkXattr(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	if err := (meta.XattrMeta{}).Test(dir); err != nil {
		return fmt.Errorf("data directory %s: %w: choose a directory on ext4, xfs, btrfs or APFS with --dir", dir, err)
	}
	return nil
}

func tryS3(ctx context.Context, dir string, port int, keys *issuer) (*s3Server, error) {
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	if err := probe(addr); err != nil {
		return nil, err
	}
	be, err := posix.New(dir, meta.XattrMeta{}, posix.PosixOpts{CopyObjectThreshold: 5 << 30})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	run, cancel := context.WithCancel(context.Background())
	srv := &s3Server{url: "http://" + addr, http: newHTTPClient(), cancel: cancel, done: make(chan struct{})}
	srv.client = newS3Client(srv.url, srv.http, keys)
	go func() {
		defer close(srv.done)
		srv.err = embedgw.RunVersityGW(run, be, &embedgw.Config{
			RootUserAccess: keys.access, RootUserSecret: keys.secret, Region: Region,
			Ports: []string{addr}, MaxConnections: 1000, MaxRequests: 1000, MultipartMaxParts: 10000,
			KeepAlive: true, Quiet: true, HealthPath: "/healthz", IAMService: newIAM(keys),
		})
	}()
	if err := srv.awaitBucket(ctx); err != nil {
		srv.close()
		return nil, err
	}
	return srv, nil
}

// probe says whether the address can be bound, since the gateway tells only
// after a noisy failure. Whoever takes the port in between is noticed by
// awaitBucket.
func probe(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return l.Close()
}

// awaitBucket makes the bucket as soon as the gateway answers. Making it needs
// this start's keys, so another process on the port is never taken for ours.
func (s *s3Server) awaitBucket(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	for {
		err := createBucket(ctx, s.client)
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("gateway at %s ended: %w", s.url, errors.Join(s.err, err))
		case <-ctx.Done():
			return fmt.Errorf("gateway at %s does not answer: %w", s.url, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// createBucket makes the bucket or finds it usable. One of an earlier start
// belongs to that start's access key, which does not matter to ours.
func createBucket(ctx context.Context, client *s3.Client) error {
	_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket:                    aws.String(Bucket),
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: Region},
	})
	_, ours := errors.AsType[*types.BucketAlreadyOwnedByYou](err)
	_, earlier := errors.AsType[*types.BucketAlreadyExists](err)
	if ours || earlier {
		_, err = client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(Bucket)})
	}
	return err
}

// watch tells of an end that close did not ask for.
func (s *s3Server) watch(fail func(error)) {
	<-s.done
	if !s.closed.Load() {
		fail(s.err)
	}
}

// close gives the gateway a second: it would wait ten for idle connections of
// clients. What was acknowledged is in the file system already.
func (s *s3Server) close() {
	s.closed.Store(true)
	s.cancel()
	s.http.CloseIdleConnections()
	select {
	case <-s.done:
	case <-time.After(time.Second):
	}
}

// exists asks whether the bucket holds key at this moment.
func (s *s3Server) exists(ctx context.Context, key string) (bool, error) {
	_, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(Bucket), Key: aws.String(key)})
	if _, ok := errors.AsType[*types.NotFound](err); ok {
		return false, nil
	}
	return err == nil, err
}

// newHTTPClient has enough idle connections for a sink under load.
func newHTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 30 * time.Second}
}

func newS3Client(url string, c *http.Client, keys *issuer) *s3.Client {
	return s3.New(s3.Options{
		Region: Region, BaseEndpoint: aws.String(url), UsePathStyle: true, RetryMaxAttempts: 1, HTTPClient: c,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: keys.access, SecretAccessKey: keys.secret}, nil
		}),
	})
}

// iam lets the gateway accept the permanent key and the issuer's sessions,
// and nothing else. All act as the same account.
type iam struct {
	auth.IAMService
	keys *issuer
}

var _ auth.SigningKeyProvider = (*iam)(nil)

func newIAM(keys *issuer) *iam {
	root := auth.Account{Access: keys.access, Secret: keys.secret, Role: auth.RoleAdmin}
	return &iam{IAMService: auth.NewIAMServiceSingle(root), keys: keys}
}

// expiredToken is what AWS answers; the gateway has no error of its own for it.
func expiredToken() error {
	return s3err.APIError{Code: "ExpiredToken", Description: "The provided token has expired.", HTTPStatusCode: http.StatusBadRequest}
}

// DeriveSigningKey returns the SigV4 signing key of a session.
func (s *iam) DeriveSigningKey(access, token, date, region, service string) ([]byte, auth.Account, error) {
	secret, err := s.keys.secretOf(access, token)
	switch {
	case errors.Is(err, errUnknownKey):
		return nil, auth.Account{}, auth.ErrNoSuchUser
	case errors.Is(err, errExpiredToken):
		return nil, auth.Account{}, expiredToken()
	case err != nil:
		return nil, auth.Account{}, auth.ErrInvalidSessionToken
	}
	return sigv4.Key(secret, date, region, service, "aws4_request"), auth.Account{Access: s.keys.access, Role: auth.RoleAdmin}, nil
}
