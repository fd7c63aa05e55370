// Package roster reads the list of students who may sit an exam.
//
// A roster comes as the .xlsx or .csv file that a registrar or a lecturer has at
// hand, and is taken as it is: title rows above the header, several sheets, IDs
// stored as numbers or as text, totals below the list. Read finds the column
// by its header and gives back the students in the order of the file. What it
// left out, and why, is in Roster.Skipped, so that nobody is lost in silence.
//
// A Roster can be stored as JSON and read back by Decode; Hash names its
// content.
package roster
