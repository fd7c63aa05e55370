// Package decide finds the student of a sheet: a reading and a roster in, a
// decision out. It does no reading and knows no image. MODEL.md, one folder up, has
// the model in formulas and every number with the set that it was chosen on.
//
// It doesn't read a number and look it up. Of each student on the roster it asks how
// likely it is that one of the places read says that student's ID, with anything before
// and after it (the CTC forward score, against a filler), and weighs these against
// IDs of no one on the roster and no ID at all. So the roster finds the line and
// settles what the reading leaves open. [Decide] does that for one sheet. [Solve] adds,
// by belief propagation over a batch, that a student seldom hands in two sheets.
//
// A confidence is the posterior that is left under the worst prior of IDs that differ
// from the student's in one digit: so the roster doesn't overrule a digit that was
// clearly read, and never fills in one that was not. A sheet is matched if and only if
// its confidence reaches [Params].Accept and it is nobody's second sheet.
//
// [Score] does all that is slow about both, once for any number of Params; [Fit] finds
// Params on batches whose truth is known.
//
// Letters are told apart where they were read ([read.Reading].Lettered); else students
// whose IDs differ in letters only go to a person.
//
// # The same bits everywhere
//
// A decision made again from stored evidence must be the one made before, on amd64
// and on arm64. A Go compiler may fuse x*y + z into one instruction with one rounding,
// which arm64 has, unless the product is converted explicitly. So here every product
// that is added to something, or might come to be, is written float64(x*y). Nothing
// uses math.Exp or math.Log on the way to a decision, because their last bit depends
// on the machine.
package decide
