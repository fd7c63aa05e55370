package jobs

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/invopop/jsonschema"
)

// Schema returns the JSON Schema (draft 2020-12) of what backends may put on
// the jobs queue, made from the types of this package.
//
// All that [ParseJob] takes is valid under it. The other way round it can't say
// how fields depend on each other (one of keys, manifest_key and download_url, filename
// with download_url, batch_total, open or download_url needs batch_id, batch_total is no
// less than keys, student_id or verdict), counts lengths in characters where ParseJob counts bytes, sees no more of an address
// than its beginning, and takes 2.0 for a whole number.
func Schema() ([]byte, error) {
	root := &jsonschema.Schema{
		Version: jsonschema.Version,
		Title:   "A message on hakbeon's jobs queue",
		OneOf: []*jsonschema.Schema{
			messageSchema(TypeRecognize, &Recognize{}),
			messageSchema(TypeResolve, &Resolve{}),
			messageSchema(TypeRematch, &Rematch{}),
			messageSchema(TypeClose, &Close{}),
			messageSchema(TypeCancel, &Cancel{}),
		},
	}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema of jobs: %w", err)
	}
	return append(out, '\n'), nil
}

func messageSchema(title string, m Message) *jsonschema.Schema {
	reflector := &jsonschema.Reflector{Anonymous: true, ExpandedStruct: true}
	s := reflector.Reflect(m)
	s.Version, s.Title = "", title
	for name, property := range s.Properties.FromOldest() {
		constrain(name, property)
		if !slices.Contains(s.Required, name) {
			allowNull(property)
		}
		if name == "pages_per_sheet" { // each bound is one of its own type alone
			property.Extras["type"] = []string{"integer", "string", "null"}
		}
	}
	return s
}

// constrain says of a field's text what the types can't: the validation's own
// patterns.
func constrain(name string, s *jsonschema.Schema) {
	switch name {
	case "exam_code", "batch_id":
		s.Pattern = CodePattern
		s.Not = &jsonschema.Schema{Type: "string", Pattern: notInCode}
	case "sheet":
		s.Pattern = SheetPattern
	case "student_id":
		s.Pattern = StudentPattern
	case "by":
		s.MaxLength = new(uint64(MaxByLength))
		s.Not = &jsonschema.Schema{Type: "string", Pattern: notInBy}
	case "keys":
		constrain("key", s.Items)
	case "key", "manifest_key":
		s.MaxLength = new(uint64(MaxKeyBytes))
		s.Not = &jsonschema.Schema{Type: "string", Pattern: notInKey}
	case "roster_key":
		constrain("key", s)
		s.Pattern = `\.([xX][lL][sS][xX]?|[cC][sS][vV])$`
	case "pages_per_sheet":
		s.Pattern = "^auto$"
	case "callback_url":
		s.Pattern, s.MaxLength = `^https?://[^/?#]`, new(uint64(MaxURLBytes))
	case "download_url":
		s.Pattern, s.MaxLength = `^https?://[^/?#]`, new(uint64(MaxDownloadURLBytes))
	case "filename":
		s.MaxLength = new(uint64(MaxFilenameBytes))
		s.Not = &jsonschema.Schema{Type: "string", Pattern: notInName}
	}
}

// allowNull lets a field be null, which counts as left out.
func allowNull(s *jsonschema.Schema) {
	s.Extras = map[string]any{"type": []string{s.Type, "null"}}
	s.Type = ""
	if s.Enum != nil {
		s.Enum = append(s.Enum, nil)
	}
}
