package jobs

import (
	"encoding/json"
	"fmt"

	"github.com/invopop/jsonschema"
)

// Schema returns the JSON Schema (draft 2020-12) of what backends may put on
// the jobs queue, made from the types of this package. It says all that a
// schema can; "keys or manifest_key, not both" and the like are said by
// [ParseJob].
func Schema() ([]byte, error) {
	reflector := &jsonschema.Reflector{Anonymous: true, ExpandedStruct: true}
	var messages []*jsonschema.Schema
	for _, m := range []struct {
		title string
		value any
	}{{"recognize", &Recognize{}}, {"resolve", &Resolve{}}, {"rematch", &Rematch{}}} {
		s := reflector.Reflect(m.value)
		s.Version, s.Title = "", m.title
		messages = append(messages, s)
	}
	out, err := json.MarshalIndent(&jsonschema.Schema{
		Version: jsonschema.Version,
		Title:   "A message on hakbeon's jobs queue",
		OneOf:   messages,
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema of jobs: %w", err)
	}
	return append(out, '\n'), nil
}
