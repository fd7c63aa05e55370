package credentials

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	lru "github.com/hashicorp/golang-lru/v2"
)

// Options say where credentials come from.
type Options struct {
	// Endpoint is a backend's; it goes before all others. Its URL is empty if there
	// is none.
	Endpoint Endpoint
	// RoleARN is assumed by AWS STS, with the credentials of the SDK's chain, unless
	// WebIdentityFile is set: then the chain itself does it.
	RoleARN, RoleSession, WebIdentityFile string
	// Observe hears of each renewal: until when its credentials serve, or why it
	// failed. Defaults to nobody.
	Observe func(until time.Time, err error)
}

// Status is what may be shown of credentials; it holds no secret.
type Status struct {
	Held         bool // there are some
	SessionToken bool
	Expires      time.Time // by our clock; zero if they don't end or none are held
	Expired      bool
	Err          error // why the last renewal failed, nil if it went well
}

// Source is the credentials that serve S3. It implements aws.CredentialsProvider.
type Source struct {
	kind  string
	chain aws.CredentialsProvider // serves if there is no make
	make  func() *kept
	byEx  bool

	mu    sync.Mutex
	exams *lru.Cache[string, *kept]
}

var _ aws.CredentialsProvider = (*Source)(nil)

// kept is a keeper with the SDK's cache over it.
type kept struct {
	*keeper

	cache *aws.CredentialsCache
}

// mostExams bounds the exams whose credentials are held at once.
const mostExams = 256

// Open chooses the first source that the options set up. Nothing is asked for yet.
func Open(cfg aws.Config, o Options) (*Source, error) {
	s := &Source{chain: cfg.Credentials}
	var err error
	if s.exams, err = lru.New[string, *kept](mostExams); err != nil {
		return nil, fmt.Errorf("make the cache of credentials: %w", err)
	}
	var from aws.CredentialsProvider
	switch {
	case o.Endpoint.URL != "":
		if err := o.Endpoint.check(); err != nil {
			return nil, err
		}
		s.kind, s.byEx, from = "STS_API_ENDPOINT ("+o.Endpoint.String()+")", o.Endpoint.ByExam, &o.Endpoint
	case o.RoleARN != "" && o.WebIdentityFile == "":
		s.kind, from = "AssumeRole of AWS_ROLE_ARN", assumeRole(cfg, o)
	default:
		s.kind = "the SDK's chain"
		return s, nil
	}
	s.make = func() *kept {
		k := &keeper{source: from, observe: o.Observe}
		return &kept{k, aws.NewCredentialsCache(k)}
	}
	return s, nil
}

func assumeRole(cfg aws.Config, o Options) aws.CredentialsProvider {
	return stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), o.RoleARN, func(a *stscreds.AssumeRoleOptions) {
		a.RoleSessionName = "hakbeon"
		if o.RoleSession != "" {
			a.RoleSessionName = o.RoleSession
		}
	})
}

// String says which source it is, without a secret.
func (s *Source) String() string { return s.kind }

// Retrieve implements aws.CredentialsProvider.
func (s *Source) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if s.make == nil {
		if s.chain == nil {
			return aws.Credentials{}, errors.New("the SDK's chain has no credentials")
		}
		return s.chain.Retrieve(ctx) //nolint:wrapcheck // the SDK's own words
	}
	return s.of(ctx).cache.Retrieve(ctx) //nolint:wrapcheck // the SDK's own words
}

// of is what is kept for the context's exam.
func (s *Source) of(ctx context.Context) *kept {
	exam := ""
	if s.byEx {
		exam = examOf(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.exams.Get(exam)
	if !ok {
		k = s.make()
		s.exams.Add(exam, k)
	}
	return k
}

// forget drops credentials that S3 has refused as ended; the next use asks anew.
func (s *Source) forget(ctx context.Context, accessKey string) {
	if s.make == nil {
		if c, ok := s.chain.(*aws.CredentialsCache); ok {
			c.Invalidate()
		}
		return
	}
	k := s.of(ctx)
	k.forget(accessKey)
	k.cache.Invalidate()
}

// Status tells of the credentials of the context's exam without waiting; renewing
// them is begun if it is due. The chain's are asked for.
func (s *Source) Status(ctx context.Context) Status {
	if s.make != nil {
		return s.of(ctx).look(ctx, true)
	}
	creds, err := s.Retrieve(ctx)
	out := Status{Held: err == nil, SessionToken: creds.SessionToken != "", Err: err}
	if creds.CanExpire {
		out.Expires, out.Expired = creds.Expires, creds.Expired()
	}
	return out
}

// inUse is how long credentials of an exam count after their last use.
const inUse = 10 * time.Minute

// Ready is an error while credentials that are in use can't be renewed, even if the
// held ones still serve. It asks for what is due, and doesn't wait for it.
func (s *Source) Ready(ctx context.Context) error {
	if s.make == nil {
		return nil
	}
	if !s.byEx {
		return s.of(ctx).ready(ctx)
	}
	s.mu.Lock()
	exams := s.exams.Values()
	s.mu.Unlock()
	var errs []error
	for _, k := range exams {
		if k.recent() {
			errs = append(errs, k.ready(ctx))
		}
	}
	return errors.Join(errs...)
}

func (k *keeper) recent() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return time.Since(k.used) < inUse
}

// ready says in public only that it fails and until when the held ones serve.
func (k *keeper) ready(ctx context.Context) error {
	s := k.look(ctx, true)
	switch {
	case s.Err == nil:
		return nil
	case s.Held && !s.Expired:
		return fmt.Errorf("the credentials for s3 can't be renewed; those in use serve until %s: see 'hakbeon doctor'", s.Expires.UTC().Format(time.RFC3339))
	}
	return errors.New("there are no credentials for s3: see 'hakbeon doctor'")
}
