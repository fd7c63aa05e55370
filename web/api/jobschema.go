package api

import (
	"maps"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/jobs"
)

// A key's part is not empty, "." or "..", and has no character that SQS takes in
// no message; an address is plain http or https.
const (
	keySign    = "[^/\\x00-\\x1f\\x7f-\\x9f\ufffe\uffff]"
	keyFirst   = "[^/.\\x00-\\x1f\\x7f-\\x9f\ufffe\uffff]"
	keyPart    = "(" + keyFirst + keySign + "*|\\." + keyFirst + keySign + "*|\\.\\." + keySign + "+)"
	keyPattern = "^" + keyPart + "(/" + keyPart + ")*$"

	// A file's name has no part of dots alone.
	namePart        = "(\\.*" + keyFirst + keySign + "*)"
	filenamePattern = "^" + namePart + "(/" + namePart + ")*$"

	addressSign    = `([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*`
	addressPattern = `^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,4})?(/` + addressSign + `)?(\?` + addressSign + `)?$`
)

type properties = map[string]*huma.Schema

// jobSchema is what jobs.ParseJob takes, with one alternative for each way in
// which fields depend on each other, so that a client made from it can do little
// wrong.
func jobSchema() *huma.Schema {
	recognize := func(title, how string, what *huma.Schema) *huma.Schema {
		return message(title, "Read an exam's sheets, by "+how+".", jobs.TypeRecognize, properties{
			"exam_code": text(codePattern, 64), how: what, "batch_id": text(codePattern, 64),
			"batch_total": number(jobs.MaxKeys), "roster_key": rosterSchema(),
			"callback_url": text(addressPattern, jobs.MaxURLBytes), "pages_per_sheet": pagesSchema(),
		}, "exam_code", how)
	}
	open := recognize("Open job", "keys", keysSchema())
	open.Description = "Add sheets to an open batch."
	open.Properties["open"] = &huma.Schema{Type: huma.TypeBoolean, Enum: []any{true}}
	open.Properties["batch_id"].Nullable = false
	open.Required = append(open.Required, "open", "batch_id")
	download := recognize("Download job", "download_url", text(addressPattern, jobs.MaxDownloadURLBytes))
	download.Description = "Add a sheet to a batch whose image lies elsewhere, at an address."
	download.Properties["filename"] = text(filenamePattern, jobs.MaxFilenameBytes)
	download.Properties["open"] = &huma.Schema{Type: huma.TypeBoolean, Nullable: true}
	download.Properties["batch_id"].Nullable = false
	download.Required = append(download.Required, "filename", "batch_id")
	batch := func(more properties) properties {
		out := properties{"exam_code": text(codePattern, 64), "batch_id": text(codePattern, 64)}
		maps.Copy(out, more)
		return out
	}
	sheet := text(jobs.SheetPattern, 16)
	verdict := &huma.Schema{Type: huma.TypeString, Enum: []any{jobs.VerdictNotOnRoster, jobs.VerdictUnreadable, jobs.VerdictUndo}}
	return &huma.Schema{OneOf: []*huma.Schema{
		recognize("Recognize job", "keys", keysSchema()),
		open,
		recognize("Manifest job", "manifest_key", text(keyPattern, jobs.MaxKeyBytes)),
		download,
		message("Resolve job", "A person names a sheet's student.", jobs.TypeResolve,
			batch(properties{"sheet": sheet, "student_id": text(studentPattern, 32), "by": bySchema()}), "type", "exam_code", "batch_id", "sheet", "student_id"),
		message("Verdict job", "A person says that there is none.", jobs.TypeResolve,
			batch(properties{"sheet": sheet, "verdict": verdict, "by": bySchema()}), "type", "exam_code", "batch_id", "sheet", "verdict"),
		message("Rematch job", "Match a batch against the roster as it is now.", jobs.TypeRematch, batch(nil), "type", "exam_code", "batch_id"),
		message("Close job", "Nothing more comes to an open batch.", jobs.TypeClose, batch(nil), "type", "exam_code", "batch_id"),
		message("Cancel job", "A batch ends without what has not been read.", jobs.TypeCancel, batch(properties{"by": bySchema()}), "type", "exam_code", "batch_id"),
	}}
}

// message is one of the alternatives; generators make the name of its type of the title.
func message(title, what, kind string, fields properties, required ...string) *huma.Schema {
	fields["type"] = &huma.Schema{Type: huma.TypeString, Enum: []any{kind}}
	for name, field := range fields {
		if !slices.Contains(required, name) && field.Type != "" { // else one of its alternatives takes null
			field.Nullable = true // null counts as left out
		}
	}
	if !slices.Contains(required, "type") {
		fields["type"].Enum = append(fields["type"].Enum, nil)
	}
	return &huma.Schema{
		Type: huma.TypeObject, Title: title, Description: what, Properties: fields, Required: required, AdditionalProperties: false,
	}
}

func text(pattern string, most int) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: pattern, MaxLength: &most}
}

func keysSchema() *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: text(keyPattern, jobs.MaxKeyBytes), MinItems: new(1), MaxItems: new(jobs.MaxKeys)}
}

// bySchema is of whose word a verdict is.
func bySchema() *huma.Schema {
	return text("^[^\\x00-\\x1f\\x7f-\\x9f\ufffe\uffff]+$", jobs.MaxByLength)
}

func number(most int) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Minimum: new(1.0), Maximum: new(float64(most))}
}

func pagesSchema() *huma.Schema {
	count := number(jobs.MaxPagesPerSheet)
	count.Nullable = true
	return &huma.Schema{Title: "Pages per sheet", AnyOf: []*huma.Schema{count, {Type: huma.TypeString, Enum: []any{jobs.AutoPages.String()}}}}
}

func rosterSchema() *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, AllOf: []*huma.Schema{
		{Pattern: keyPattern, MaxLength: new(jobs.MaxKeyBytes)}, {Pattern: `\.([xX][lL][sS][xX]?|[cC][sS][vV])$`},
	}}
}
