package jobs_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hakbeon/jobs"
)

var update = flag.Bool("update", false, "write docs/job.schema.json anew")

func TestSchemaFileIsCurrent(t *testing.T) {
	path := filepath.Join("..", "docs", "job.schema.json")
	want, err := jobs.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the types say: run go test ./jobs -update", path)
	}
}

// schema compiles the schema as a validator that also knows the metaschema.
func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := jobs.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("job.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("job.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t testing.TB, s *jsonschema.Schema, body string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

// The schema and ParseJob take and refuse the same messages.
func TestSchemaAgreesWithParseJob(t *testing.T) {
	s := schema(t)
	var samples []fields
	for _, of := range []struct {
		base    fields
		changes []fields
	}{
		{recognize(), []fields{
			{}, {"type": "recognize"}, {"type": nil}, {"type": ""}, {"type": "sheet"}, {"type": 1},
			{"exam_code": gone}, {"exam_code": nil}, {"exam_code": ""}, {"exam_code": "a..b"}, {"exam_code": "a.b."}, {"exam_code": ".a"},
			{"exam_code": strings.Repeat("x", 64)}, {"exam_code": strings.Repeat("x", 65)}, {"exam_code": "x\n"}, {"exam_code": "시험"},
			{"keys": []string{}}, {"keys": []string{""}}, {"keys": []any{nil}}, {"keys": []any{1}}, {"keys": "a"}, {"keys": fields{}},
			{"keys": []string{"a/b.jpg"}}, {"keys": []string{"/a"}}, {"keys": []string{"a/"}}, {"keys": []string{"a//b"}},
			{"keys": []string{"."}}, {"keys": []string{"a/.."}}, {"keys": []string{"a/..b/.c/...d/e.."}}, {"keys": []string{"../a"}},
			{"keys": []string{"a\tb"}}, {"keys": []string{"a\u0085b"}}, {"keys": []string{"a\u00a0b 시험.pdf"}},
			{"keys": []string{strings.Repeat("k", 1024)}}, {"keys": []string{strings.Repeat("k", 1025)}},
			{"keys": gone, "manifest_key": "m.json"}, {"keys": nil, "manifest_key": "m.json"}, {"keys": gone, "manifest_key": "m//n"},
			{"manifest_key": ""}, {"manifest_key": nil},
			{"batch_total": gone, "batch_id": gone}, {"batch_total": nil, "batch_id": nil}, {"batch_id": ""}, {"batch_id": 5},
			{"batch_total": 0}, {"batch_total": 100_000}, {"batch_total": 100_001}, {"batch_total": -1}, {"batch_total": "2"}, {"batch_total": 2.5},
			{"roster_key": nil}, {"roster_key": ""}, {"roster_key": "R.XLSX"}, {"roster_key": "r.CSV"}, {"roster_key": "r.xls"}, {"roster_key": "r.ods"}, {"roster_key": "a/../r.xlsx"},
			{"callback_url": nil}, {"callback_url": ""}, {"callback_url": "http://localhost:8080"}, {"callback_url": "ftp://x.example"},
			{"callback_url": "https:///x"}, {"callback_url": "//x.example"},
			{"pages_per_sheet": 1}, {"pages_per_sheet": 0}, {"pages_per_sheet": 64}, {"pages_per_sheet": 65}, {"pages_per_sheet": nil},
			{"pages_per_sheet": "auto"}, {"pages_per_sheet": "Auto"}, {"pages_per_sheet": ""}, {"pages_per_sheet": "2"}, {"pages_per_sheet": -1}, {"pages_per_sheet": true},
			{"unknown": 1}, {"EXAM_CODE": "x"}, {"sheet": "9f86d081884c7d65"},
		}},
		{download(), []fields{
			{}, {"batch_total": 3}, {"open": gone}, {"open": nil}, {"keys": nil, "manifest_key": nil}, {"keys": []string{}},
			{"download_url": nil, "filename": nil, "keys": []string{"a"}}, {"download_url": ""}, {"download_url": "ftp://x.example"}, {"download_url": 1},
			{"download_url": "https://x.example/" + strings.Repeat("k", 8172)}, {"download_url": "https://x.example/" + strings.Repeat("k", 8173)},
			{"filename": "답안 1.jpg"}, {"filename": ""}, {"filename": "."}, {"filename": "a/.../b"}, {"filename": "a//b"}, {"filename": "a/"}, {"filename": ".a"},
			{"filename": strings.Repeat("k", 512)}, {"filename": strings.Repeat("k", 513)}, {"filename": "a\u0085b"},
		}},
		{resolve(), []fields{
			{}, {"type": gone}, {"batch_id": gone}, {"batch_id": nil}, {"sheet": gone}, {"sheet": "x"}, {"sheet": nil}, {"student_id": "A-1"}, {"student_id": "A_1"},
			{"student_id": gone, "verdict": "undo"}, {"student_id": nil, "verdict": "unreadable"}, {"student_id": gone, "verdict": "maybe"},
			{"verdict": nil}, {"verdict": ""}, {"student_id": ""}, {"keys": []string{"a"}},
		}},
		{rematch(), []fields{{}, {"type": "Rematch"}, {"exam_code": gone}, {"batch_id": "b/c"}, {"sheet": nil}}},
		{sheet(), []fields{{}}},
		{delivery(), []fields{{}}},
	} {
		for _, change := range of.changes {
			samples = append(samples, of.base.with(change))
		}
	}
	for _, sample := range samples {
		body := sample.json(t)
		_, parseErr := jobs.ParseJob(body)
		schemaErr := valid(t, s, body)
		if (parseErr == nil) != (schemaErr == nil) {
			t.Errorf("%.300s:\nParseJob: %v\nschema: %v", body, parseErr, schemaErr)
		}
	}
	for _, body := range []string{"null", "[]", `"x"`, "1", ""} {
		if valid(t, s, body) == nil {
			t.Errorf("the schema takes %q", body)
		}
	}
}

// What the schema's comment says that it can't say, and no more.
func TestSchemaTakesWhatItCannotRefuse(t *testing.T) {
	s := schema(t)
	for _, change := range []fields{
		{"manifest_key": "m.json"},
		{"keys": gone},
		{"batch_id": gone},
		{"batch_total": 1},
		{"keys": []string{strings.Repeat("시", 1000)}},
		{"callback_url": "https://user@x.example/%zz"},
	} {
		body := recognize().with(change).json(t)
		if err := valid(t, s, body); err != nil {
			t.Errorf("the schema refuses %v: the comment of Schema is wrong: %v", change, err)
		}
		if _, err := jobs.ParseJob(body); err == nil {
			t.Errorf("ParseJob takes %v", change)
		}
	}
	for _, change := range []fields{
		{"keys": []string{"a"}}, {"batch_id": gone, "open": gone}, {"filename": gone}, {"filename": strings.Repeat("시", 500)}, {"download_url": "https://user@x.example/"},
	} {
		body := download().with(change).json(t)
		if err := valid(t, s, body); err != nil {
			t.Errorf("the schema refuses %v: the comment of Schema is wrong: %v", change, err)
		}
		if _, err := jobs.ParseJob(body); err == nil {
			t.Errorf("ParseJob takes %v", change)
		}
	}
	both := resolve().with(fields{"verdict": "undo"}).json(t)
	if err := valid(t, s, both); err != nil {
		t.Errorf("the schema refuses student and verdict: %v", err)
	}
	if body := `{"exam_code":"x","keys":["a"],"pages_per_sheet":2.0}`; valid(t, s, body) != nil {
		t.Error("the schema refuses 2.0 for a whole number")
	}
}
