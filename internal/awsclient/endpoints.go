package awsclient

import (
	"context"
	"fmt"
	"reflect"
	"sync"

	"github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
)

// resolver is a service's own resolver of endpoints, which has parameters of its own type.
type resolver[P any] interface {
	ResolveEndpoint(ctx context.Context, params P) (smithyendpoints.Endpoint, error)
}

// remembered asks a resolver once for the same parameters. The SDK's own ones compile
// regular expressions on every call: a fifth of the CPU time that a worker takes beside
// reading.
type remembered[P any] struct {
	resolver resolver[P]
	// aside are parameters on which no endpoint depends.
	aside map[string]bool
	known sync.Map // smithyendpoints.Endpoint by parameters
}

// ResolveEndpoint implements resolver.
func (r *remembered[P]) ResolveEndpoint(ctx context.Context, params P) (smithyendpoints.Endpoint, error) {
	key := r.key(params)
	if known, ok := r.known.Load(key); ok {
		return clone(known.(smithyendpoints.Endpoint)), nil //nolint:forcetypeassert // nothing else is stored
	}
	endpoint, err := r.resolver.ResolveEndpoint(ctx, params)
	if err == nil {
		r.known.Store(key, clone(endpoint))
	}
	return endpoint, err //nolint:wrapcheck // the SDK's own
}

// clone is an endpoint that a call may write into, as the SDK's do.
func clone(e smithyendpoints.Endpoint) smithyendpoints.Endpoint {
	out := smithyendpoints.Endpoint{URI: e.URI, Headers: e.Headers.Clone()}
	out.Properties.SetAll(&e.Properties)
	if options, ok := auth.GetAuthOptions(&out.Properties); ok {
		own := make([]*auth.Option, len(options))
		for i, o := range options {
			own[i] = &auth.Option{SchemeID: o.SchemeID}
			own[i].IdentityProperties.SetAll(&o.IdentityProperties)
			own[i].SignerProperties.SetAll(&o.SignerProperties)
		}
		auth.SetAuthOptions(&out.Properties, own)
	}
	return out
}

func (r *remembered[P]) key(params P) string {
	var key []byte
	v := reflect.ValueOf(params)
	for i := range v.NumField() {
		if r.aside[v.Type().Field(i).Name] {
			continue
		}
		field := v.Field(i)
		if field.Kind() == reflect.Pointer && !field.IsNil() {
			field = field.Elem()
		}
		key = fmt.Appendf(key, "%q ", fmt.Sprint(field.Interface()))
	}
	return string(key)
}
