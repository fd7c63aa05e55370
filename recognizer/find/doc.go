// Package find looks at a whole page once and says where a handwritten ID may
// stand. A small fully convolutional network gives, for every square of four by
// four pixels of the reduced page, whether the ID's row of digits runs through it,
// whether any handwritten row of digits does, where the row's ends are, how high
// its digits are, and whether the page's text lies on its side. From these maps
// come at most forty fields with their rotated boxes and the probability
// that each is the ID's.
//
// It doesn't tell the right way up from upside down: who reads a field tries both.
package find
