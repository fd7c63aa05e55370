// Package decide finds the student of a sheet: a reading and a roster in, a
// decision out. It does no reading and knows no image.
//
// [Decide] takes one sheet, [Solve] a batch. [Score] does all that is slow about
// both, once for any number of [Params].
package decide
