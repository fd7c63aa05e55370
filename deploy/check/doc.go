// Package check holds the tests of what is in deploy against the real types and
// parsers of those who will read it. It has a module of its own: the product
// needs none of BuildKit, Kubernetes, Compose or Prometheus.
package check
