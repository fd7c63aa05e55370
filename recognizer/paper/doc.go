// Package paper divides the pages of one file into papers: what one student handed in,
// one behind the other, as they came out of a scanner. It is pure: what was read on each
// page goes in, which pages belong together and how sure that is comes out.
//
// The pages are a hidden Markov model. A page's state is its place in its paper: the
// first, the second and so on. A paper of k pages ends there with a hazard that the job
// declares (so many pages a paper) or leaves open (papers of any length), and that the
// file's own papers correct. What a page shows depends on whether it begins a paper: an
// ID that fits a student, the same ID as on the page before, no ID; and whether it is
// printed as the pages are that begin papers. The forward-backward algorithm sums over
// all ways of dividing the file, so every link between two pages has a posterior.
//
// A page follows the one before if that is at least as probable as the level of
// acceptance. Where it isn't, a new paper begins, whose confidence says how probable that
// is: a page in doubt lies in a paper of its own, for a person, and never silently in
// somebody else's. MODEL.md, one folder up, has the model in formulas.
package paper
