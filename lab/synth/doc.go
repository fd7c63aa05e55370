// Package synth draws answer sheets that look like scanned ones, together with
// the truth about them: which student ID is written where. The demo, the tests,
// the benchmarks and the training of the line model all draw from here, so no
// real student's sheet is ever needed.
//
// A sheet is composed of shapes (glyph outlines of fonts, pen strokes of our own,
// digits of the MNIST test set) that go through one affine map, the sheet's skew
// and shift, onto the page. Paper, noise, blur and JPEG come last.
//
// A Family is a set of printed forms. OwnForms are one kind of sheet, in many variants;
// WorldForms are pages as any school prints them, in many scripts, with fields of all
// kinds, other handwriting, and what scanners and phones do to them; HeldOutForms are
// the same again, of other making, to measure on. There a form is all that is printed,
// settled by the exam's title and measured in millimetres; a person fills it in; the
// page is bent and worn; and the truth, in Regions, says of every piece of ink what it
// is. DISTRIBUTIONS.md says how often everything is drawn, and why.
//
// Where to add, each in a type of its own:
//
//   - a block of a form's body: a method of prose, questions, tables or drawings, and its
//     weight in worldForm.block. All that sets print and leaves places to write in (a slot)
//     is there in galley
//   - a place for the ID on a form: a method of identity, or of worldForm where it stands
//     beside the body; what is ruled around it: fields
//   - what people write in a slot: a slotKind, a case in person.fill, a line in
//     person.invent; what they write anywhere else: annotations
//   - damage: a field of damage, drawn as dirt on the page (mark) or by the scanner (apply).
//     That of OwnForms is wear
//   - another way to write digits: a Source, a case in writer.digit
//   - a language: a script and its tongue
//   - a printed item: a type with draw, beside those of form.go
//   - of OwnForms: topMargin, idLine, answerTable
//
// What is added to the world's forms draws random numbers, and so changes all that is drawn
// after it: count Version up. HeldOutForms (heldout*.go) are
// frozen.
//
// Everything is drawn from a seed: the same seed, Spec and Version give the same
// pixels on one CPU architecture. (Others may round floating point differently.)
package synth

// Version changes whenever the same seed and Spec draw other pixels than before, but for
// those of the part Training, on which nothing is measured.
const Version = 2
