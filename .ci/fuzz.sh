#!/usr/bin/env bash
# Runs fuzz targets one after another, each for FUZZTIME by the clock, and ends with a
# table of what each got, in processor time, too: the machine may be busy. Arguments are
# targets (all without any); each package is built once. A target that fails leaves its
# input in the package's testdata/fuzz, and the others still get their time.
#
# FUZZTIME (60s), FUZZFLAGS (such as "-parallel 1"), TAGS (such as "-tags turbojpeg"),
# FUZZDIR: where binaries, corpora and logs are kept (bin/fuzz).
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
out=${FUZZDIR:-$root/bin/fuzz}
read -ra tags <<<"${TAGS:-}"
flags=()
for flag in ${FUZZFLAGS:-}; do
	flags+=("${flag/#-/-test.}")
done
mkdir -p "$out/corpus"

# targets lists "package target" of those asked for, in the order of the arguments.
targets() {
	local all
	all=$(git grep --untracked -oE '^func Fuzz[A-Za-z0-9]+' -- '*_test.go' | sed -E 's|/[^/]*:func | |')
	if [ $# = 0 ]; then
		echo "$all"
		return
	fi
	for name in "$@"; do
		grep -E " $name\$" <<<"$all" || { echo "no fuzz target $name" >&2; return 1; }
	done
}

# cpu is the seconds of processor time that our children had had when times was called.
cpu() { awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); s += 60 * t[1] + t[2] } print int(s) }' "$out/times"; }

inputs() { { find "$1/testdata/fuzz/$2" -type f 2>/dev/null || true; } | wc -l; }

# fuzz runs one target, and writes its row.
fuzz() {
	local dir=$1 name=$2 binary=$out/${1//\//-}.test log=$out/${1//\//-}-$2.log before begun used seconds execs found
	if [ ! -e "$binary.built" ]; then
		go test "${tags[@]}" -c -fuzz . -o "$binary" "./$dir"
		touch "$binary.built"
	fi
	before=$(inputs "$dir" "$name")
	begun=$SECONDS
	times >"$out/times" # not in a subshell, which has no children
	used=$(cpu)
	echo "== $name in $dir"
	# Shorter inputs are found so seldom that a minute for each is better spent.
	(cd "$dir" && "$binary" -test.run '^$' -test.fuzz "^$name\$" -test.fuzztime "${FUZZTIME:-60s}" \
		-test.fuzzminimizetime 2s -test.fuzzcachedir "$out/corpus/$dir" "${flags[@]}" </dev/null) 2>&1 | tee "$log" | tail -n 40 || failed=1
	seconds=$((SECONDS - begun))
	times >"$out/times"
	used=$(($(cpu) - used))
	execs=$(grep -oE 'execs: [0-9]+' "$log" | tail -n 1 | grep -oE '[0-9]+' || echo 0)
	found=$(($(inputs "$dir" "$name") - before))
	printf '%-22s %-28s %7d %7d %11d %8d\n' "$name" "$dir" "$seconds" "$used" "$execs" "$found" >>"$out/table"
}

failed=0
list=$(targets "$@")
rm -f "$out"/*.built
: >"$out/table"
while read -r dir name; do
	fuzz "$dir" "$name"
done <<<"$list"
printf '\n%-22s %-28s %7s %7s %11s %8s\n' target package seconds CPU execs crashers
cat "$out/table"
awk '{ s += $3; u += $4; e += $5; c += $6 } END { printf "%d targets, %d s (%d s of a core), %d execs, %d new crashers\n", NR, s, u, e, c; exit c > 0 }' "$out/table" || failed=1
exit "$failed"
