package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/vlm"
)

// secondSheets is how many sheets the second reader is measured on.
const secondSheets = 300

// secondFirst is the first of the exams that it is measured on: none of accuracy's.
const secondFirst = 5000

// second measures the mistakes of the second reader that the environment names
// (OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL), on sheets drawn with what no
// training has seen and that would go to review, and prints what OPENAI_CALIBRATION takes. It sends pictures of
// invented IDs, and it costs what that many questions cost.
func second(ctx context.Context, o options) error {
	key := os.Getenv("OPENAI_API_KEY")
	if key == "" {
		return errors.New("OPENAI_API_KEY is not set")
	}
	client, err := vlm.New(vlm.Options{Key: key, BaseURL: os.Getenv("OPENAI_BASE_URL"), Model: os.Getenv("OPENAI_MODEL")})
	if err != nil {
		return err
	}
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	assets, err := assetsOf(synth.Testing)
	if err != nil {
		return err
	}
	m := measuring{client, reader, assets, o.params}
	var asked []recognizer.Asked
	for exam := 0; len(asked) < secondSheets; exam++ {
		more, err := m.exam(ctx, exam)
		if err != nil {
			return err
		}
		asked = append(asked, more...)
	}
	text, err := json.Marshal(recognizer.Measure(asked))
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "measured on %d sheets\n", len(asked))
	fmt.Println(string(text))
	return nil
}

// measuring asks the second reader about sheets whose IDs are known.
type measuring struct {
	client *vlm.Client
	reader *recognizer.Reader
	assets *synth.Assets
	params recognizer.Params
}

// exam asks about an exam's sheets that would go to review. A question that fails is
// an error: what was measured must not depend on what the server had time for.
func (m measuring) exam(ctx context.Context, index int) ([]recognizer.Asked, error) {
	d, err := collection{first: secondFirst}.exam(m.assets, index)
	if err != nil {
		return nil, err
	}
	ro, err := d.roster()
	if err != nil {
		return nil, err
	}
	var asked []recognizer.Asked
	for i, s := range d.Sheets {
		if s.ID == "" {
			continue
		}
		sheet, err := d.sheet(i)
		if err != nil {
			return nil, err
		}
		rd, err := m.reader.Read(ctx, sheet.Image)
		if err != nil {
			return nil, err
		}
		decision := recognizer.Decide(rd, ro, m.params)
		picture, ok := rd.SecondLook(sheet.Image, decision.Line, decision.Shown())
		if decision.Status == recognizer.Matched || !ok {
			continue
		}
		opinion, err := m.client.Ask(ctx, picture)
		if errors.Is(err, vlm.ErrAnswer) {
			asked = append(asked, recognizer.Asked{Truth: s.ID})
			continue
		}
		if err != nil {
			return nil, err
		}
		asked = append(asked, recognizer.Asked{Truth: s.ID, Said: opinion.Text})
	}
	return asked, nil
}
