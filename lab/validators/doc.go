// Package validators holds what the tests need of those who made the formats in which
// machines are told of hakbeon, and of those who make clients of them: OpenAPI, AsyncAPI,
// CloudFormation. Its files are read by tests of deploy, web/api and cmd/hakbeon, and fetched
// by make venv, make java or make validate.
package validators
