// Package recognizer reads the handwritten student ID off an answer sheet and
// finds the student on an exam's roster. It is a library: an image and a roster
// in, a decision and the evidence for it out. It knows no queue and no storage.
//
// A [Reader] holds four networks, two of which every page needs. [Reader.Read] lets package find look at the page
// once, which gives up to forty fields that may hold the ID, whichever way up the
// page lies, with their probabilities; package read gives, for every column of each
// field's strips, a probability for each digit, for blank and for "something else".
// That [Reading] is the evidence: it is quantised at once, so that a decision made
// from its stored bytes equals the decision made when the image was read, bit for bit.
//
//	reader, err := recognizer.Open(recognizer.Options{})
//	...
//	reading, err := reader.Read(ctx, img)
//	decision := recognizer.Decide(reading, students, recognizer.DefaultParams())
//
// [Decide] asks the opposite of the usual question. It doesn't read a number
// and look it up; it asks of each student on the roster how likely it is that
// one of the lines says that student's ID, with anything before and after it,
// and weighs these against two rivals: an ID of no one on the roster, which may
// differ from a student's in one digit, and no ID at all. So the roster finds the
// line and settles what the reading leaves open. It doesn't overrule a digit that
// was clearly read, nor fill in one that wasn't: a confidence is what is left of a
// student under the worst prior of IDs that differ in one digit.
//
// [Solve] decides a whole batch together, because a student seldom hands in two
// sheets: loopy belief propagation sums over the ways of giving each sheet to one
// student or to none, a second sheet of one student being possible but rare. So it
// finds duplicates, and it makes a student surer whose rival has another sheet;
// it never moves a sheet to a neighbour. It also estimates from the batch how many
// strangers there are, and raises an alarm if the roster seems to be another
// exam's.
//
// The evidence is package read's, deciding package decide's; their words are this
// package's, too. MODEL.md has it all in formulas.
//
// Another reader, such as a vision language model, may be asked about what stays
// open. [Reading.SecondLook] gives the part of the page that it may see, and its
// [Opinion] is weighed as one more reading: it can confirm, and never overrule.
//
// [Score] does all that is slow about both, once for any number of [Params].
//
// Letters are read where somebody asks: in an ID such as B911234 the letter stands
// for one sign that isn't a digit until [Reader.ReadLetters] has read it, so without it
// two IDs that differ only in letters can't be told apart and such sheets go to a person.
package recognizer
