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
// Everything is drawn from a seed: the same seed, Spec and Version give the same
// pixels on one CPU architecture. (Others may round floating point differently.)
package synth

// Version changes whenever the same seed and Spec draw other pixels than before.
const Version = 2
