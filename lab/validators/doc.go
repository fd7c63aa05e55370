// Package validators holds what the tests need of those who made the formats in which
// machines are told of hakbeon: OpenAPI, AsyncAPI, CloudFormation. Its files are read by
// tests of deploy and web/api, and fetched by make venv or make validate.
package validators
