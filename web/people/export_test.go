package people

// NewRevocationsAt is NewRevocations with another clock.
//
//nolint:gochecknoglobals // for tests
var NewRevocationsAt = newRevocations
