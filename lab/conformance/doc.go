// Package conformance holds the suites that every stand-in for an AWS service must
// pass, and AWS itself: what the project needs of a service, written as tests,
// so that a difference is found before a worker meets it.
//
// The suites are functions that take a [testing.T] and a client, in a package that
// is not a test, so that the tests of other packages and modules can run them.
package conformance
