// Package egress goes out to addresses that others name: it says which of them may be
// named, and dials no private or otherwise special address unless that is listed.
package egress
