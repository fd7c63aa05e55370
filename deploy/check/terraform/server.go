package main

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// server is a provider as far as a plan asks it.
type server struct {
	tfprotov6.ProviderServer // nil: what a plan does not call

	resources, data map[string]*tfprotov6.Schema
}

func (s *server) GetMetadata(context.Context, *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return &tfprotov6.GetMetadataResponse{}, nil
}

func (s *server) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &tfprotov6.GetProviderSchemaResponse{Provider: &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}}, ResourceSchemas: s.resources, DataSourceSchemas: s.data}, nil
}

func (s *server) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

func (s *server) ValidateProviderConfig(_ context.Context, r *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: r.Config}, nil
}

func (s *server) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (s *server) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func (s *server) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (s *server) ValidateDataResourceConfig(context.Context, *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return &tfprotov6.ValidateDataResourceConfigResponse{}, nil
}

// account is where the plan is made.
var account = map[string]string{"account_id": "123456789012", "region": "ap-northeast-2", "partition": "aws", "dns_suffix": "amazonaws.com"}

func (s *server) ReadDataSource(_ context.Context, r *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	state, err := filled(s.data[r.TypeName], r.Config, func(name string) string {
		if value, ok := account[name]; ok {
			return value
		}
		return r.TypeName + "/" + name
	})
	return &tfprotov6.ReadDataSourceResponse{State: state}, err
}

func (s *server) PlanResourceChange(_ context.Context, r *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	schema := s.resources[r.TypeName]
	proposed, err := r.ProposedNewState.Unmarshal(schema.ValueType())
	if err != nil || proposed.IsNull() {
		return &tfprotov6.PlanResourceChangeResponse{PlannedState: r.ProposedNewState}, err
	}
	planned, err := filled(schema, r.ProposedNewState, func(name string) string {
		return fmt.Sprintf("%s/%s/%s", r.TypeName, called(proposed), name)
	})
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: planned}, err
}

// called is what a resource is called by the module.
func called(v tftypes.Value) string {
	var attributes map[string]tftypes.Value
	if err := v.As(&attributes); err != nil {
		return ""
	}
	for _, name := range []string{"name", "bucket", "family", "port"} {
		var text string
		if value, ok := attributes[name]; ok && value.Type().Is(tftypes.String) && !value.IsNull() && value.IsKnown() && value.As(&text) == nil {
			return text
		}
	}
	return ""
}

// filled gives values to what the module leaves to AWS.
func filled(schema *tfprotov6.Schema, in *tfprotov6.DynamicValue, value func(attribute string) string) (*tfprotov6.DynamicValue, error) {
	whole := schema.ValueType()
	v, err := in.Unmarshal(whole)
	if err != nil {
		return nil, fmt.Errorf("read a value: %w", err)
	}
	var attributes map[string]tftypes.Value
	if err := v.As(&attributes); err != nil {
		return nil, fmt.Errorf("read a value: %w", err)
	}
	attributes = maps.Clone(attributes)
	for _, a := range schema.Block.Attributes {
		if now := attributes[a.Name]; a.Computed && (now.IsNull() || !now.IsKnown()) {
			attributes[a.Name] = tftypes.NewValue(a.Type, tftypes.UnknownValue)
			if a.Type.Is(tftypes.String) {
				attributes[a.Name] = tftypes.NewValue(a.Type, value(a.Name))
			}
		}
	}
	out, err := tfprotov6.NewDynamicValue(whole, tftypes.NewValue(whole, attributes))
	if err != nil {
		return nil, fmt.Errorf("write a value: %w", err)
	}
	return &out, nil
}
