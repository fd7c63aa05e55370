// Command terraform stands in for the AWS provider where there is no registry to fetch it
// from: it has the real one's schema (schema.json, by extract.js) and makes nothing. With
// it Terraform validates and plans deploy/terraform. What only AWS would know, such as a
// queue's ARN, is planned as type, name and attribute, "aws_sqs_queue/hakbeon-jobs/arn".
package main

import (
	_ "embed"
	"encoding/json"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

//go:embed schema.json
var schemaJSON []byte

type document struct {
	Resources map[string]block `json:"resources"`
	Data      map[string]block `json:"data"`
}

type block struct {
	Attributes map[string]struct {
		Type     json.RawMessage `json:"type"`
		Required bool            `json:"required"`
		Optional bool            `json:"optional"`
		Computed bool            `json:"computed"`
	} `json:"attributes"`
	Blocks map[string]struct {
		Nesting   string `json:"nesting"`
		Attribute bool   `json:"attribute"`
		Required  bool   `json:"required"`
		Block     block  `json:"block"`
	} `json:"blocks"`
}

func main() {
	var doc document
	if err := json.Unmarshal(schemaJSON, &doc); err != nil {
		log.Fatal(err)
	}
	s := &server{resources: schemas(doc.Resources), data: schemas(doc.Data)}
	err := tf6server.Serve("registry.terraform.io/hashicorp/aws", func() tfprotov6.ProviderServer { return s })
	if err != nil {
		log.Fatal(err)
	}
}

func schemas(blocks map[string]block) map[string]*tfprotov6.Schema {
	out := map[string]*tfprotov6.Schema{}
	for name, b := range blocks {
		out[name] = &tfprotov6.Schema{Block: b.schema()}
	}
	return out
}

// given are attributes that AWS gives a value where the module gives none.
var given = map[string]bool{"id": true, "tags_all": true, "name": true, "region": true}

func (b block) schema() *tfprotov6.SchemaBlock {
	out := &tfprotov6.SchemaBlock{}
	for name, a := range b.Attributes {
		out.Attributes = append(out.Attributes, &tfprotov6.SchemaAttribute{
			Name: name, Type: typeOf(a.Type), Required: a.Required, Optional: a.Optional, Computed: a.Computed || a.Optional && given[name],
		})
	}
	for name, inner := range b.Blocks {
		if inner.Attribute {
			continue // attributes that are computed where they are left away
		}
		nested := &tfprotov6.SchemaNestedBlock{TypeName: name, Block: inner.Block.schema(), Nesting: tfprotov6.SchemaNestedBlockNestingModeList}
		switch inner.Nesting {
		case "set":
			nested.Nesting = tfprotov6.SchemaNestedBlockNestingModeSet
		case "struct", "single":
			nested.Nesting = tfprotov6.SchemaNestedBlockNestingModeSingle
		}
		if inner.Required && nested.Nesting != tfprotov6.SchemaNestedBlockNestingModeSingle {
			nested.MinItems = 1
		}
		out.BlockTypes = append(out.BlockTypes, nested)
	}
	return out
}

// typeOf reads "string" and ["list", "string"].
func typeOf(raw json.RawMessage) tftypes.Type {
	primitives := map[string]tftypes.Type{"string": tftypes.String, "number": tftypes.Number, "bool": tftypes.Bool}
	var name string
	if json.Unmarshal(raw, &name) == nil {
		return primitives[name]
	}
	var pair [2]string
	if err := json.Unmarshal(raw, &pair); err != nil {
		log.Fatal(err)
	}
	switch element := primitives[pair[1]]; pair[0] {
	case "set":
		return tftypes.Set{ElementType: element}
	case "map":
		return tftypes.Map{ElementType: element}
	default:
		return tftypes.List{ElementType: element}
	}
}
