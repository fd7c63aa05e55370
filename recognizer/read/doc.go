// Package read holds what was read on a page: the evidence for a decision. It
// decides nothing and knows no roster.
//
// A [Reading] has a [Line] for each look at a part of the page: where it lies, how
// probable it is that the ID stands there, and for every column of it a
// probability for blank, for each digit and for "something else". Probabilities
// are quantised at once, so that a decision made from the stored bytes
// ([Reading.MarshalBinary]) equals the one made when the page was read, bit for
// bit. What another reader says of the ID, an [Opinion], is part of it.
//
// From a reading alone come the digits as they stand there ([FreeText]), the part
// of the page that a person should see ([Reading.Header]) and the part that
// another reader may see ([Reading.SecondLook]).
package read
