#!/usr/bin/env bash
# Looks for known vulnerabilities in what we call. The database is a Go module,
# so it comes from where all other modules come from: vuln.go.dev need not be
# reachable. Usage: vuln.sh [FLAG...] PACKAGE...
set -euo pipefail
out="$(cd "$(dirname "$0")/.." && pwd)/bin/vulndb"
where() { (cd / && go mod download -json golang.org/x/vulndb@latest) | sed -n "s/^.*\"$1\": \"\(.*\)\".*$/\1/p"; }
version=$(where Version)
if [ "$(cat "$out/version" 2>/dev/null || true)" != "$version" ]; then
	rm -rf "$out"
	go run "golang.org/x/vulndb/cmd/indexdb@$version" -vulns "$(where Dir)/data/osv" -out "$out"
	echo "$version" >"$out/version"
fi
echo "vulnerabilities known to $version"
# The standard library is looked at as go.mod's toolchain has it.
export GOTOOLCHAIN=auto
wanted=$(go env GOVERSION) here=$(GOTOOLCHAIN=local go env GOVERSION)
if [ "$wanted" != "$here" ]; then
	echo "NOTE: looked at with $wanted, which go.mod names; this machine's own $here, with which make builds unless GOTOOLCHAIN=auto, is older or newer"
fi
go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 -db "file://$out" "$@"
