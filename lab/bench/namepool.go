package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
)

// namedSheet is a drawn sheet that was read: a number and a name. Whose it is says
// the roster.
type namedSheet struct {
	id, name string
	reading  *recognizer.Reading
}

// namedForm are sheets of one form.
type namedForm struct {
	sheets []namedSheet
	asks   bool // for a name, in a field of its own
}

// Numbers of the pool that exams are put together from.
const (
	formsOfPool  = 12
	sheetsOfForm = 40
	nameSeeds    = 1_500_000_000 // of drawings for measuring
)

func shelfOfNames(o options, reader *recognizer.Reader) shelf {
	return newShelf(o.dir, reader.Model(), collection{name: "names-" + o.fonts})
}

// drawForm draws and reads sheets of one form, written by hands and with fonts of names
// that no training has seen, or takes what was read from the shelf.
func drawForm(ctx context.Context, reader *recognizer.Reader, assets *synth.Assets, kept shelf, index int) (namedForm, error) {
	readings, err := kept.loadAny(index)
	if err != nil {
		return namedForm{}, err
	}
	out := namedForm{}
	if out.asks, err = asksForName(assets, index); err != nil {
		return out, err
	}
	fresh := len(readings) != sheetsOfForm
	for i := range sheetsOfForm {
		s, spec := namedSpec(index, i)
		if fresh {
			if s.reading, err = readNamed(ctx, reader, assets, nameSeeds+uint64(1000*index+i), spec); err != nil {
				return out, fmt.Errorf("sheet %d of form %d: %w", i, index, err)
			}
			readings = append(readings[:i:i], s.reading)
		}
		s.reading = readings[i]
		out.sheets = append(out.sheets, s)
	}
	if fresh {
		return out, kept.save(index, readings)
	}
	return out, nil
}

// asksForName says whether a name stands in a field of its own on a form's sheets.
func asksForName(assets *synth.Assets, form int) (bool, error) {
	_, spec := namedSpec(form, 0)
	_, truth, err := assets.GreyPage(nameSeeds+uint64(1000*form), spec)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(truth.Regions, func(r synth.Region) bool { return r.Kind == synth.NameHand }), nil
}

// namedSpec is what stands on a sheet.
func namedSpec(form, sheet int) (namedSheet, synth.Spec) {
	seed := nameSeeds + uint64(1000*form+sheet)
	rng := rand.New(rand.NewPCG(seed, 14))
	s := namedSheet{id: fmt.Sprintf("32%02d%04d", 14+rng.IntN(11), rng.IntN(10000)), name: synth.KoreanName(seed)}
	return s, synth.Spec{
		ID: s.id, Name: s.name, Title: fmt.Sprintf("names %d", form), LongSide: 1650, Colour: synth.GreyOnly,
		Family: []synth.Family{synth.WorldForms, synth.HeldOutForms}[form%2],
	}
}

func readNamed(ctx context.Context, reader *recognizer.Reader, assets *synth.Assets, seed uint64, spec synth.Spec) (*recognizer.Reading, error) {
	page, _, err := assets.GreyPage(seed, spec)
	if err != nil {
		return nil, err
	}
	rd, err := reader.Read(ctx, page)
	if err != nil {
		return nil, err
	}
	before := ofProcess()
	err = reader.ReadNames(ctx, page, rd)
	costOfNames.sheets, costOfNames.ms = costOfNames.sheets+1, costOfNames.ms+ofProcess()-before
	return rd, err
}

// costOfNames is the CPU time of reading names, of the sheets that were read anew.
var costOfNames struct {
	sheets int
	ms     float64
}

// lossOf is minus the logarithm of the probability given to what is true, at least
// 1e-4.
func lossOf(confidence float64, right bool) float64 {
	if !right {
		confidence = 1 - confidence
	}
	return -math.Log(max(confidence, 1e-4))
}
