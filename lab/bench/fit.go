package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/decide"
)

// fit finds the parameters of deciding with the least log loss on the collections
// asked for, taken together, from -params on.
func fit(ctx context.Context, o options) error {
	all, err := synth.LoadAssets("")
	if err != nil {
		return err
	}
	reader, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	var batches []decide.Labelled
	for _, c := range collections() {
		if !slices.Contains(strings.Split(o.sets, ","), c.name) {
			continue
		}
		more, err := labelled(ctx, o, reader, all, c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		batches = append(batches, more...)
	}
	best, loss := decide.Fit(batches, o.params)
	params, err := json.Marshal(best)
	if err != nil {
		return err
	}
	fmt.Printf("Fitted on %d exams of %s, log loss %.5f:\n\n    %s\n\n", len(batches), o.sets, loss, params)
	return nil
}

// labelled are a collection's exams with what is written on their sheets.
func labelled(ctx context.Context, o options, reader *recognizer.Reader, all *synth.Assets, c collection) ([]decide.Labelled, error) {
	assets, err := c.assets(all, o.stroke)
	if err != nil {
		return nil, err
	}
	kept := newShelf(o.dir, reader.Model(), c)
	var out []decide.Labelled
	for i := o.from; i < c.end(o); i++ {
		d, err := c.exam(assets, i)
		if err != nil {
			return nil, err
		}
		students, err := d.roster()
		if err != nil {
			return nil, err
		}
		b := decide.Labelled{Roster: students}
		if b.Readings, _, err = kept.readings(ctx, reader, d); err != nil {
			return nil, err
		}
		for _, s := range d.Sheets {
			b.Truth = append(b.Truth, s.ID)
		}
		out = append(out, b)
	}
	return out, nil
}
